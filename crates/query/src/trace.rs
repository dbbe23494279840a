//! One trace by its id.

use tracehound_model::{TraceId, Version};
use tracehound_part::Columns;
use tracehound_store::{Rows, Snapshot};

use crate::fold::{Found, fold};
use crate::join::{Joined, join};
use crate::{Error, TraceKey};

/// Most spans of a trace that is read, copies counted: about 300 MB in memory. Source: reliability 8.6.
pub(crate) const MAX_TRACE_SPANS: usize = 1_000_000;

/// A trace: every span that is stored of it, once.
pub struct Trace {
    /// The widest id known for it.
    pub id: TraceId,
    /// By start, then span id.
    pub spans: Vec<Found>,
}

/// The trace with this id.
pub fn trace(snapshot: &Snapshot, key: TraceKey) -> Result<Trace, Error> {
    let joined = match key {
        TraceKey::Full(id) => by_full_id(snapshot, id),
        TraceKey::Low(low) => by_low_half(snapshot, low),
        TraceKey::HexOrDecimal(hex, decimal) => match by_low_half(snapshot, hex) {
            Err(Error::NotFound) => by_low_half(snapshot, decimal),
            found => found,
        },
    }?;
    if joined.rows() > MAX_TRACE_SPANS {
        return Err(Error::TooLarge(joined.rows()));
    }
    let read = snapshot.read(&joined.runs, Columns::All)?;
    let mut spans = fold(read.iter().flat_map(versions));
    spans.sort_by_key(|found| (found.span().head().start, found.span().head().span_id));
    Ok(Trace { id: joined.id, spans })
}

/// A high half that is not known finds the rows that have none, unless they are known to be of another trace.
fn by_full_id(snapshot: &Snapshot, id: TraceId) -> Result<Joined, Error> {
    let traces = join(id.low, snapshot.runs(id.low)?);
    let only_unknown = matches!(&traces[..], [one] if one.id.high == 0);
    traces.into_iter().find(|trace| trace.id == id || only_unknown).ok_or(Error::NotFound)
}

fn by_low_half(snapshot: &Snapshot, low: u64) -> Result<Joined, Error> {
    let mut traces = join(low, snapshot.runs(low)?);
    match traces.len() {
        0 => Err(Error::NotFound),
        1 => Ok(traces.remove(0)),
        _ => Err(Error::Ambiguous(traces.iter().map(|trace| trace.id).collect())),
    }
}

/// The rows with what decides between copies.
pub(crate) fn versions(rows: &Rows) -> impl Iterator<Item = (&Rows, Version, u32)> {
    rows.iter().map(move |(_, arrival, row)| {
        let partial = rows.span(row).partial_version();
        (rows, Version { partial, arrival }, row)
    })
}
