//! A trace as the index knows it, and places in the order of newest traces.

use std::ops::Range;

use tracehound_model::{TraceId, UnixNanos};

/// Where a trace's rows are in a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// The exact id: rows whose high half is not known are an entry of their own.
    pub id: TraceId,
    /// The earliest start among the rows.
    pub first_start: UnixNanos,
    /// The rows, in the part's order.
    pub rows: Range<u32>,
}

impl TraceEntry {
    /// The place of this trace among the newest.
    pub fn position(&self) -> Position {
        Position { start: self.first_start, id: self.id }
    }
}

/// A place in the order of traces by first start, then id. Greater is newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// First start of a trace.
    pub start: UnixNanos,
    /// Its exact id.
    pub id: TraceId,
}

impl Position {
    /// At or above every trace.
    pub const MAX: Position = Position { start: UnixNanos::MAX, id: TraceId { high: u64::MAX, low: u64::MAX } };
}
