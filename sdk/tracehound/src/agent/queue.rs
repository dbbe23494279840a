//! What waits for the agent: whole batches, the last of them still being filled.
//!
//! Applications push while they answer requests, so a push is a copy behind a short lock. The sender takes the oldest
//! batch; until it is done with it, the batch still counts against the bound. Over the bound the newest chunk is
//! dropped: what came before it is already paid for, and the first traces of an incident tell more than the last ones.

use std::collections::VecDeque;

use super::batch::Batch;
use super::outcome::Count;

/// The bound on everything that waits or is under way, in bytes: some 40,000 spans of 200 bytes.
pub(crate) const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Batches in the order they came.
#[derive(Default)]
pub(super) struct Queue {
    batches: VecDeque<Batch>,
    /// The bytes of all batches, and of the one the sender has.
    bytes: usize,
    /// What was left of the one the sender has when it took it.
    lent: Count,
    /// The last delivered batch, to be filled again: its memory is there and warm.
    spare: Option<Batch>,
}

/// What became of a chunk.
#[derive(Debug, PartialEq)]
pub(super) enum Pushed {
    /// It waits.
    Waits,
    /// It waits, and behind it the batch before is full: time to send.
    BatchFull,
    /// There is no room.
    Dropped,
}

impl Queue {
    /// Appends a chunk given in pieces.
    pub(super) fn push(&mut self, pieces: &[&[u8]], spans: u32, computed_stats: bool) -> Pushed {
        let len: usize = pieces.iter().map(|piece| piece.len()).sum();
        if self.bytes + Batch::cost(len) > MAX_BYTES {
            return Pushed::Dropped;
        }
        self.bytes += Batch::cost(len);
        let fits = |batch: &Batch| batch.has_room(len) && batch.computed_stats == computed_stats;
        if let Some(last) = self.batches.back_mut().filter(|batch| fits(batch)) {
            last.push(pieces, spans);
            return Pushed::Waits;
        }
        let mut batch = self.spare.take().unwrap_or_default();
        batch.computed_stats = computed_stats;
        batch.push(pieces, spans);
        self.batches.push_back(batch);
        if self.has_full_batch() { Pushed::BatchFull } else { Pushed::Waits }
    }

    /// How many batches wait.
    pub(super) fn batches(&self) -> usize {
        self.batches.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Whether a batch waits that nothing will be added to.
    pub(super) fn has_full_batch(&self) -> bool {
        self.batches.len() > 1
    }

    /// What waits or is under way.
    // One copy for the many that call it.
    #[inline(never)]
    pub(super) fn waiting(&self) -> Count {
        let mut count = self.lent;
        self.batches.iter().map(Batch::rest).for_each(|rest| count.add(rest.traces, rest.spans));
        count
    }

    /// Bytes that wait or are under way.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Lends the oldest batch to the sender, who hands it back with [`Queue::put_back`] or [`Queue::done`].
    pub(super) fn take(&mut self) -> Option<Batch> {
        let batch = self.batches.pop_front()?;
        self.lent = batch.rest();
        Some(batch)
    }

    /// The batch waits again, at the front.
    pub(super) fn put_back(&mut self, batch: Batch) {
        self.lent = Count::default();
        self.batches.push_front(batch);
    }

    /// Every chunk of the batch was delivered or dropped.
    pub(super) fn done(&mut self, batch: Batch) {
        self.lent = Count::default();
        self.bytes = self.bytes.saturating_sub(batch.size());
        self.spare = Some(batch.recycled());
    }
}

#[cfg(test)]
mod tests {
    use super::super::batch::FULL;
    use super::*;

    const HALF: usize = FULL / 2;

    #[test]
    fn chunks_share_a_batch_until_it_is_full() {
        let mut queue = Queue::default();
        let chunk = vec![7; HALF - 100];
        assert_eq!(queue.push(&[&chunk], 1, false), Pushed::Waits);
        assert_eq!(queue.push(&[&chunk], 1, false), Pushed::Waits);
        assert_eq!(queue.push(&[&chunk], 1, false), Pushed::BatchFull);
        assert_eq!(queue.take().unwrap().rest().traces, 2);
        assert_eq!(queue.take().unwrap().rest().traces, 1);
        assert!(queue.take().is_none());
    }

    #[test]
    fn chunks_that_were_counted_do_not_travel_with_those_that_were_not() {
        let mut queue = Queue::default();
        for computed_stats in [false, false, true, false] {
            queue.push(&[b"chunk"], 1, computed_stats);
        }
        let batches: Vec<_> =
            std::iter::from_fn(|| queue.take()).map(|batch| (batch.computed_stats, batch.rest().traces)).collect();
        assert_eq!(batches, [(false, 2), (true, 1), (false, 1)]);
    }

    #[test]
    fn a_chunk_larger_than_a_batch_travels_alone() {
        let mut queue = Queue::default();
        queue.push(&[b"small"], 1, false);
        queue.push(&[&vec![0; FULL + 1]], 1, false);
        queue.push(&[b"small"], 1, false);
        let sizes: Vec<_> = std::iter::from_fn(|| queue.take()).map(|batch| batch.rest().traces).collect();
        assert_eq!(sizes, [1, 1, 1]);
    }

    #[test]
    fn over_the_bound_the_newest_chunk_is_dropped() {
        let mut queue = Queue::default();
        let chunk = vec![0; 1_000_000];
        let accepted = (0..20).take_while(|_| queue.push(&[&chunk], 1, false) != Pushed::Dropped).count();
        assert_eq!(accepted, 8, "8 MiB hold eight of a million bytes");
        assert!(queue.bytes() <= MAX_BYTES);
        assert_ne!(queue.push(&[b"a small one still fits"], 1, false), Pushed::Dropped);
    }

    #[test]
    fn a_batch_counts_against_the_bound_until_it_is_done() {
        let mut queue = Queue::default();
        queue.push(&[&vec![0; MAX_BYTES - 1_000]], 1, false);
        let batch = queue.take().unwrap();
        assert_eq!(queue.push(&[&[0; 1_000]], 1, false), Pushed::Dropped);
        queue.put_back(batch);
        assert_eq!(queue.push(&[&[0; 1_000]], 1, false), Pushed::Dropped);
        let batch = queue.take().unwrap();
        queue.done(batch);
        assert_eq!(queue.bytes(), 0);
        assert_eq!(queue.push(&[&[0; 1_000]], 1, false), Pushed::Waits);
    }

    #[test]
    fn a_batch_that_was_put_back_goes_first() {
        let mut queue = Queue::default();
        queue.push(&[&vec![1; FULL]], 1, false);
        queue.push(&[&vec![2; FULL]], 1, false);
        let first = queue.take().unwrap();
        queue.put_back(first);
        assert_eq!(queue.take().unwrap().front(1).bytes.first(), Some(&1));
    }
}
