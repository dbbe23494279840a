//! Bytes that are appended to without asking for room each time.
//!
//! A `Vec<u8>` looks at its capacity before every piece, which for the twenty small pieces of a span costs more than the pieces. Here the
//! writer gets a slice that should be long enough, writes at fixed or counted places of it, and in the rare case that it was too short
//! writes everything again into a longer one. All memory is initialised when it is allocated, and stays so when the buffer is cleared.

use crate::msgpack::Sink;

/// The first memory of a buffer, in bytes: two or three short tags. Each span that waits has two buffers, and thousands may wait.
const SMALLEST: usize = 64;

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

    /// Appends what `write` writes, which should be at most `expected` bytes. Where it is more, `write` is called anew.
    #[inline]
    pub(crate) fn append(&mut self, expected: usize, mut write: impl FnMut(&mut Room<'_>)) {
        let mut expected = expected;
        loop {
            if self.bytes.len() - self.len < expected {
                self.grow(expected);
            }
            let spare = self.bytes.get_mut(self.len..).unwrap_or_default();
            let available = spare.len();
            let mut room = Room { rest: spare, overflown: false };
            write(&mut room);
            if !room.overflown {
                self.len += available - room.rest.len();
                return;
            }
            expected = available * 2 + 64;
        }
    }

    #[cold]
    fn grow(&mut self, expected: usize) {
        let len = (self.len + expected).max(self.bytes.len() * 2).max(SMALLEST);
        self.bytes.resize(len, 0);
    }
}

/// A slice that is written from its start.
pub(crate) struct Room<'a> {
    rest: &'a mut [u8],
    /// Something did not fit, and nothing of this counts.
    overflown: bool,
}

impl<'a> Room<'a> {
    /// All of it; none is left here until it is put back.
    #[inline]
    pub(crate) fn take(&mut self) -> Room<'a> {
        Room { rest: std::mem::take(&mut self.rest), overflown: self.overflown }
    }

    /// Leaves bytes out, to be filled in later; `None` if they do not fit.
    #[inline]
    pub(crate) fn skip<const N: usize>(&mut self) -> Option<&'a mut [u8; N]> {
        match std::mem::take(&mut self.rest).split_first_chunk_mut() {
            Some((place, rest)) => {
                self.rest = rest;
                Some(place)
            }
            None => {
                self.overflown = true;
                None
            }
        }
    }
}

impl Sink for Room<'_> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        match std::mem::take(&mut self.rest).split_at_mut_checked(bytes.len()) {
            Some((place, rest)) => {
                copy(place, bytes);
                self.rest = rest;
            }
            None => self.overflown = true,
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

    #[test]
    fn what_does_not_fit_at_first_is_written_as_a_whole() {
        let mut buffer = Buffer::default();
        let long = [7; 1000];
        for expected in [0, 1, 3_000] {
            buffer.append(expected, |room| {
                room.put_array([1, 2]);
                room.put(&long);
                room.put_array([3]);
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
            buffer.append(len, |room| room.put(&bytes[..len]));
            assert_eq!(buffer.as_slice(), &bytes[..len]);
        }
    }

    #[test]
    fn what_is_taken_away_leaves_no_gap() {
        let mut buffer = Buffer::default();
        buffer.append(9, |room| room.put(b"abcdefghi"));
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
        buffer.append(0, |room| room.put(&[0; 100_000]));
        buffer.clear(512);
        assert!(buffer.as_slice().is_empty());
        assert!(buffer.capacity() <= 1024);
        buffer.append(0, |room| room.put(&[1; 1_000]));
        assert_eq!(buffer.as_slice(), [1; 1_000]);
    }
}
