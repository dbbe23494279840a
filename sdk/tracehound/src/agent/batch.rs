//! Chunks that travel in one request.
//!
//! The bytes of the chunks stand one behind the other, so that a whole batch, or any run of its chunks, is a body as it
//! is: the MessagePack array header before it is all that is missing.

use super::outcome::Count;

/// When a batch is full, in bytes. Big enough that a request's fixed costs vanish, far below the 25 MiB an agent takes
/// (agent-protocol 1.1).
pub(crate) const FULL: usize = 2 * 1024 * 1024;

/// Chunks of traces and how they end up.
#[derive(Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    ends: Vec<End>,
    /// How many chunks from the front were delivered or dropped.
    settled: usize,
    /// The others.
    rest: Count,
    /// Whether stats were computed for these chunks: the request says so, and the agent does not count them again.
    pub(super) computed_stats: bool,
    /// How often the agent was there but did not take the rest of it.
    pub(super) failures: u32,
}

/// Where a chunk ends.
struct End {
    byte: usize,
    spans: u32,
}

/// What one chunk takes beside its bytes.
const OVERHEAD: usize = size_of::<End>();

/// Some chunks of a batch: the first ones that are not settled.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) chunks: usize,
    pub(super) spans: u64,
}

impl Batch {
    /// What a chunk of `len` bytes takes in memory.
    pub(super) fn cost(len: usize) -> usize {
        len + OVERHEAD
    }

    /// What all chunks take in memory, settled ones included: they go when the batch goes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.ends.len() * OVERHEAD
    }

    pub(super) fn has_room(&self, len: usize) -> bool {
        self.size() + Self::cost(len) <= FULL
    }

    /// Appends a chunk given in pieces.
    pub(super) fn push(&mut self, pieces: &[&[u8]], spans: u32) {
        pieces.iter().for_each(|piece| self.bytes.extend_from_slice(piece));
        self.ends.push(End { byte: self.bytes.len(), spans });
        self.rest.add(1, spans.into());
    }

    /// The chunks that are not settled.
    pub(super) fn rest(&self) -> Count {
        self.rest
    }

    /// At most `limit` of the chunks that are not settled.
    pub(super) fn front(&self, limit: usize) -> Part<'_> {
        let ends = self.ends.get(self.settled..).unwrap_or_default();
        let ends = ends.get(..limit).unwrap_or(ends);
        let from = self.settled.checked_sub(1).and_then(|last| self.ends.get(last)).map_or(0, |end| end.byte);
        let to = ends.last().map_or(from, |end| end.byte);
        Part {
            bytes: self.bytes.get(from..to).unwrap_or_default(),
            chunks: ends.len(),
            spans: ends.iter().map(|end| u64::from(end.spans)).sum(),
        }
    }

    /// Counts the first `chunks` of those not settled as settled.
    pub(super) fn settle(&mut self, chunks: usize) {
        let Part { chunks, spans, .. } = self.front(chunks);
        self.settled += chunks;
        self.rest = self.rest.since(Count { traces: chunks as u64, spans });
    }

    /// Empties the batch to be filled again; its memory stays unless one giant chunk made it larger than usual.
    pub(super) fn recycled(mut self) -> Self {
        if self.bytes.capacity() > 2 * FULL {
            return Self::default();
        }
        self.bytes.clear();
        self.ends.clear();
        Self { bytes: self.bytes, ends: self.ends, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let mut batch = Batch::default();
        batch.push(&[b"a", b"a"], 1);
        batch.push(&[b"b"], 2);
        batch.push(&[b"", b"ccc"], 3);
        batch
    }

    fn shown(batch: &Batch, limit: usize) -> (&[u8], usize, u64) {
        let Part { bytes, chunks, spans } = batch.front(limit);
        (bytes, chunks, spans)
    }

    #[test]
    fn a_part_is_a_run_of_chunks_as_they_came() {
        assert_eq!(shown(&batch(), 1), (&b"aa"[..], 1, 1));
        assert_eq!(shown(&batch(), 2), (&b"aab"[..], 2, 3));
        assert_eq!(shown(&batch(), usize::MAX), (&b"aabccc"[..], 3, 6));
    }

    #[test]
    fn what_is_settled_is_not_shown_again() {
        let mut batch = batch();
        batch.settle(1);
        assert_eq!(shown(&batch, 9), (&b"bccc"[..], 2, 5));
        batch.settle(1);
        assert_eq!(shown(&batch, 9), (&b"ccc"[..], 1, 3));
        assert_eq!(batch.rest(), Count { traces: 1, spans: 3 });
        batch.settle(7);
        assert_eq!(shown(&batch, 9), (&b""[..], 0, 0));
        assert_eq!(batch.rest(), Count::default());
    }

    #[test]
    fn a_batch_is_filled_again_without_its_past() {
        let mut used = batch();
        used.computed_stats = true;
        used.failures = 3;
        used.settle(2);
        let fresh = used.recycled();
        assert_eq!((fresh.size(), fresh.rest().traces, fresh.failures, fresh.computed_stats), (0, 0, 0, false));
    }
}
