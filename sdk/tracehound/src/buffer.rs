//! Bytes that are appended to without asking for room each time.
//!
//! A `Vec<u8>` looks at its capacity before every piece, which for the twenty small pieces of a span costs more than the pieces. Here the
//! writer gets a slice that should be long enough, writes at fixed or counted places of it, and in the rare case that it was too short
//! writes everything again into a longer one. All memory is initialised when it is allocated, and stays so when the buffer is cleared.

use crate::msgpack::Sink;

/// The first memory of a buffer, in bytes: two or three short tags. Each span that waits has two buffers, and thousands may wait.
const SMALLEST: usize = 64;

/// What a buffer of so many bytes or fewer is copied as: in one piece, whatever of it counts. Every buffer that was written to has as much.
const WIDE: usize = SMALLEST;

#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer {
    /// Initialised in full; what is past `len` is of no meaning.
    bytes: Vec<u8>,
    len: usize,
}

impl Buffer {
    pub(crate) const fn new() -> Buffer {
        Buffer { bytes: Vec::new(), len: 0 }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Bytes of memory that it holds.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Empties it, keeping at most this many bytes of memory.
    #[inline]
    pub(crate) fn clear(&mut self, keep_bytes: usize) {
        self.len = 0;
        if self.bytes.len() > keep_bytes {
            self.bytes.truncate(keep_bytes);
            self.bytes.shrink_to(keep_bytes);
        }
    }

    /// Takes bytes away; those behind them move up.
    pub(crate) fn remove(&mut self, start: usize, end: usize) {
        if start <= end && end <= self.len {
            self.bytes.copy_within(end..self.len, start);
            self.len -= end - start;
        }
    }

    /// Appends what `write` writes, which should be at most `expected` bytes. Where it is more, `write` is called anew: it has to write the
    /// same each time.
    #[inline]
    pub(crate) fn append(&mut self, expected: usize, mut write: impl for<'a> FnMut(Room<'a>) -> Room<'a>) {
        if !self.try_append(expected, &mut write) {
            self.append_again(write);
        }
    }

    /// All tries but the first, each with twice the room, so that they end with what there is to write. Apart, so that the first one has
    /// nothing of a loop.
    #[cold]
    #[inline(never)]
    fn append_again(&mut self, mut write: impl for<'a> FnMut(Room<'a>) -> Room<'a>) {
        loop {
            let expected = 2 * (self.bytes.len() - self.len);
            if self.try_append(expected, &mut write) {
                return;
            }
        }
    }

    /// `false`: there was not enough room, though there was for more than `expected` bytes.
    #[inline]
    fn try_append(&mut self, expected: usize, write: &mut impl for<'a> FnMut(Room<'a>) -> Room<'a>) -> bool {
        // More than expected, as a room that is full is taken for one that was too small.
        if self.bytes.len() - self.len <= expected {
            self.grow(expected + 1);
        }
        let spare = self.bytes.get_mut(self.len..).unwrap_or_default();
        let available = spare.len();
        let left = write(Room { rest: spare }).rest.len();
        if left > 0 {
            self.len += available - left;
        }
        left > 0
    }

    #[cold]
    fn grow(&mut self, expected: usize) {
        let len = (self.len + expected).max(self.bytes.len() * 2).max(SMALLEST);
        self.bytes.resize(len, 0);
    }
}

/// A slice that is written from its start.
///
/// What does not fit takes all that is left, so that nothing fits any more: a room without any rest was too small. There is no flag for
/// that beside the slice: a slice alone goes into functions and out of them in registers.
pub(crate) struct Room<'a> {
    rest: &'a mut [u8],
}

impl<'a> Room<'a> {
    /// Appends all of another buffer.
    #[inline]
    pub(crate) fn put_buffer(&mut self, from: &Buffer) {
        match (self.rest.first_chunk_mut::<WIDE>(), from.bytes.first_chunk::<WIDE>()) {
            (Some(place), Some(bytes)) if from.len <= WIDE => {
                // With what is past its length, as that takes no counting; what comes next is written over it.
                *place = *bytes;
                self.rest = std::mem::take(&mut self.rest).get_mut(from.len..).unwrap_or_default();
            }
            _ => self.put(from.as_slice()),
        }
    }

    /// Leaves bytes out, to be filled in later; `None` if they do not fit.
    #[inline]
    pub(crate) fn skip<const N: usize>(&mut self) -> Option<&'a mut [u8; N]> {
        let (place, rest) = std::mem::take(&mut self.rest).split_first_chunk_mut()?;
        self.rest = rest;
        Some(place)
    }
}

impl Sink for Room<'_> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if let Some((place, rest)) = std::mem::take(&mut self.rest).split_at_mut_checked(bytes.len()) {
            copy(place, bytes);
            self.rest = rest;
        }
    }

    #[inline]
    fn put_array<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some(place) = self.skip() {
            *place = bytes;
        }
    }
}

/// Copies bytes between slices of the same length. Most are shorter than what pays for a call: those are copied as their beginning and
/// their end, which may overlap.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    fn ends<const N: usize>(to: &mut [u8], from: &[u8]) {
        if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk()) {
            *to = *from;
        }
        if let (Some(to), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk()) {
            *to = *from;
        }
    }
    match from.len() {
        0 => {}
        1..=3 => {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
        4..=7 => ends::<4>(to, from),
        8..=15 => ends::<8>(to, from),
        16..=32 => ends::<16>(to, from),
        _ => to.copy_from_slice(from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put<'a>(mut room: Room<'a>, bytes: &[u8]) -> Room<'a> {
        room.put(bytes);
        room
    }

    #[test]
    fn what_does_not_fit_at_first_is_written_as_a_whole() {
        let mut buffer = Buffer::default();
        let long = [7; 1000];
        for expected in [0, 1, 3_000] {
            buffer.append(expected, |mut room| {
                room.put_array([1, 2]);
                room.put(&long);
                room.put_array([3]);
                room
            });
        }
        let one = [&[1, 2], &long[..], &[3]].concat();
        assert_eq!(buffer.as_slice(), one.repeat(3));
    }

    #[test]
    fn pieces_of_any_length_are_copied_as_they_are() {
        let bytes: Vec<u8> = (0..200).collect();
        for len in 0..bytes.len() {
            let mut buffer = Buffer::new();
            buffer.append(len, |room| put(room, &bytes[..len]));
            assert_eq!(buffer.as_slice(), &bytes[..len]);
        }
    }

    #[test]
    fn a_buffer_of_any_length_follows_what_is_there_and_something_follows_it() {
        let bytes: Vec<u8> = (0..200).collect();
        for len in 0..bytes.len() {
            let mut piece = Buffer::new();
            piece.append(len, |room| put(room, &bytes[..len]));
            // With little room behind it, and with much.
            for expected in [0, len, 1_000] {
                let mut buffer = Buffer::new();
                buffer.append(expected, |mut room| {
                    room.put_array([1]);
                    room.put_buffer(&piece);
                    room.put_array([2]);
                    room
                });
                assert_eq!(buffer.as_slice(), [&[1], &bytes[..len], &[2]].concat());
            }
        }
    }

    #[test]
    fn what_is_taken_away_leaves_no_gap() {
        let mut buffer = Buffer::default();
        buffer.append(9, |room| put(room, b"abcdefghi"));
        buffer.remove(2, 5);
        assert_eq!(buffer.as_slice(), b"abfghi");
        for (start, end) in [(4, 9), (3, 2)] {
            buffer.remove(start, end);
            assert_eq!(buffer.as_slice(), b"abfghi", "no such place");
        }
    }

    #[test]
    fn a_cleared_buffer_is_empty_and_small() {
        let mut buffer = Buffer::default();
        buffer.append(0, |room| put(room, &[0; 100_000]));
        buffer.clear(512);
        assert!(buffer.as_slice().is_empty());
        assert!(buffer.capacity() <= 1024);
        buffer.append(0, |room| put(room, &[1; 1_000]));
        assert_eq!(buffer.as_slice(), [1; 1_000]);
    }
}
