//! From rows of batches to Arrow columns, a page's worth at a time.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, MapBuilder, MapFieldNames,
    StringBuilder, UInt32Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use tracehound_model::{SpanRef, TraceId};

use crate::Error;
use crate::extras;
use crate::keys::{Keys, Places};
use crate::order::{RowAddress, Source};
use crate::parent::Parent;
use crate::schema::{self, PAGE_ROWS};

/// Text of the collected rows, in bytes, beyond which they are handed on: a row can have many times the bytes that a
/// batch, which stores equal strings once, spends on it.
const TEXT_BYTES: usize = 4 * 1024 * 1024;

/// Collects rows until they are [full](Self::is_full).
pub(crate) struct Encoder<'a> {
    source: Source<'a>,
    /// Per batch, the columns of its strings as keys of `meta` and of `metrics`.
    places: Vec<[Places; 2]>,
    schema: SchemaRef,
    rows: usize,
    text_bytes: usize,
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
    meta: Vec<StringBuilder>,
    metrics: Vec<Float64Builder>,
    meta_rest: MapBuilder<StringBuilder, StringBuilder>,
    metrics_rest: MapBuilder<StringBuilder, Float64Builder>,
    extras: BinaryBuilder,
    extras_scratch: Vec<u8>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(source: Source<'a>, keys: &Keys) -> Encoder<'a> {
        let places = source.0.iter().map(|(_, batch)| [&keys.meta, &keys.metrics].map(|keys| Places::new(batch, keys)));
        let [map_key, map_text] = schema::map_fields(DataType::Utf8, DataType::Utf8);
        let [_, map_number] = schema::map_fields(DataType::Utf8, DataType::Float64);
        Encoder {
            source,
            places: places.collect(),
            schema: schema::schema(keys, &DataType::Utf8),
            rows: 0,
            text_bytes: 0,
            trace_high: UInt64Builder::new(),
            trace_low: UInt64Builder::new(),
            span_id: UInt64Builder::new(),
            parent_back: Int32Builder::new(),
            parent_id: UInt64Builder::new(),
            start: Int64Builder::new(),
            duration: Int64Builder::new(),
            error: BooleanBuilder::new(),
            service: StringBuilder::new(),
            name: StringBuilder::new(),
            resource: StringBuilder::new(),
            kind: StringBuilder::new(),
            sequence: UInt64Builder::new(),
            ordinal: UInt32Builder::new(),
            meta: keys.meta.iter().map(|_| StringBuilder::new()).collect(),
            metrics: keys.metrics.iter().map(|_| Float64Builder::new()).collect(),
            meta_rest: MapBuilder::new(Some(map_names()), StringBuilder::new(), StringBuilder::new())
                .with_keys_field(map_key.clone())
                .with_values_field(map_text),
            metrics_rest: MapBuilder::new(Some(map_names()), StringBuilder::new(), Float64Builder::new())
                .with_keys_field(map_key)
                .with_values_field(map_number),
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
        self.rows >= PAGE_ROWS || self.text_bytes >= TEXT_BYTES
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, address: RowAddress, trace: TraceId, parent: Parent) -> Result<(), Error> {
        let span = self.source.span(address);
        let arrival = self.source.arrival(address);
        let head = span.head();
        self.trace_high.append_value(trace.high);
        self.trace_low.append_value(trace.low);
        self.span_id.append_value(head.span_id);
        let (back, id) = match parent {
            Parent::Back(back) => (Some(back), None),
            Parent::Id(id) => (None, Some(id)),
        };
        self.parent_back.append_option(back);
        self.parent_id.append_option(id);
        self.start.append_value(head.start);
        self.duration.append_value(head.duration);
        self.error.append_value(head.error);
        for (column, text) in [
            (&mut self.service, span.service()),
            (&mut self.name, span.name()),
            (&mut self.resource, span.resource()),
            (&mut self.kind, span.kind()),
        ] {
            column.append_value(text);
            self.text_bytes += text.len();
        }
        self.sequence.append_value(arrival.sequence);
        self.ordinal.append_value(arrival.ordinal);
        self.push_meta(address, span)?;
        self.push_metrics(address, span)?;
        self.push_extras(span);
        self.rows += 1;
        Ok(())
    }

    /// Columns without a value in a row fall behind, and catch up with nulls when they next have one.
    fn push_meta(&mut self, address: RowAddress, span: SpanRef<'_>) -> Result<(), Error> {
        let [places, _] = &self.places[address.batch as usize];
        let mut has_rest = false;
        for ((key, _), (name, value)) in span.meta_ids().iter().zip(span.meta()) {
            self.text_bytes += value.len();
            if let Some(column) = places.column(*key) {
                let column = &mut self.meta[column];
                column.append_nulls(self.rows - arrow_array::builder::ArrayBuilder::len(column));
                column.append_value(value);
            } else {
                self.text_bytes += name.len();
                self.meta_rest.keys().append_value(name);
                self.meta_rest.values().append_value(value);
                has_rest = true;
            }
        }
        self.meta_rest.append(has_rest).map_err(|error| Error::Bug(error.to_string()))
    }

    fn push_metrics(&mut self, address: RowAddress, span: SpanRef<'_>) -> Result<(), Error> {
        let [_, places] = &self.places[address.batch as usize];
        let mut has_rest = false;
        for ((key, _), (name, value)) in span.metric_ids().iter().zip(span.metrics()) {
            if let Some(column) = places.column(*key) {
                let column = &mut self.metrics[column];
                column.append_nulls(self.rows - arrow_array::builder::ArrayBuilder::len(column));
                column.append_value(value);
            } else {
                self.text_bytes += name.len();
                self.metrics_rest.keys().append_value(name);
                self.metrics_rest.values().append_value(value);
                has_rest = true;
            }
        }
        self.metrics_rest.append(has_rest).map_err(|error| Error::Bug(error.to_string()))
    }

    fn push_extras(&mut self, span: SpanRef<'_>) {
        let Some(extras) = span.extras() else { return self.extras.append_null() };
        self.extras_scratch.clear();
        extras::encode(extras, &mut self.extras_scratch);
        self.extras.append_value(&self.extras_scratch);
        self.text_bytes += self.extras_scratch.len();
    }

    /// The rows so far, in the order of the schema's fields; there are none after.
    pub(crate) fn take(&mut self) -> Result<RecordBatch, Error> {
        let mut columns: Vec<ArrayRef> = vec![
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
        ];
        for column in &mut self.meta {
            column.append_nulls(self.rows - arrow_array::builder::ArrayBuilder::len(column));
            columns.push(Arc::new(column.finish()));
        }
        for column in &mut self.metrics {
            column.append_nulls(self.rows - arrow_array::builder::ArrayBuilder::len(column));
            columns.push(Arc::new(column.finish()));
        }
        columns.push(Arc::new(self.meta_rest.finish()));
        columns.push(Arc::new(self.metrics_rest.finish()));
        columns.push(Arc::new(self.extras.finish()));
        self.rows = 0;
        self.text_bytes = 0;
        RecordBatch::try_new(self.schema(), columns).map_err(|error| Error::Bug(error.to_string()))
    }
}

fn map_names() -> MapFieldNames {
    MapFieldNames { entry: schema::MAP_ENTRY.to_owned(), key: "key".to_owned(), value: "value".to_owned() }
}
