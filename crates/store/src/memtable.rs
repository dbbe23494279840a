//! The memtable: batches that are in the log and not yet in a part, as queries read them.
//!
//! There are at most two. The active one takes what is published; when it is full it becomes the frozen one, which a
//! flush turns into a part, and an empty one takes its place. Batches are columns already and never change, so a memtable
//! is a list of them and a reader's view of it is a copy of that list.

use std::sync::Arc;

use tracehound_model::Batch;

/// How much text counts as a byte of room. Spans as tracers send them have about three bytes of text for one in memory, and
/// it does not matter. Spans that name a few long strings again and again have thousands; without it, a memtable of those
/// would become a part of many gigabytes, and the flush would take as many minutes.
const TEXT_PER_ROOM_BYTE: u64 = 10;

/// The room that a batch takes of a memtable, in bytes: its memory, or a share of its text if that is more.
pub(crate) fn room_of(batch: &Batch) -> usize {
    batch.bytes().max((batch.text_bytes() / TEXT_PER_ROOM_BYTE) as usize)
}

/// Batches by ascending sequence number.
#[derive(Clone, Default)]
pub(crate) struct Memtable {
    batches: Vec<(u64, Arc<Batch>)>,
    bytes: usize,
    log_bytes: usize,
}

impl Memtable {
    /// Adds a batch that takes `log_bytes` in the log.
    pub(crate) fn push(&mut self, sequence: u64, batch: Arc<Batch>, log_bytes: usize) {
        debug_assert!(self.batches.last().is_none_or(|&(last, _)| last < sequence), "the log publishes in order");
        self.bytes += room_of(&batch);
        self.log_bytes += log_bytes;
        self.batches.push((sequence, batch));
    }

    pub(crate) fn batches(&self) -> &[(u64, Arc<Batch>)] {
        &self.batches
    }

    /// Sequence number of the oldest batch.
    pub(crate) fn first_sequence(&self) -> Option<u64> {
        self.batches.first().map(|&(sequence, _)| sequence)
    }

    /// Sequence number of the newest batch.
    pub(crate) fn last_sequence(&self) -> Option<u64> {
        self.batches.last().map(|&(sequence, _)| sequence)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Room taken, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What the batches take in the log, in bytes.
    pub(crate) fn log_bytes(&self) -> usize {
        self.log_bytes
    }
}

/// The active and the frozen memtable, and what is on its way to the active one.
#[derive(Default)]
pub(crate) struct Memtables {
    active: Arc<Memtable>,
    frozen: Option<Arc<Memtable>>,
    /// Bytes of batches that were let in and are not yet published.
    reserved: usize,
}

impl Memtables {
    /// Reserves room for a batch, whatever its size, as long as the active memtable is under its limit; freezes it first
    /// where that helps. Returns whether there is room.
    pub(crate) fn reserve(&mut self, bytes: usize, limit: usize) -> bool {
        if self.active.bytes() + self.reserved >= limit {
            self.freeze();
        }
        let room = self.active.bytes() + self.reserved < limit;
        if room {
            self.reserved += bytes;
        }
        room
    }

    /// Reserves room for a batch that is in the log already, whatever there is.
    pub(crate) fn let_in(&mut self, bytes: usize) {
        self.reserved += bytes;
    }

    /// Gives back room of a batch that will not be published.
    pub(crate) fn release(&mut self, bytes: usize) {
        self.reserved -= bytes;
    }

    /// Puts a batch that has room into the active memtable.
    pub(crate) fn publish(&mut self, sequence: u64, batch: Arc<Batch>, log_bytes: usize) {
        self.release(room_of(&batch));
        Arc::make_mut(&mut self.active).push(sequence, batch, log_bytes);
    }

    /// Makes the active memtable the frozen one, unless there is one or nothing to freeze. Returns whether it did.
    pub(crate) fn freeze(&mut self) -> bool {
        if self.frozen.is_some() || self.active.is_empty() {
            return false;
        }
        self.frozen = Some(std::mem::take(&mut self.active));
        true
    }

    /// The frozen memtable is in a part now.
    pub(crate) fn drop_frozen(&mut self) {
        self.frozen = None;
    }

    pub(crate) fn frozen(&self) -> Option<&Arc<Memtable>> {
        self.frozen.as_ref()
    }

    pub(crate) fn active(&self) -> &Arc<Memtable> {
        &self.active
    }

    /// Room taken, in bytes, what is reserved included.
    pub(crate) fn bytes(&self) -> usize {
        self.active.bytes() + self.reserved + self.frozen.as_ref().map_or(0, |frozen| frozen.bytes())
    }
}

#[cfg(test)]
mod tests {
    use tracehound_model::{BatchBuilder, RowHead, TraceId};

    use super::*;

    fn batch() -> Arc<Batch> {
        let mut builder = BatchBuilder::new();
        builder.begin_chunk(TraceId { high: 0, low: 1 });
        builder.push(RowHead::default());
        Arc::new(builder.build())
    }

    #[test]
    fn a_batch_of_any_size_gets_room_while_the_active_memtable_is_under_its_limit() {
        let mut tables = Memtables::default();
        let bytes = room_of(&batch());
        assert!(tables.reserve(bytes, 1), "larger than the limit, but nothing was there");
        assert!(!tables.reserve(bytes, 1), "what is on its way counts");
        tables.publish(1, batch(), 10);
        assert!(tables.reserve(bytes, 1), "the full one was frozen");
        tables.publish(2, batch(), 10);
        assert!(!tables.reserve(bytes, 1), "both are full");
        tables.drop_frozen();
        assert!(tables.reserve(bytes, 1));
    }

    #[test]
    fn text_that_many_rows_share_takes_room_as_if_they_did_not() {
        let mut builder = BatchBuilder::new();
        let [key, value] = ["k".to_owned(), "v".repeat(25_000)].map(|text| builder.intern(&text));
        builder.begin_chunk(TraceId { high: 0, low: 1 });
        for _ in 0..10_000 {
            builder.push(RowHead::default());
            builder.tag(key, value);
        }
        let batch = builder.build();
        assert!(batch.bytes() < 1_200_000);
        assert_eq!(room_of(&batch), 25_001_000);
    }

    #[test]
    fn a_reader_keeps_what_it_saw() {
        let mut tables = Memtables::default();
        let bytes = room_of(&batch());
        tables.reserve(bytes, usize::MAX);
        tables.publish(1, batch(), 10);
        let seen = tables.active().clone();
        tables.reserve(bytes, usize::MAX);
        tables.publish(2, batch(), 10);
        assert_eq!((seen.batches().len(), tables.active().batches().len()), (1, 2));
        assert_eq!(tables.active().last_sequence(), Some(2));
    }
}
