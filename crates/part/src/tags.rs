//! Tags of one kind, text or numbers, on their way into columns: one for each key that has one, a map for the rest.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{ArrayBuilder, Float64Builder, MapBuilder, MapFieldNames, StringBuilder};
use arrow_schema::{ArrowError, DataType};
use tracehound_model::StringId;

use crate::keys::Places;
use crate::schema;

/// A builder of values of one kind.
pub(crate) trait TagBuilder: ArrayBuilder + Default {
    type Value<'a>: Copy;
    const DATA_TYPE: DataType;

    fn add(&mut self, value: Self::Value<'_>);
    fn add_nulls(&mut self, count: usize);
}

impl TagBuilder for StringBuilder {
    type Value<'a> = &'a str;
    const DATA_TYPE: DataType = DataType::Utf8;

    fn add(&mut self, value: &str) {
        self.append_value(value);
    }

    fn add_nulls(&mut self, count: usize) {
        self.append_nulls(count);
    }
}

impl TagBuilder for Float64Builder {
    type Value<'a> = f64;
    const DATA_TYPE: DataType = DataType::Float64;

    fn add(&mut self, value: f64) {
        self.append_value(value);
    }

    fn add_nulls(&mut self, count: usize) {
        self.append_nulls(count);
    }
}

/// The columns of one kind.
pub(crate) struct TagColumns<B: TagBuilder> {
    /// Per batch, which of its strings have which column.
    places: Vec<Places>,
    /// A column without a value in a row falls behind, and catches up with nulls when it next has one.
    columns: Vec<B>,
    rest: MapBuilder<StringBuilder, B>,
}

impl<B: TagBuilder> TagColumns<B> {
    /// For tags of so many keys with columns.
    pub(crate) fn new(places: Vec<Places>, keys: usize) -> TagColumns<B> {
        let names = MapFieldNames {
            entry: schema::MAP_ENTRY.to_owned(),
            key: schema::MAP_KEY.to_owned(),
            value: schema::MAP_VALUE.to_owned(),
        };
        let [key, value] = schema::map_fields(DataType::Utf8, B::DATA_TYPE);
        let rest = MapBuilder::new(Some(names), StringBuilder::new(), B::default());
        let rest = rest.with_keys_field(key).with_values_field(value);
        TagColumns { places, columns: (0..keys).map(|_| B::default()).collect(), rest }
    }

    /// Adds the tags of a row of the batch with this index, where so many rows came before.
    pub(crate) fn push<'a>(
        &mut self,
        rows_before: usize,
        batch: u32,
        tags: impl Iterator<Item = (StringId, (&'a str, B::Value<'a>))>,
    ) -> Result<(), ArrowError> {
        let places = &self.places[batch as usize];
        let mut has_rest = false;
        for (key, (name, value)) in tags {
            if let Some(column) = places.column(key) {
                let column = &mut self.columns[column];
                column.add_nulls(rows_before - column.len());
                column.add(value);
            } else {
                self.rest.keys().append_value(name);
                self.rest.values().add(value);
                has_rest = true;
            }
        }
        self.rest.append(has_rest)
    }

    /// The columns of the keys, for so many rows; there are none after.
    pub(crate) fn take_columns(&mut self, rows: usize) -> impl Iterator<Item = ArrayRef> {
        self.columns.iter_mut().map(move |column| {
            column.add_nulls(rows - column.len());
            column.finish()
        })
    }

    /// The map of the rest; there is nothing in it after.
    pub(crate) fn take_rest(&mut self) -> ArrayRef {
        Arc::new(self.rest.finish())
    }
}
