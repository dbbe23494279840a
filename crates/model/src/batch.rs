//! Kept spans as columns: what the log carries, the memtable holds, a part gives back and a query reads.
//!
//! Rows stand chunk by chunk, so that a trace's rows in one batch are contiguous. Strings are ids into one table. Tags
//! are ragged columns: the pairs of all rows in one vector, and per row where its pairs end.

use std::ops::Range;

use crate::strings::Interner;
use crate::{Extras, Nanos, StringId, Strings, TraceId, UnixNanos};

/// The fixed part of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowHead {
    /// The span's own id.
    pub span_id: u64,
    /// The parent's id; 0 for none.
    pub parent_id: u64,
    /// When it began.
    pub start: UnixNanos,
    /// How long it took, not negative.
    pub duration: Nanos,
    /// Whether it failed.
    pub error: bool,
    /// Who did the work.
    pub service: StringId,
    /// The operation.
    pub name: StringId,
    /// Which work it was.
    pub resource: StringId,
    /// The field `type`.
    pub kind: StringId,
}

/// Rows of one trace that came together.
#[derive(Clone, Debug, PartialEq)]
pub struct ChunkRows {
    /// The trace, its high half 0 where the chunk did not tell.
    pub id: TraceId,
    /// Which rows of the batch.
    pub rows: Range<u32>,
    /// The earliest start among them.
    pub first_start: UnixNanos,
}

/// Rows, immutable once built.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    strings: Strings,
    chunks: Vec<ChunkRows>,
    heads: Vec<RowHead>,
    meta_ends: Vec<u32>,
    meta: Vec<(StringId, StringId)>,
    metrics_ends: Vec<u32>,
    metrics: Vec<(StringId, f64)>,
    /// Extras of the few rows that have some, by row, ascending.
    extras: Vec<(u32, Box<Extras>)>,
    text_bytes: u64,
}

impl Batch {
    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.heads.len() as u32
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The strings that rows refer to.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The chunks, in the order of their rows.
    pub fn chunks(&self) -> &[ChunkRows] {
        &self.chunks
    }

    /// The row at `row`. Panics if there is none.
    pub fn span(&self, row: u32) -> SpanRef<'_> {
        SpanRef { batch: self, row }
    }

    /// Memory in use, in bytes, itself included: a batch can be of one row.
    pub fn bytes(&self) -> usize {
        size_of::<Batch>() + self.strings.bytes() + self.columns_bytes()
    }

    /// How much text there would be if every row had its own copy of its strings, in bytes. It can be thousands of times
    /// what the batch takes, and is what a writer that does not share strings as the batch does has to write.
    pub fn text_bytes(&self) -> u64 {
        self.text_bytes
    }

    fn count_text_bytes(&self) -> u64 {
        let bytes = |id: StringId| self.strings.get(id).len() as u64;
        let heads = self.heads.iter().flat_map(|head| [head.service, head.name, head.resource, head.kind]);
        let meta = self.meta.iter().flat_map(|&(key, value)| [key, value]);
        let metrics = self.metrics.iter().map(|&(key, _)| key);
        heads.chain(meta).chain(metrics).map(bytes).sum()
    }

    fn shrink_to_fit(&mut self) {
        self.strings.shrink_to_fit();
        self.chunks.shrink_to_fit();
        self.heads.shrink_to_fit();
        self.meta_ends.shrink_to_fit();
        self.meta.shrink_to_fit();
        self.metrics_ends.shrink_to_fit();
        self.metrics.shrink_to_fit();
        self.extras.shrink_to_fit();
    }

    fn columns_bytes(&self) -> usize {
        self.chunks.len() * size_of::<ChunkRows>()
            + self.heads.len() * (size_of::<RowHead>() + 2 * size_of::<u32>())
            + self.meta.len() * size_of::<(StringId, StringId)>()
            + self.metrics.len() * size_of::<(StringId, f64)>()
            + self.extras.iter().map(|(_, extras)| size_of::<(u32, Box<Extras>)>() + extras.bytes()).sum::<usize>()
    }
}

/// One row of a batch, with its strings resolved on demand.
#[derive(Clone, Copy)]
pub struct SpanRef<'a> {
    batch: &'a Batch,
    row: u32,
}

impl<'a> SpanRef<'a> {
    /// The fixed part of the row.
    pub fn head(&self) -> &'a RowHead {
        &self.batch.heads[self.row as usize]
    }

    /// Who did the work.
    pub fn service(&self) -> &'a str {
        self.batch.strings.get(self.head().service)
    }

    /// The operation.
    pub fn name(&self) -> &'a str {
        self.batch.strings.get(self.head().name)
    }

    /// Which work it was.
    pub fn resource(&self) -> &'a str {
        self.batch.strings.get(self.head().resource)
    }

    /// The field `type`.
    pub fn kind(&self) -> &'a str {
        self.batch.strings.get(self.head().kind)
    }

    /// The string tags as ids, each key once.
    pub fn meta_ids(&self) -> &'a [(StringId, StringId)] {
        &self.batch.meta[ragged(&self.batch.meta_ends, self.row)]
    }

    /// The numeric tags as ids and values, each key once.
    pub fn metric_ids(&self) -> &'a [(StringId, f64)] {
        &self.batch.metrics[ragged(&self.batch.metrics_ends, self.row)]
    }

    /// The string tags, each key once, in no particular order.
    pub fn meta(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + use<'a> {
        let strings = &self.batch.strings;
        self.meta_ids().iter().map(|&(key, value)| (strings.get(key), strings.get(value)))
    }

    /// The numeric tags, each key once, in no particular order.
    pub fn metrics(&self) -> impl ExactSizeIterator<Item = (&'a str, f64)> + use<'a> {
        let strings = &self.batch.strings;
        self.metric_ids().iter().map(|&(key, value)| (strings.get(key), value))
    }

    /// The value of one string tag.
    pub fn meta_value(&self, key: &str) -> Option<&'a str> {
        self.meta().find(|&(k, _)| k == key).map(|(_, value)| value)
    }

    /// The value of one numeric tag.
    pub fn metric_value(&self, key: &str) -> Option<f64> {
        self.metrics().find(|&(k, _)| k == key).map(|(_, value)| value)
    }

    /// Links, events and binary values, if there are any.
    pub fn extras(&self) -> Option<&'a Extras> {
        let extras = &self.batch.extras;
        extras.binary_search_by_key(&self.row, |&(row, _)| row).ok().map(|i| &*extras[i].1)
    }

    /// The snapshot number of a span that was still running when it was sent, from the metric `_dd.partial_version`.
    pub fn partial_version(&self) -> Option<f64> {
        self.metric_value("_dd.partial_version").filter(|n| *n >= 0.0)
    }
}

fn ragged(ends: &[u32], row: u32) -> Range<usize> {
    let row = row as usize;
    let begin = if row == 0 { 0 } else { ends[row - 1] };
    begin as usize..ends[row] as usize
}

/// Builds a [`Batch`] chunk by chunk: [`begin_chunk`](Self::begin_chunk), then per row [`push`](Self::push) followed by
/// its tags.
///
/// A tag whose key the row already has replaces the earlier value, as in the maps of the wire.
#[derive(Default)]
pub struct BatchBuilder {
    interner: Interner,
    batch: Batch,
    /// Per key, the place of its latest pair in `meta` plus one; older than the row's first place means "not in this row".
    meta_places: Vec<u32>,
    metric_places: Vec<u32>,
    extras_bytes: usize,
}

impl BatchBuilder {
    /// An empty batch.
    pub fn new() -> BatchBuilder {
        BatchBuilder::default()
    }

    /// The id of `text`, which is stored if it is new.
    pub fn intern(&mut self, text: &str) -> StringId {
        self.interner.intern(text)
    }

    /// The text of an id that [`intern`](Self::intern) gave.
    pub fn text(&self, id: StringId) -> &str {
        self.interner.strings.get(id)
    }

    /// Rows pushed from here on belong to this trace.
    pub fn begin_chunk(&mut self, id: TraceId) {
        let row = self.batch.rows();
        self.batch.chunks.push(ChunkRows { id, rows: row..row, first_start: UnixNanos::MAX });
    }

    /// Adds a row to the current chunk, without tags. Panics before the first chunk.
    pub fn push(&mut self, head: RowHead) {
        let chunk = self.batch.chunks.last_mut().expect("begin_chunk comes before push");
        chunk.rows.end += 1;
        chunk.first_start = chunk.first_start.min(head.start);
        self.batch.heads.push(head);
        self.batch.meta_ends.push(self.batch.meta.len() as u32);
        self.batch.metrics_ends.push(self.batch.metrics.len() as u32);
    }

    /// Gives the last row a string tag. Panics before the first row.
    pub fn tag(&mut self, key: StringId, value: StringId) {
        set(&mut self.batch.meta, &mut self.batch.meta_ends, &mut self.meta_places, key, value);
    }

    /// Gives the last row a numeric tag. Panics before the first row.
    pub fn metric(&mut self, key: StringId, value: f64) {
        set(&mut self.batch.metrics, &mut self.batch.metrics_ends, &mut self.metric_places, key, value);
    }

    /// Gives the last row its links, events and binary values. Nothing is kept of empty ones.
    pub fn extras(&mut self, extras: Box<Extras>) {
        if !extras.is_empty() {
            self.extras_bytes += extras.bytes();
            self.batch.extras.push((self.batch.rows() - 1, extras));
        }
    }

    /// Number of rows so far.
    pub fn rows(&self) -> u32 {
        self.batch.rows()
    }

    /// Memory in use, in bytes, what only serves the building included.
    pub fn bytes(&self) -> usize {
        let places = (self.meta_places.len() + self.metric_places.len()) * size_of::<u32>();
        let ragged = 2 * size_of::<u32>();
        self.interner.bytes()
            + places
            + self.batch.chunks.len() * size_of::<ChunkRows>()
            + self.batch.heads.len() * (size_of::<RowHead>() + ragged)
            + self.batch.meta.len() * size_of::<(StringId, StringId)>()
            + self.batch.metrics.len() * size_of::<(StringId, f64)>()
            + self.batch.extras.len() * size_of::<(u32, Box<Extras>)>()
            + self.extras_bytes
    }

    /// The batch, without chunks that got no row and in no more memory than it needs: it may stay for minutes.
    pub fn build(self) -> Batch {
        let mut batch = Batch { strings: self.interner.strings, ..self.batch };
        batch.chunks.retain(|chunk| !chunk.rows.is_empty());
        batch.shrink_to_fit();
        batch.text_bytes = batch.count_text_bytes();
        batch
    }
}

/// Sets `key` in the last row, whose pairs are the tail of `pairs`, in constant time: `places` remembers where each key
/// was last put.
fn set<V>(pairs: &mut Vec<(StringId, V)>, ends: &mut [u32], places: &mut Vec<u32>, key: StringId, value: V) {
    let rows = ends.len();
    let row_begin = if rows == 1 { 0 } else { ends[rows - 2] };
    if places.len() <= key.0 as usize {
        places.resize(key.0 as usize + 1, 0);
    }
    let place = &mut places[key.0 as usize];
    if *place > row_begin {
        pairs[*place as usize - 1].1 = value;
        return;
    }
    pairs.push((key, value));
    *place = pairs.len() as u32;
    ends[rows - 1] = *place;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(start: i64) -> RowHead {
        RowHead { span_id: start as u64, start, ..RowHead::default() }
    }

    #[test]
    fn rows_keep_their_own_tags_and_the_last_value_of_a_key_counts() {
        let mut builder = BatchBuilder::new();
        let [a, b, x, y] = ["a", "b", "x", "y"].map(|text| builder.intern(text));
        builder.begin_chunk(TraceId { high: 0, low: 7 });
        builder.push(head(20));
        builder.tag(a, x);
        builder.tag(b, x);
        builder.tag(a, y);
        builder.metric(a, 1.0);
        builder.push(head(10));
        builder.tag(a, x);
        builder.metric(a, 2.0);
        builder.metric(a, 3.0);
        builder.push(head(30));
        let batch = builder.build();

        let meta = |row| batch.span(row).meta().collect::<Vec<_>>();
        assert_eq!(meta(0), [("a", "y"), ("b", "x")]);
        assert_eq!(meta(1), [("a", "x")]);
        assert_eq!(meta(2), []);
        assert_eq!(batch.span(0).metric_value("a"), Some(1.0));
        assert_eq!(batch.span(1).metric_value("a"), Some(3.0));
        assert_eq!(batch.span(2).metric_value("a"), None);
        assert_eq!(batch.chunks(), [ChunkRows { id: TraceId { high: 0, low: 7 }, rows: 0..3, first_start: 10 }]);
    }

    #[test]
    fn extras_belong_to_their_row_and_empty_chunks_vanish() {
        let mut builder = BatchBuilder::new();
        builder.begin_chunk(TraceId { high: 0, low: 1 });
        builder.begin_chunk(TraceId { high: 0, low: 2 });
        builder.push(head(1));
        builder.extras(Box::default());
        builder.push(head(2));
        builder.extras(Box::new(Extras { meta_struct: vec![("k".into(), Box::from(*b"v"))], ..Extras::default() }));
        let batch = builder.build();
        assert_eq!(batch.chunks().len(), 1);
        assert_eq!(batch.span(0).extras(), None);
        assert_eq!(batch.span(1).extras().map(|extras| extras.meta_struct.len()), Some(1));
    }

    #[test]
    fn text_counts_for_every_row_that_has_it() {
        let mut builder = BatchBuilder::new();
        let [web, key, value] = ["web", "k", "value"].map(|text| builder.intern(text));
        builder.begin_chunk(TraceId { high: 0, low: 1 });
        for _ in 0..1_000 {
            builder.push(RowHead { service: web, resource: web, ..RowHead::default() });
            builder.tag(key, value);
            builder.metric(key, 1.0);
        }
        let batch = builder.build();
        assert_eq!(batch.strings().bytes(), "webkvalue".len() + 4 * size_of::<u32>());
        assert_eq!(batch.text_bytes(), 1_000 * "webwebkvaluek".len() as u64);
    }

    #[test]
    fn a_partial_version_below_zero_is_none() {
        let mut builder = BatchBuilder::new();
        let key = builder.intern("_dd.partial_version");
        builder.begin_chunk(TraceId { high: 0, low: 1 });
        for value in [3.0, -1.0] {
            builder.push(head(1));
            builder.metric(key, value);
        }
        let batch = builder.build();
        assert_eq!([0, 1].map(|row| batch.span(row).partial_version()), [Some(3.0), None]);
    }
}
