//! Adds records up in buckets of ten seconds, on the sender's thread, or on one that brings records while that is held up.
//!
//! A span belongs to the bucket in which it ended. The current bucket and the one before stay open, for chunks that wait and threads that
//! lag; a span that ended even earlier is counted in the oldest open bucket. Source: agent-protocol 6.1.

use super::bucket::Bucket;
use super::payload::{self, Meta};
use super::record;

/// The agent's and the backend's resolution.
pub(super) const BUCKET_NS: u64 = 10_000_000_000;
/// The two open ones, one that is due, and one ahead. Only spans that claim to end at odd times could make more; these share the last.
const BUCKETS_MAX: usize = 4;

/// The stats of one process since they were last sent.
#[derive(Debug)]
pub(crate) struct Concentrator {
    meta: Meta,
    rows_max: usize,
    /// The start of the oldest bucket that still counts, in nanoseconds since 1970.
    oldest_ns: u64,
    /// By their start, in order of time; at most [`BUCKETS_MAX`].
    buckets: Vec<(u64, Bucket)>,
    sequence: u64,
}

impl Concentrator {
    /// Starts counting at `now_ns` (since 1970), with at most `rows_max` rows a bucket.
    pub(crate) fn new(meta: Meta, rows_max: usize, now_ns: u64) -> Concentrator {
        Concentrator { meta, rows_max, oldest_ns: bucket_start(now_ns), buckets: Vec::new(), sequence: 0 }
    }

    /// Tells the agent's own environment (`/info`, `default_env`), which holds where the application names none.
    pub(crate) fn set_agent_env(&mut self, env: &str) {
        env.clone_into(&mut self.meta.agent_env);
    }

    /// Counts the spans of records that stand one after another.
    pub(crate) fn add(&mut self, records: &[u8]) {
        for entry in record::entries(records) {
            let start_ns = bucket_start(entry.end_ns).max(self.oldest_ns);
            let place = self.place_of(start_ns);
            if let Some((_, bucket)) = self.buckets.get_mut(place) {
                bucket.add(&entry, self.rows_max);
            }
        }
    }

    /// Whether nothing was counted since it was last sent.
    pub(crate) fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Where the bucket is that begins at `start_ns`, or the one that stands in for it.
    fn place_of(&mut self, start_ns: u64) -> usize {
        match self.buckets.binary_search_by_key(&start_ns, |(start_ns, _)| *start_ns) {
            Ok(place) => place,
            Err(_) if self.buckets.len() >= BUCKETS_MAX => self.buckets.len() - 1,
            Err(place) => {
                self.buckets.insert(place, (start_ns, Bucket::default()));
                place
            }
        }
    }

    /// Takes out the buckets that are complete at `now_ns` (since 1970), or all of them, as the body of a request to `/v0.6/stats`.
    /// `None` when there is nothing to tell.
    pub(crate) fn flush(&mut self, now_ns: u64, all: bool) -> Option<Vec<u8>> {
        let current_ns = bucket_start(now_ns);
        // Unlike in the agent, this also goes back when the clock does: counting on in the future would hide a service for that long.
        self.oldest_ns = current_ns.saturating_sub(BUCKET_NS);
        let open = self.oldest_ns..=current_ns.saturating_add(BUCKET_NS);
        let is_due = |start_ns: &u64| all || !open.contains(start_ns);
        let (due, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.buckets).into_iter().partition(|(start_ns, _)| is_due(start_ns));
        self.buckets = kept;
        if due.is_empty() {
            return None;
        }
        self.sequence += 1;
        Some(payload::write(&self.meta, self.sequence, &due))
    }
}

fn bucket_start(ns: u64) -> u64 {
    ns - ns % BUCKET_NS
}

#[cfg(test)]
#[path = "tests/concentrator.rs"]
mod tests;
