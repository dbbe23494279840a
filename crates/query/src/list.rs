//! The newest traces, a page at a time.
//!
//! A trace stands in the list once, at the start of its earliest span, however many chunks and parts it came in. Every
//! source yields its runs newest first, so the merged stream meets a trace at its latest run first. There the trace-id index
//! is asked for all of them, once, and the walk ends when nothing that is still to come can be newer than what a full page
//! has. So a page costs the traces it passes, and not the traces there are.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use foldhash::fast::RandomState;
use hashbrown::HashSet;
use tracehound_model::{Nanos, SpanRef, TraceId, UnixNanos};
use tracehound_part::{Columns, Position};
use tracehound_store::{Run, Snapshot};

use crate::Error;
use crate::fold::{Found, fold};
use crate::join::{Joined, join};
use crate::trace::versions;

/// Where the next page begins: behind the trace with this start and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    start: UnixNanos,
    id: TraceId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.id)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Cursor, Error> {
        let (start, id) = text.rsplit_once('-').ok_or(Error::MalformedCursor)?;
        let start = start.parse().map_err(|_| Error::MalformedCursor)?;
        Ok(Cursor { start, id: id.parse().map_err(|_| Error::MalformedCursor)? })
    }
}

/// A page of the list.
pub struct Page {
    /// The newest first, by the start of the earliest span, then by id.
    pub traces: Vec<TraceRow>,
    /// Where the next page begins, or none if this was the last.
    pub next: Option<Cursor>,
}

/// What the list shows of a trace. Of one with more than 250,000 rows, only so many are looked at, the earliest chunks first,
/// and the others are counted as spans.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceRow {
    /// The widest id known for it.
    pub id: TraceId,
    /// When its earliest span began.
    pub start: UnixNanos,
    /// From there to the latest end.
    pub duration: Nanos,
    /// The span that stands for it.
    pub root: Root,
    /// The root's `http.status_code`, if it has one.
    pub http_status: Option<String>,
    /// How many spans are stored of it.
    pub spans: u64,
    /// How many of them failed.
    pub errors: u64,
    /// The services that took part, sorted.
    pub services: Vec<String>,
}

/// The earliest span without a parent, else the earliest whose parent is not stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Root {
    /// Its id.
    pub span_id: u64,
    /// Who did the work.
    pub service: String,
    /// The operation.
    pub name: String,
    /// Which work it was.
    pub resource: String,
    /// The field `type`.
    pub kind: String,
}

/// At most `limit` traces behind `cursor`, or the newest.
pub fn list(snapshot: &Snapshot, limit: usize, cursor: Option<Cursor>) -> Result<Page, Error> {
    let mut listed = newest(snapshot, limit + 1, cursor)?;
    let more = listed.len() > limit;
    listed.truncate(limit);
    let next = listed.last().filter(|_| more).map(|last| Cursor { start: last.first_start, id: last.id });
    Ok(Page { traces: summaries(snapshot, &listed)?, next })
}

/// The traces that the page shows, in its order.
fn newest(snapshot: &Snapshot, count: usize, cursor: Option<Cursor>) -> Result<Vec<Joined>, Error> {
    let from = cursor.map_or(Position::MAX, |cursor| Position { start: cursor.start, ..Position::MAX });
    let by_low_half = snapshot.by_low_half();
    let mut met = HashSet::with_hasher(RandomState::default());
    let mut newest = BTreeMap::new();
    for run in snapshot.newest(from)? {
        let run = run?;
        let oldest = newest.first_key_value().filter(|_| newest.len() == count);
        if oldest.is_some_and(|(oldest, _): (&Position, _)| run.first_start < oldest.start) {
            break;
        }
        if !met.insert(run.id.low) {
            continue;
        }
        for trace in join(run.id.low, by_low_half.runs(run.id.low)?) {
            let position = Position { start: trace.first_start, id: trace.id };
            if cursor.is_none_or(|cursor| position < Position { start: cursor.start, id: cursor.id }) {
                newest.insert(position, trace);
            }
            if newest.len() > count {
                newest.pop_first();
            }
        }
    }
    Ok(newest.into_values().rev().collect())
}

/// Rows that are read together, 250 bytes each: with those of three other questions at the same time they take the memory
/// that queries may have. Source: reliability 8.6.
const ROWS_AT_ONCE: usize = 250_000;

fn summaries(snapshot: &Snapshot, mut listed: &[Joined]) -> Result<Vec<TraceRow>, Error> {
    let mut summaries = Vec::with_capacity(listed.len());
    while !listed.is_empty() {
        let mut rows = 0;
        let fits = |trace: &&Joined| {
            rows += trace.rows();
            rows <= ROWS_AT_ONCE
        };
        let together = listed.iter().take_while(fits).count().max(1);
        summaries.append(&mut summaries_of(snapshot, &listed[..together])?);
        listed = &listed[together..];
    }
    Ok(summaries)
}

/// The summaries of traces that are read together.
fn summaries_of(snapshot: &Snapshot, listed: &[Joined]) -> Result<Vec<TraceRow>, Error> {
    let runs: Vec<Run> = listed.iter().flat_map(|trace| trace.earliest(ROWS_AT_ONCE)).collect();
    let read = snapshot.read(&runs, Columns::Summary)?;
    // Rows carry their exact id; the joined trace is found by it, with the high half as it stands in the row.
    let mut by_id: Vec<(TraceId, usize)> = Vec::new();
    for (i, trace) in listed.iter().enumerate() {
        by_id.extend(trace.runs.iter().map(|run| (run.id, i)));
    }
    by_id.sort_unstable();

    let mut copies: Vec<Vec<_>> = listed.iter().map(|_| Vec::new()).collect();
    for rows in &read {
        for ((id, _, _), version) in rows.iter().zip(versions(rows)) {
            if let Ok(found) = by_id.binary_search_by_key(&id, |&(id, _)| id) {
                copies[by_id[found].1].push(version);
            }
        }
    }
    let folded = copies.into_iter().map(|copies| fold(copies.into_iter()));
    Ok(listed.iter().zip(folded).filter_map(|(trace, spans)| summary(trace, &spans)).collect())
}

/// What the list shows of these spans; none if there are none.
fn summary(trace: &Joined, spans: &[Found]) -> Option<TraceRow> {
    let heads = || spans.iter().map(|found| found.span().head());
    let start = heads().map(|head| head.start).min()?;
    let end = heads().map(|head| head.start.saturating_add(head.duration)).max()?;
    let mut services: Vec<&str> = spans.iter().map(|found| found.span().service()).collect();
    services.sort_unstable();
    services.dedup();
    let root = root(spans)?;
    Some(TraceRow {
        id: trace.id,
        start,
        duration: end.saturating_sub(start),
        http_status: http_status(&root),
        root: Root {
            span_id: root.head().span_id,
            service: root.service().to_owned(),
            name: root.name().to_owned(),
            resource: root.resource().to_owned(),
            kind: root.kind().to_owned(),
        },
        spans: (spans.len() + trace.rows().saturating_sub(ROWS_AT_ONCE)) as u64,
        errors: heads().filter(|head| head.error).count() as u64,
        services: services.into_iter().map(str::to_owned).collect(),
    })
}

/// The earliest span with parent 0, else the earliest whose parent is absent, else, in a ring of parents, the earliest.
fn root(spans: &[Found]) -> Option<SpanRef<'_>> {
    let mut ids: Vec<u64> = spans.iter().map(|found| found.span().head().span_id).collect();
    ids.sort_unstable();
    let rank = |span: &SpanRef<'_>| match span.head().parent_id {
        0 => 0,
        parent if ids.binary_search(&parent).is_err() => 1,
        _ => 2,
    };
    let spans = spans.iter().map(|found| found.span());
    spans.min_by_key(|span| (rank(span), span.head().start, span.head().span_id))
}

/// Tracers send the status as a tag of either sort.
fn http_status(root: &SpanRef<'_>) -> Option<String> {
    const KEY: &str = "http.status_code";
    root.meta_value(KEY).map(str::to_owned).or_else(|| root.metric_value(KEY).map(|status| status.to_string()))
}
