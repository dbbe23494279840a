//! Spans as they were decoded, before the pipeline has looked at them.

use std::ops::Range;

use crate::{Extras, Nanos, Symbol, UnixNanos};

/// One span of a [`Chunk`], with the values that were sent.
///
/// The key `type` of the wire is the field `kind` here only because the word is reserved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// Low 64 bits of the trace id.
    pub trace_id: u64,
    /// The span's own id.
    pub span_id: u64,
    /// The parent's id; 0 for none.
    pub parent_id: u64,
    /// When it began.
    pub start: UnixNanos,
    /// How long it took; negative values are as sent.
    pub duration: Nanos,
    /// Whether it failed: any non-zero `error` on the wire.
    pub error: bool,
    /// Who did the work.
    pub service: Symbol,
    /// The operation: what kind of work it was.
    pub name: Symbol,
    /// Which work it was: a route, a statement.
    pub resource: Symbol,
    /// The wire's `type`: `web`, `sql`, `cache`, or empty.
    pub kind: Symbol,
    /// Where its string tags are in [`Chunk::meta`].
    pub meta: Range<u32>,
    /// Where its numeric tags are in [`Chunk::metrics`].
    pub metrics: Range<u32>,
    /// Links, events and binary values from native fields, if there were any.
    pub extras: Option<Box<Extras>>,
}

/// The spans of one trace in one payload, in the order they were sent.
///
/// Tags of all spans stand one after another in two shared vectors, so that a chunk of ten thousand spans is a handful of
/// allocations. A key may occur more than once in a span; the last one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    /// The spans.
    pub spans: Vec<Span>,
    /// String tags, key and value.
    pub meta: Vec<(Symbol, Symbol)>,
    /// Numeric tags, key and value.
    pub metrics: Vec<(Symbol, f64)>,
    /// Memory of all extras, in bytes; kept by whoever adds them.
    pub extras_bytes: usize,
    /// How many tags `_dd.span_links` and `events` held JSON that does not parse; they stay tags.
    pub unparsed_extras: u32,
}

impl Chunk {
    /// Empties the chunk and keeps its memory for the next one.
    pub fn clear(&mut self) {
        self.spans.clear();
        self.meta.clear();
        self.metrics.clear();
        self.extras_bytes = 0;
        self.unparsed_extras = 0;
    }

    /// The string tags of one span.
    pub fn meta_of(&self, span: &Span) -> &[(Symbol, Symbol)] {
        &self.meta[span.meta.start as usize..span.meta.end as usize]
    }

    /// The numeric tags of one span.
    pub fn metrics_of(&self, span: &Span) -> &[(Symbol, f64)] {
        &self.metrics[span.metrics.start as usize..span.metrics.end as usize]
    }

    /// Memory in use, in bytes.
    pub fn bytes(&self) -> usize {
        self.spans.len() * size_of::<Span>()
            + self.meta.len() * size_of::<(Symbol, Symbol)>()
            + self.metrics.len() * size_of::<(Symbol, f64)>()
            + self.extras_bytes
    }
}
