//! Ten seconds of stats: a row of counts and latencies for every combination of dimensions that was seen.
//!
//! A resource with an id in it, say, makes a row of every request. So a bucket takes a limited number of rows, and what comes after that
//! is counted in one row for all the rest: sums over all rows stay exact.

use super::record::{Dimensions, Entry};
use super::sketch::Sketch;

/// What the keys of a bucket may take; seven thousand rows (the usual limit) have six hundred bytes each.
const KEYS_MAX_BYTES: usize = 4 << 20;

/// Stands for every value of a dimension in the row for all the rest. Agent and backend know the word.
const BLOCKED: &str = "tracer_blocked_value";

/// Counts and latencies of the spans that have all dimensions in common.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) hits: u64,
    pub(super) top_level_hits: u64,
    pub(super) errors: u64,
    pub(super) duration_ns: u64,
    /// Durations of the spans without error.
    pub(super) ok: Sketch,
    /// Durations of the spans with an error.
    pub(super) error: Sketch,
}

impl Row {
    fn add(&mut self, entry: &Entry<'_>) {
        self.hits += 1;
        self.top_level_hits += u64::from(entry.top_level);
        self.errors += u64::from(entry.error);
        self.duration_ns = self.duration_ns.saturating_add(entry.duration_ns);
        let sketch = if entry.error { &mut self.error } else { &mut self.ok };
        sketch.add(entry.duration_ns);
    }
}

/// The rows of one span of time, in the order in which they came. They are told apart by comparing whole keys.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    rows: Vec<(Box<[u8]>, Row)>,
    /// The places of the rows, sorted by key: small enough to be moved for each new row.
    by_key: Vec<u32>,
    keys_bytes: usize,
    rest: Option<Row>,
}

impl Bucket {
    /// Counts a span; one that needs a row beyond the first `limit` goes to the row for all the rest.
    pub(super) fn add(&mut self, entry: &Entry<'_>, limit: usize) {
        let key_of = |place: u32| self.rows.get(place as usize).map(|(key, _)| key.as_ref());
        let place = match self.by_key.binary_search_by(|&place| key_of(place).cmp(&Some(entry.key))) {
            Ok(rank) => self.by_key.get(rank).copied(),
            Err(rank) => self.new_row(entry.key, rank, limit),
        };
        let row = place.and_then(|place| self.rows.get_mut(place as usize));
        row.map_or_else(|| self.rest.get_or_insert_default(), |(_, row)| row).add(entry);
    }

    /// The place of a new row, if there is room for it.
    fn new_row(&mut self, key: &[u8], rank: usize, limit: usize) -> Option<u32> {
        if self.rows.len() >= limit || self.keys_bytes + key.len() > KEYS_MAX_BYTES {
            return None;
        }
        let place = u32::try_from(self.rows.len()).ok()?;
        self.keys_bytes += key.len();
        self.rows.push((key.into(), Row::default()));
        self.by_key.insert(rank, place);
        Some(place)
    }

    /// The rows and their dimensions.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Dimensions<'_>, &Row)> {
        let known = self.rows.iter().filter_map(|(key, row)| Some((Dimensions::parse(key)?, row)));
        known.chain(self.rest.as_ref().map(|row| (blocked(), row)))
    }
}

fn blocked() -> Dimensions<'static> {
    Dimensions {
        service: BLOCKED,
        name: BLOCKED,
        resource: BLOCKED,
        span_type: BLOCKED,
        kind: BLOCKED,
        http_method: BLOCKED,
        http_endpoint: BLOCKED,
        grpc_status: "",
        service_source: BLOCKED,
        http_status: 0,
        synthetics: false,
        trace_root: None,
        peer_tags: vec![BLOCKED],
    }
}
