//! The six numbers that every span has, written in one piece.
//!
//! Each takes the widest form of its kind, so that all of them stand at fixed places of one block: copying it costs a fraction of writing
//! twelve keys and numbers one by one, for some bytes more.
//!
//! ```text
//! "trace_id" uint64 | "span_id" uint64 | "parent_id" uint64 | "start" uint64 | "duration" uint64 | "error" 0 or 1
//! ```

use crate::msgpack;

/// What the block is made of.
pub(super) struct Numbers {
    pub(super) trace_id: u64,
    pub(super) span_id: u64,
    pub(super) parent_id: u64,
    pub(super) start_ns: u64,
    pub(super) duration_ns: u64,
    pub(super) error: bool,
}

impl Numbers {
    /// Fills the block in where it stands: a copy would have to wait for the small pieces to be written.
    #[inline]
    pub(super) fn write(&self, place: &mut [u8; BLOCK]) {
        let mut block = Block { place, len: 0 };
        block.number(msgpack::packed!("trace_id"), self.trace_id);
        block.number(msgpack::packed!("span_id"), self.span_id);
        block.number(msgpack::packed!("parent_id"), self.parent_id);
        block.number(msgpack::packed!("start"), self.start_ns);
        block.number(msgpack::packed!("duration"), self.duration_ns);
        block.put(msgpack::packed!("error"));
        block.put([u8::from(self.error)]);
    }
}

/// Bytes of all of them: six keys with a byte before each, five numbers of eight bytes with a byte before each, and the error.
pub(super) const BLOCK: usize = "trace_id span_id parent_id start duration error ".len() + 5 * 9 + 1;

/// A block being filled. All lengths are known when this is compiled, and nothing of the bookkeeping is left then.
struct Block<'a> {
    place: &'a mut [u8; BLOCK],
    len: usize,
}

impl Block<'_> {
    #[inline(always)]
    fn number<const N: usize>(&mut self, key: [u8; N], value: u64) {
        self.put(key);
        self.put([msgpack::UINT64]);
        self.put(value.to_be_bytes());
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some(place) = self.place.get_mut(self.len..).and_then(|rest| rest.first_chunk_mut()) {
            *place = bytes;
            self.len += N;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source of the expectation: the MessagePack specification's table of formats.
    #[test]
    fn the_block_is_six_keys_with_their_numbers() {
        let numbers =
            Numbers { trace_id: 1, span_id: u64::MAX, parent_id: 0, start_ns: 1 << 32, duration_ns: 258, error: true };
        let mut expected = Vec::new();
        for (key, value) in [
            (&b"\xa8trace_id"[..], 1u64),
            (b"\xa7span_id", u64::MAX),
            (b"\xa9parent_id", 0),
            (b"\xa5start", 1 << 32),
            (b"\xa8duration", 258),
        ] {
            expected.extend_from_slice(key);
            expected.push(0xcf);
            expected.extend_from_slice(&value.to_be_bytes());
        }
        expected.extend_from_slice(b"\xa5error\x01");
        let mut block = [0; BLOCK];
        numbers.write(&mut block);
        assert_eq!(block[..], expected);
    }
}
