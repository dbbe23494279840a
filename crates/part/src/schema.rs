//! The columns of a part: their order, types and encodings.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::Error;
use crate::footer;
use crate::keys::Keys;

/// Rows of a page, and of a batch that is handed to the encoder. Smaller pages cost space, larger ones cost the time to
/// read one trace. Source: storage 3.1.
pub(crate) const PAGE_ROWS: usize = 8_192;

/// Bytes of a page before compression, beyond which it ends before its last row.
const PAGE_BYTES: usize = 256 * 1024;

/// Distinct values of a column chunk, in bytes, beyond which the rest is written plain: a read of one trace decodes the
/// whole dictionary.
const DICTIONARY_BYTES: usize = 128 * 1024;

/// Distinct values of all columns of a row group: the encoder holds them, with hash tables of twice the size.
const DICTIONARIES_BYTES: usize = 8 * 1024 * 1024;

/// Rows of a row group: the encoder holds one, compressed, in memory.
const GROUP_ROWS: usize = 1024 * 1024;

/// Bytes of a row group, which bound that memory where rows are large.
const GROUP_BYTES: usize = 24 * 1024 * 1024;

/// The columns every part has, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub(crate) enum Fixed {
    TraceHigh,
    TraceLow,
    SpanId,
    /// How many rows above the parent stands, 0 for no parent, null for a parent that is not a row of the trace.
    ParentBack,
    /// Set where `ParentBack` is null.
    ParentId,
    Start,
    Duration,
    Error,
    Service,
    Name,
    Resource,
    Kind,
    Sequence,
    Ordinal,
}

/// Names and types of the fixed columns, and whether they can be null, in the order of the enum.
const FIXED: [(Fixed, &str, DataType, bool); 14] = [
    (Fixed::TraceHigh, "trace_hi", DataType::UInt64, false),
    (Fixed::TraceLow, "trace_lo", DataType::UInt64, false),
    (Fixed::SpanId, "span_id", DataType::UInt64, false),
    (Fixed::ParentBack, "parent_back", DataType::Int32, true),
    (Fixed::ParentId, "parent_id", DataType::UInt64, true),
    (Fixed::Start, "start", DataType::Int64, false),
    (Fixed::Duration, "duration", DataType::Int64, false),
    (Fixed::Error, "error", DataType::Boolean, false),
    (Fixed::Service, "service", DataType::Utf8, false),
    (Fixed::Name, "name", DataType::Utf8, false),
    (Fixed::Resource, "resource", DataType::Utf8, false),
    (Fixed::Kind, "type", DataType::Utf8, false),
    (Fixed::Sequence, "sequence", DataType::UInt64, false),
    (Fixed::Ordinal, "ordinal", DataType::UInt32, false),
];

/// A column of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Fixed(Fixed),
    /// The string tag with this place among the keys.
    Meta(usize),
    /// The numeric tag with this place among the keys.
    Metric(usize),
    /// String tags without a column of their own.
    MetaRest,
    /// Numeric tags without a column of their own.
    MetricsRest,
    Extras,
}

/// All columns of a part with these keys, in their order.
pub(crate) fn columns(keys: &Keys) -> impl Iterator<Item = Column> {
    let fixed = FIXED.iter().map(|(fixed, ..)| Column::Fixed(*fixed));
    let meta = (0..keys.meta.len()).map(Column::Meta);
    let metrics = (0..keys.metrics.len()).map(Column::Metric);
    fixed.chain(meta).chain(metrics).chain([Column::MetaRest, Column::MetricsRest, Column::Extras])
}

/// The schema of a part with these keys. Text is `Utf8` where it is written, and `Utf8View` where it is read, which does
/// not copy what a dictionary holds.
pub(crate) fn schema(keys: &Keys, text: &DataType) -> SchemaRef {
    let fields = columns(keys).map(|column| match column {
        Column::Fixed(fixed) => {
            let (_, name, data_type, nullable) = &FIXED[fixed as usize];
            let data_type = if *data_type == DataType::Utf8 { text } else { data_type };
            Field::new(*name, data_type.clone(), *nullable)
        }
        Column::Meta(key) => Field::new(format!("meta.{}", keys.meta[key]), text.clone(), true),
        Column::Metric(key) => Field::new(format!("metrics.{}", keys.metrics[key]), DataType::Float64, true),
        Column::MetaRest => Field::new("meta_rest", map_type(text.clone(), text.clone()), true),
        Column::MetricsRest => Field::new("metrics_rest", map_type(text.clone(), DataType::Float64), true),
        Column::Extras => Field::new("extras", DataType::Binary, true),
    });
    Arc::new(Schema::new(fields.collect::<Fields>()))
}

fn map_type(key: DataType, value: DataType) -> DataType {
    let entry = DataType::Struct(Fields::from(map_fields(key, value).to_vec()));
    DataType::Map(Arc::new(Field::new(MAP_ENTRY, entry, false)), false)
}

/// What the pairs of a map and their halves are called. Source: Parquet's specification of logical types.
pub(crate) const MAP_ENTRY: &str = "key_value";
pub(crate) const MAP_KEY: &str = "key";
pub(crate) const MAP_VALUE: &str = "value";

/// Key and value of a map.
pub(crate) fn map_fields(key: DataType, value: DataType) -> [Field; 2] {
    [Field::new(MAP_KEY, key, false), Field::new(MAP_VALUE, value, false)]
}

/// How the columns are encoded. Measured on generated traffic; what is not named here is a dictionary under zstd.
pub(crate) fn properties(keys: &Keys, footer: String) -> Result<WriterProperties, Error> {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).map_err(|error| Error::Bug(error.to_string()))?);
    let column = |fixed: Fixed| ColumnPath::from(FIXED[fixed as usize].1);
    let mut properties = WriterProperties::builder()
        .set_compression(zstd)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES.min(DICTIONARIES_BYTES / columns(keys).count()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_max_row_group_bytes(Some(GROUP_BYTES))
        .set_key_value_metadata(Some(vec![KeyValue::new(footer::KEY.to_owned(), footer)]));
    for (fixed, encoding) in [
        (Fixed::SpanId, Encoding::PLAIN),
        (Fixed::ParentId, Encoding::PLAIN),
        (Fixed::Start, Encoding::DELTA_BINARY_PACKED),
        (Fixed::Duration, Encoding::BYTE_STREAM_SPLIT),
        (Fixed::Ordinal, Encoding::DELTA_BINARY_PACKED),
    ] {
        properties =
            properties.set_column_dictionary_enabled(column(fixed), false).set_column_encoding(column(fixed), encoding);
    }
    // Random numbers do not compress.
    let properties = properties.set_column_compression(column(Fixed::SpanId), Compression::UNCOMPRESSED);
    Ok(properties.build())
}
