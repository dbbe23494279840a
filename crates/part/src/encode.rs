//! From rows of batches to Arrow columns, a page's worth at a time.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder, UInt32Builder,
    UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use tracehound_model::{Arrival, SpanRef, TraceId};

use crate::extras;
use crate::keys::{Keys, Places};
use crate::order::{RowAddress, Source};
use crate::parent::Parent;
use crate::schema::{self, PAGE_ROWS};
use crate::tags::TagColumns;

/// Text and extras of the collected rows, in bytes, beyond which they are handed on: a row can have many times the bytes
/// that a batch, which stores equal strings once, spends on it.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Collects rows until they are [full](Self::is_full).
pub(crate) struct Encoder<'a> {
    source: Source<'a>,
    schema: SchemaRef,
    rows: usize,
    bytes: usize,
    fixed: FixedColumns,
    meta: TagColumns<StringBuilder>,
    metrics: TagColumns<Float64Builder>,
    extras: BinaryBuilder,
    extras_scratch: Vec<u8>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(source: Source<'a>, keys: &Keys) -> Encoder<'a> {
        let places = |keys: &[String]| source.0.iter().map(|(_, batch)| Places::new(batch, keys)).collect();
        Encoder {
            source,
            schema: schema::schema(keys, &DataType::Utf8),
            rows: 0,
            bytes: 0,
            fixed: FixedColumns::default(),
            meta: TagColumns::new(places(&keys.meta), keys.meta.len()),
            metrics: TagColumns::new(places(&keys.metrics), keys.metrics.len()),
            extras: BinaryBuilder::new(),
            extras_scratch: Vec::new(),
        }
    }

    /// The schema of what [`take`](Self::take) gives.
    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Whether the rows should be taken before more are pushed.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= PAGE_ROWS || self.bytes >= MAX_BYTES
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: RowAddress, trace: TraceId, parent: Parent) -> Result<(), ArrowError> {
        let span = self.source.span(row);
        self.fixed.push(span, trace, parent, self.source.arrival(row));
        self.bytes += span.service().len() + span.name().len() + span.resource().len() + span.kind().len();
        self.bytes += span.meta().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        let meta_keys = span.meta_ids().iter().map(|(key, _)| *key);
        self.meta.push(self.rows, row.batch, meta_keys.zip(span.meta()))?;
        let metric_keys = span.metric_ids().iter().map(|(key, _)| *key);
        self.metrics.push(self.rows, row.batch, metric_keys.zip(span.metrics()))?;
        self.push_extras(span);
        self.rows += 1;
        Ok(())
    }

    fn push_extras(&mut self, span: SpanRef<'_>) {
        let Some(extras) = span.extras() else { return self.extras.append_null() };
        self.extras_scratch.clear();
        extras::encode(extras, &mut self.extras_scratch);
        self.extras.append_value(&self.extras_scratch);
        self.bytes += self.extras_scratch.len();
    }

    /// The rows so far, as columns in the order of the schema; there are none after.
    pub(crate) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let mut columns = self.fixed.take();
        columns.extend(self.meta.take_columns(self.rows));
        columns.extend(self.metrics.take_columns(self.rows));
        columns.extend([self.meta.take_rest(), self.metrics.take_rest(), Arc::new(self.extras.finish())]);
        self.rows = 0;
        self.bytes = 0;
        RecordBatch::try_new(self.schema(), columns)
    }
}

/// The columns that every part has.
#[derive(Default)]
struct FixedColumns {
    trace_high: UInt64Builder,
    trace_low: UInt64Builder,
    span_id: UInt64Builder,
    parent_back: Int32Builder,
    parent_id: UInt64Builder,
    start: Int64Builder,
    duration: Int64Builder,
    error: BooleanBuilder,
    service: StringBuilder,
    name: StringBuilder,
    resource: StringBuilder,
    kind: StringBuilder,
    sequence: UInt64Builder,
    ordinal: UInt32Builder,
}

impl FixedColumns {
    fn push(&mut self, span: SpanRef<'_>, trace: TraceId, parent: Parent, arrival: Arrival) {
        let head = span.head();
        let (back, id) = match parent {
            Parent::Back(back) => (Some(back), None),
            Parent::Id(id) => (None, Some(id)),
        };
        self.trace_high.append_value(trace.high);
        self.trace_low.append_value(trace.low);
        self.span_id.append_value(head.span_id);
        self.parent_back.append_option(back);
        self.parent_id.append_option(id);
        self.start.append_value(head.start);
        self.duration.append_value(head.duration);
        self.error.append_value(head.error);
        self.service.append_value(span.service());
        self.name.append_value(span.name());
        self.resource.append_value(span.resource());
        self.kind.append_value(span.kind());
        self.sequence.append_value(arrival.sequence);
        self.ordinal.append_value(arrival.ordinal);
    }

    /// In the order of [`schema::Fixed`].
    fn take(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.trace_high.finish()),
            Arc::new(self.trace_low.finish()),
            Arc::new(self.span_id.finish()),
            Arc::new(self.parent_back.finish()),
            Arc::new(self.parent_id.finish()),
            Arc::new(self.start.finish()),
            Arc::new(self.duration.finish()),
            Arc::new(self.error.finish()),
            Arc::new(self.service.finish()),
            Arc::new(self.name.finish()),
            Arc::new(self.resource.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(self.sequence.finish()),
            Arc::new(self.ordinal.finish()),
        ]
    }
}
