//! What a query reads: both memtables and all parts as they were at one moment. Taking one copies three pointers and the
//! list of parts; nothing that happens later changes it.
//!
//! A part that turns out to be damaged is set aside and the rest answers.
//!
//! Memtable and part answer the same three questions: where the rows of a trace are, which traces began last, and what
//! stands in given rows.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

use tracehound_model::{Arrival, Batch, ChunkRows, SpanRef, TraceId, UnixNanos};
use tracehound_part::{Columns, Part, Position};

use crate::Error;
use crate::core::Core;
use crate::memtable::Memtable;

/// A consistent view of the store.
#[derive(Clone)]
pub struct Snapshot {
    core: Arc<Core>,
    memtables: Vec<Arc<Memtable>>,
    parts: Vec<Arc<Part>>,
}

/// Rows of one exact trace id that stand together in one place.
#[derive(Clone)]
pub struct Run {
    /// The trace, its high half 0 where that was not known.
    pub id: TraceId,
    /// The earliest start among the rows.
    pub first_start: UnixNanos,
    place: Place,
    rows: Range<u32>,
}

#[derive(Clone)]
enum Place {
    Batch { sequence: u64, batch: Arc<Batch> },
    Part(Arc<Part>),
}

/// Rows that were read.
pub struct Rows {
    batch: Arc<Batch>,
    arrivals: Arrivals,
    /// Which rows were asked for, and the exact trace id of each stretch.
    ids: Vec<(Range<u32>, TraceId)>,
}

/// When each row came.
enum Arrivals {
    /// In the batch of this number, of the memtable, which has all its rows still.
    Batch(u64),
    /// Rows of a part, which come from many.
    Each(Vec<Arrival>),
}

impl Rows {
    /// The batch that [`iter`](Self::iter)'s rows stand in.
    pub fn batch(&self) -> &Arc<Batch> {
        &self.batch
    }

    /// The rows, each with its exact trace id, when it came, and its number in the batch.
    pub fn iter(&self) -> impl Iterator<Item = (TraceId, Arrival, u32)> {
        self.ids.iter().flat_map(move |(rows, id)| rows.clone().map(move |row| (*id, self.arrival(row), row)))
    }

    /// One row.
    pub fn span(&self, row: u32) -> SpanRef<'_> {
        self.batch.span(row)
    }

    fn arrival(&self, row: u32) -> Arrival {
        match &self.arrivals {
            Arrivals::Batch(sequence) => Arrival { sequence: *sequence, ordinal: row },
            Arrivals::Each(arrivals) => arrivals[row as usize],
        }
    }
}

impl Run {
    fn position(&self) -> Position {
        Position { start: self.first_start, id: self.id }
    }
}

impl Snapshot {
    pub(crate) fn take(core: &Arc<Core>) -> Snapshot {
        let tables = core.tables.read();
        let memtables = tables.memtables.frozen().into_iter().chain([tables.memtables.active()]);
        Snapshot { core: core.clone(), memtables: memtables.cloned().collect(), parts: tables.parts.clone() }
    }

    /// Where the rows of traces with this low half are. Looks through all chunks of the memtables: who asks for many
    /// traces asks [`by_low_half`](Self::by_low_half).
    pub fn runs(&self, low: u64) -> Result<Vec<Run>, Error> {
        self.with_runs_of_parts(low, self.memtable_runs(|chunk| chunk.id.low == low).collect())
    }

    /// The same view, to be asked for many traces.
    pub fn by_low_half(&self) -> ByLowHalf<'_> {
        let mut chunks: Vec<_> = self
            .batches()
            .enumerate()
            .flat_map(|(at, (_, batch))| batch.chunks().iter().enumerate().map(move |(i, chunk)| (chunk.id.low, at, i)))
            .collect();
        chunks.sort_unstable();
        ByLowHalf { snapshot: self, batches: self.batches().collect(), chunks }
    }

    fn with_runs_of_parts(&self, low: u64, mut runs: Vec<Run>) -> Result<Vec<Run>, Error> {
        for part in &self.parts {
            let entries = self.core.unless_damaged(part, part.traces(low))?.unwrap_or_default();
            runs.extend(entries.into_iter().map(|entry| Run::of_part(part, entry)));
        }
        Ok(runs)
    }

    /// All runs at or before `from`, the newest first: by first start, then id, descending.
    pub fn newest(&self, from: Position) -> Result<impl Iterator<Item = Result<Run, Error>>, Error> {
        let due = |chunk: &ChunkRows| Position { start: chunk.first_start, id: chunk.id } <= from;
        let mut sources: Vec<Source<'_>> = vec![Box::new(descending(self.memtable_runs(due).collect()).map(Ok))];
        for part in &self.parts {
            let entries = self.core.unless_damaged(part, part.newest(from))?.into_iter().flatten();
            let runs = entries.map_while(move |entry| self.core.unless_damaged(part, entry).transpose());
            sources.push(Box::new(runs.map(move |entry| Ok(Run::of_part(part, entry?)))));
        }
        Ok(merge(sources))
    }

    /// Reads rows: those of a part together, those of the memtable as they are.
    pub fn read(&self, runs: &[Run], columns: Columns) -> Result<Vec<Rows>, Error> {
        let mut read = Vec::new();
        for run in runs {
            if let Place::Batch { sequence, batch } = &run.place {
                let ids = vec![(run.rows.clone(), run.id)];
                read.push(Rows { batch: batch.clone(), arrivals: Arrivals::Batch(*sequence), ids });
            }
        }
        for part in &self.parts {
            let mut ranges: Vec<Range<u32>> =
                runs.iter().filter(|run| run.is_in(part)).map(|run| run.rows.clone()).collect();
            if ranges.is_empty() {
                continue;
            }
            ranges.sort_by_key(|range| range.start);
            let Some(rows) = self.core.unless_damaged(part, part.read(&ranges, columns))? else { continue };
            let ids = rows.batch.chunks().iter().map(|chunk| (chunk.rows.clone(), chunk.id)).collect();
            read.push(Rows { batch: Arc::new(rows.batch), arrivals: Arrivals::Each(rows.arrivals), ids });
        }
        Ok(read)
    }

    fn memtable_runs(&self, wanted: impl Fn(&ChunkRows) -> bool) -> impl Iterator<Item = Run> {
        let chunks = self.batches().flat_map(|entry| entry.1.chunks().iter().map(move |chunk| (entry, chunk)));
        chunks.filter(move |(_, chunk)| wanted(chunk)).map(|(entry, chunk)| Run::of_batch(entry, chunk))
    }

    fn batches(&self) -> impl Iterator<Item = &(u64, Arc<Batch>)> {
        self.memtables.iter().flat_map(|memtable| memtable.batches())
    }
}

/// A snapshot whose memtable chunks are sorted by the low half of their id.
pub struct ByLowHalf<'a> {
    snapshot: &'a Snapshot,
    batches: Vec<&'a (u64, Arc<Batch>)>,
    /// Low half, which batch, which of its chunks.
    chunks: Vec<(u64, usize, usize)>,
}

impl ByLowHalf<'_> {
    /// As [`Snapshot::runs`].
    pub fn runs(&self, low: u64) -> Result<Vec<Run>, Error> {
        let first = self.chunks.partition_point(|&(other, ..)| other < low);
        let chunks = self.chunks[first..].iter().take_while(|&&(other, ..)| other == low);
        let runs = chunks.map(|&(_, at, i)| Run::of_batch(self.batches[at], &self.batches[at].1.chunks()[i]));
        self.snapshot.with_runs_of_parts(low, runs.collect())
    }
}

impl Run {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Never: a run has a row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Leaves out the rows behind the first `len`.
    pub fn truncate(&mut self, len: usize) {
        let len = len.min(self.rows.len());
        self.rows.end = self.rows.start + len as u32;
    }

    fn of_batch((sequence, batch): &(u64, Arc<Batch>), chunk: &ChunkRows) -> Run {
        let place = Place::Batch { sequence: *sequence, batch: batch.clone() };
        Run { id: chunk.id, first_start: chunk.first_start, place, rows: chunk.rows.clone() }
    }

    fn of_part(part: &Arc<Part>, entry: tracehound_part::TraceEntry) -> Run {
        Run { id: entry.id, first_start: entry.first_start, place: Place::Part(part.clone()), rows: entry.rows }
    }

    fn is_in(&self, part: &Arc<Part>) -> bool {
        matches!(&self.place, Place::Part(place) if Arc::ptr_eq(place, part))
    }
}

type Source<'a> = Box<dyn Iterator<Item = Result<Run, Error>> + 'a>;

/// The newest first. A heap, because most who ask stop after a few.
fn descending(runs: Vec<Run>) -> impl Iterator<Item = Run> {
    let mut heap: BinaryHeap<(Position, usize)> = runs.iter().map(Run::position).zip(0..).collect();
    std::iter::from_fn(move || heap.pop().map(|(_, i)| runs[i].clone()))
}

/// Merges descending sources into one descending stream. An error of a source comes at once.
fn merge(mut sources: Vec<Source<'_>>) -> impl Iterator<Item = Result<Run, Error>> {
    let mut heads: Vec<Option<Result<Run, Error>>> = sources.iter_mut().map(Iterator::next).collect();
    std::iter::from_fn(move || {
        let newest =
            (0..heads.len()).filter(|&i| heads[i].is_some()).max_by(|&a, &b| match (&heads[a], &heads[b]) {
                (Some(Ok(a)), Some(Ok(b))) => a.position().cmp(&b.position()),
                (Some(Err(_)), _) => Ordering::Greater,
                _ => Ordering::Less,
            })?;
        std::mem::replace(&mut heads[newest], sources[newest].next())
    })
}
