//! The order of a part's rows: traces by first start, spans by start, copies folded.
//!
//! Traces that share the low half of their id may be one trace whose high half some chunks did not tell, so they stand
//! side by side: a cluster. Clusters are ordered by their first trace, traces in a cluster and clusters among each other
//! by first start, then id.

use std::sync::Arc;

use tracehound_model::{Arrival, Batch, SpanRef, Version};

use crate::{Error, TraceEntry};

/// A row of the batches that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowAddress {
    /// Which of the batches.
    pub(crate) batch: u32,
    /// Which of its rows.
    pub(crate) row: u32,
}

/// Batches with the sequence numbers under which they came.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a>(pub(crate) &'a [(u64, Arc<Batch>)]);

impl<'a> Source<'a> {
    pub(crate) fn span(&self, address: RowAddress) -> SpanRef<'a> {
        self.0[address.batch as usize].1.span(address.row)
    }

    pub(crate) fn arrival(&self, address: RowAddress) -> Arrival {
        Arrival { sequence: self.0[address.batch as usize].0, ordinal: address.row }
    }

    fn version(&self, address: RowAddress) -> Version {
        Version { partial: self.span(address).partial_version(), arrival: self.arrival(address) }
    }
}

/// Where every row of a part comes from.
#[derive(Debug, PartialEq)]
pub(crate) struct Order {
    /// The traces, in the part's order; their `rows` count in that order and have no gaps.
    pub(crate) traces: Vec<TraceEntry>,
    /// For each row of the part the row of the batches.
    pub(crate) rows: Vec<RowAddress>,
    /// How many rows were copies that another one supersedes.
    pub(crate) folded: u64,
}

/// Sorts and folds.
pub(crate) fn order(source: Source<'_>) -> Result<Order, Error> {
    let total: u64 = source.0.iter().map(|(_, batch)| u64::from(batch.rows())).sum();
    if total > u64::from(u32::MAX) {
        return Err(Error::Invalid(format!("a part holds at most {} rows, not {total}", u32::MAX)));
    }
    let mut chunks: Vec<_> = (0..)
        .zip(source.0)
        .flat_map(|(index, (_, batch))| batch.chunks().iter().map(move |chunk| (index, chunk)))
        .collect();
    chunks.sort_by_key(|(_, chunk)| (chunk.id.low, chunk.id.high));

    let mut traces = Vec::new();
    let mut gathered = Vec::with_capacity(total as usize);
    for of_one_trace in chunks.chunk_by(|(_, a), (_, b)| a.id == b.id) {
        let begin = gathered.len();
        for (batch, chunk) in of_one_trace {
            gathered.extend(chunk.rows.clone().map(|row| RowAddress { batch: *batch, row }));
        }
        fold(source, &mut gathered, begin);
        let spans = &mut gathered[begin..];
        spans.sort_unstable_by_key(|row| {
            let head = source.span(*row).head();
            (head.start, head.span_id, source.arrival(*row))
        });
        let (Some((_, chunk)), Some(first)) = (of_one_trace.first(), spans.first()) else { continue };
        let first_start = source.span(*first).head().start;
        traces.push(TraceEntry { id: chunk.id, first_start, rows: begin as u32..gathered.len() as u32 });
    }
    let folded = total - gathered.len() as u64;
    sort_clusters(&mut traces);
    let rows = take_rows(&mut traces, &gathered);
    Ok(Order { traces, rows, folded })
}

/// Keeps one of the rows from `begin` on that are copies of one span, by the rule of [`Version`].
fn fold(source: Source<'_>, rows: &mut Vec<RowAddress>, begin: usize) {
    let span_id = |row: &RowAddress| source.span(*row).head().span_id;
    rows[begin..].sort_unstable_by_key(span_id);
    if rows[begin..].windows(2).all(|pair| span_id(&pair[0]) != span_id(&pair[1])) {
        return;
    }
    let identity = |row: &RowAddress| {
        let span = source.span(*row);
        (span.head().span_id, span.service(), span.name())
    };
    let best_first = |a: &RowAddress, b: &RowAddress| {
        let (a, b) = (source.version(*a), source.version(*b));
        b.supersedes(&a).cmp(&a.supersedes(&b))
    };
    rows[begin..].sort_unstable_by(|a, b| identity(a).cmp(&identity(b)).then_with(|| best_first(a, b)));
    let mut folded = rows.split_off(begin);
    folded.dedup_by(|later, kept| identity(later) == identity(kept));
    rows.append(&mut folded);
}

/// Brings traces that stand by low half into the part's order.
fn sort_clusters(traces: &mut Vec<TraceEntry>) {
    let mut keyed = Vec::with_capacity(traces.len());
    for cluster in traces.chunk_by(|a, b| a.id.low == b.id.low) {
        let first = cluster.iter().map(TraceEntry::position).min();
        keyed.extend(cluster.iter().map(|trace| (first, trace.clone())));
    }
    keyed.sort_unstable_by_key(|(first, trace)| (*first, trace.position()));
    *traces = keyed.into_iter().map(|(_, trace)| trace).collect();
}

/// Lays the rows out in the order of the traces, and tells the traces where theirs are now.
fn take_rows(traces: &mut [TraceEntry], gathered: &[RowAddress]) -> Vec<RowAddress> {
    let mut rows = Vec::with_capacity(gathered.len());
    for trace in traces {
        let begin = rows.len() as u32;
        rows.extend_from_slice(&gathered[trace.rows.start as usize..trace.rows.end as usize]);
        trace.rows = begin..rows.len() as u32;
    }
    rows
}
