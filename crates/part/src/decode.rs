//! From Arrow columns back to rows of a batch.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Float64Array, MapArray, PrimitiveArray, RecordBatch, StringViewArray,
};
use tracehound_model::{Arrival, BatchBuilder, RowHead, StringId, TraceId};

use crate::Error;
use crate::extras;
use crate::keys::Keys;
use crate::packed::Malformed;
use crate::parent::RowIds;
use crate::rows::Rows;
use crate::schema::{Column, Fixed};

/// Collects rows.
pub(crate) struct Decoder<'a> {
    keys: &'a Keys,
    path: &'a str,
    builder: BatchBuilder,
    arrivals: Vec<Arrival>,
    trace: Option<TraceId>,
}

impl<'a> Decoder<'a> {
    /// For rows of a file whose columns belong to `keys`.
    pub(crate) fn new(keys: &'a Keys, path: &'a str) -> Decoder<'a> {
        Decoder { keys, path, builder: BatchBuilder::new(), arrivals: Vec::new(), trace: None }
    }

    /// All rows.
    pub(crate) fn finish(self) -> Rows {
        Rows { batch: self.builder.build(), arrivals: self.arrivals }
    }

    /// Adds the rows of `batch`, whose columns are `columns` and whose ids are `ids`.
    pub(crate) fn append(&mut self, columns: &[Column], batch: &RecordBatch, ids: &[RowIds]) -> Result<(), Error> {
        let arrays = Arrays { columns, arrays: batch.columns() };
        let damaged = || Error::damaged(self.path, "a column is missing or has another type than it should");
        let fixed = FixedArrays::new(&arrays).ok_or_else(damaged)?;
        let tags = TagArrays::new(&arrays, self.keys, &mut self.builder).ok_or_else(damaged)?;
        for (row, ids) in ids.iter().enumerate() {
            let trace = TraceId { high: fixed.trace_high.value(row), low: fixed.trace_low.value(row) };
            if self.trace != Some(trace) {
                self.trace = Some(trace);
                self.builder.begin_chunk(trace);
            }
            let head = fixed.head(row, *ids, &mut self.builder);
            self.builder.push(head);
            self.arrivals.push(Arrival { sequence: fixed.sequence.value(row), ordinal: fixed.ordinal.value(row) });
            let malformed = |error| Error::damaged(self.path, format_args!("links, events or binary values: {error}"));
            tags.append(row, &mut self.builder).map_err(malformed)?;
        }
        Ok(())
    }
}

/// The columns of a batch by what they are.
struct Arrays<'a> {
    columns: &'a [Column],
    arrays: &'a [ArrayRef],
}

impl<'a> Arrays<'a> {
    fn get(&self, column: Column) -> Option<&'a ArrayRef> {
        let at = self.columns.iter().position(|candidate| *candidate == column)?;
        self.arrays.get(at)
    }

    fn numbers<T: ArrowPrimitiveType>(&self, fixed: Fixed) -> Option<&'a PrimitiveArray<T>> {
        self.get(Column::Fixed(fixed))?.as_primitive_opt()
    }

    fn texts(&self, fixed: Fixed) -> Option<&'a StringViewArray> {
        self.get(Column::Fixed(fixed))?.as_string_view_opt()
    }
}

struct FixedArrays<'a> {
    trace_high: &'a PrimitiveArray<UInt64Type>,
    trace_low: &'a PrimitiveArray<UInt64Type>,
    start: &'a PrimitiveArray<Int64Type>,
    duration: &'a PrimitiveArray<Int64Type>,
    error: &'a BooleanArray,
    service: &'a StringViewArray,
    name: &'a StringViewArray,
    resource: &'a StringViewArray,
    kind: &'a StringViewArray,
    sequence: &'a PrimitiveArray<UInt64Type>,
    ordinal: &'a PrimitiveArray<UInt32Type>,
}

impl<'a> FixedArrays<'a> {
    fn new(arrays: &Arrays<'a>) -> Option<FixedArrays<'a>> {
        Some(FixedArrays {
            trace_high: arrays.numbers(Fixed::TraceHigh)?,
            trace_low: arrays.numbers(Fixed::TraceLow)?,
            start: arrays.numbers(Fixed::Start)?,
            duration: arrays.numbers(Fixed::Duration)?,
            error: arrays.get(Column::Fixed(Fixed::Error))?.as_boolean_opt()?,
            service: arrays.texts(Fixed::Service)?,
            name: arrays.texts(Fixed::Name)?,
            resource: arrays.texts(Fixed::Resource)?,
            kind: arrays.texts(Fixed::Kind)?,
            sequence: arrays.numbers(Fixed::Sequence)?,
            ordinal: arrays.numbers(Fixed::Ordinal)?,
        })
    }

    fn head(&self, row: usize, ids: RowIds, builder: &mut BatchBuilder) -> RowHead {
        RowHead {
            span_id: ids.span_id,
            parent_id: ids.parent_id,
            start: self.start.value(row),
            duration: self.duration.value(row),
            error: self.error.value(row),
            service: builder.intern(self.service.value(row)),
            name: builder.intern(self.name.value(row)),
            resource: builder.intern(self.resource.value(row)),
            kind: builder.intern(self.kind.value(row)),
        }
    }
}

/// The columns that a scan may leave out.
struct TagArrays<'a> {
    meta: Vec<(StringId, &'a StringViewArray)>,
    metrics: Vec<(StringId, &'a Float64Array)>,
    meta_rest: Option<Rest<'a, StringViewArray>>,
    metrics_rest: Option<Rest<'a, Float64Array>>,
    extras: Option<&'a BinaryArray>,
}

impl<'a> TagArrays<'a> {
    fn new(arrays: &Arrays<'a>, keys: &Keys, builder: &mut BatchBuilder) -> Option<TagArrays<'a>> {
        let mut tags =
            TagArrays { meta: Vec::new(), metrics: Vec::new(), meta_rest: None, metrics_rest: None, extras: None };
        for (column, array) in arrays.columns.iter().zip(arrays.arrays) {
            match *column {
                Column::Fixed(_) => {}
                Column::Meta(key) => tags.meta.push((builder.intern(&keys.meta[key]), array.as_string_view_opt()?)),
                Column::Metric(key) => {
                    let values = array.as_primitive_opt::<Float64Type>()?;
                    tags.metrics.push((builder.intern(&keys.metrics[key]), values));
                }
                Column::MetaRest => {
                    let map = array.as_map_opt()?;
                    tags.meta_rest = Some(Rest::new(map, map.values().as_string_view_opt()?)?);
                }
                Column::MetricsRest => {
                    let map = array.as_map_opt()?;
                    tags.metrics_rest = Some(Rest::new(map, map.values().as_primitive_opt::<Float64Type>()?)?);
                }
                Column::Extras => tags.extras = Some(array.as_binary_opt()?),
            }
        }
        Some(tags)
    }

    /// Gives the last row of the batch what this row has.
    fn append(&self, row: usize, builder: &mut BatchBuilder) -> Result<(), Malformed> {
        for (key, values) in self.meta.iter().filter(|(_, values)| values.is_valid(row)) {
            let value = builder.intern(values.value(row));
            builder.tag(*key, value);
        }
        for (key, values) in self.metrics.iter().filter(|(_, values)| values.is_valid(row)) {
            builder.metric(*key, values.value(row));
        }
        for (rest, pair) in self.meta_rest.iter().flat_map(|rest| rest.pairs(row).map(move |pair| (rest, pair))) {
            let [key, value] = [rest.keys, rest.values].map(|texts| builder.intern(texts.value(pair)));
            builder.tag(key, value);
        }
        for (rest, pair) in self.metrics_rest.iter().flat_map(|rest| rest.pairs(row).map(move |pair| (rest, pair))) {
            let key = builder.intern(rest.keys.value(pair));
            builder.metric(key, rest.values.value(pair));
        }
        if let Some(bytes) = self.extras.filter(|column| column.is_valid(row)).map(|column| column.value(row)) {
            builder.extras(Box::new(extras::decode(bytes)?));
        }
        Ok(())
    }
}

/// A map column.
struct Rest<'a, V> {
    map: &'a MapArray,
    keys: &'a StringViewArray,
    values: &'a V,
}

impl<'a, V> Rest<'a, V> {
    fn new(map: &'a MapArray, values: &'a V) -> Option<Rest<'a, V>> {
        Some(Rest { map, keys: map.keys().as_string_view_opt()?, values })
    }

    /// Where in `keys` and `values` the pairs of a row are.
    fn pairs(&self, row: usize) -> Range<usize> {
        let offsets = self.map.value_offsets();
        if self.map.is_null(row) { 0..0 } else { offsets[row] as usize..offsets[row + 1] as usize }
    }
}
