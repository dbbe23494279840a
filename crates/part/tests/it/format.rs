//! The bytes are those of docs/formats/part.md, and other readers of Parquet see what it says.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt64Type};
use bytes::Bytes;
use crc_fast::crc32_iscsi;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};
use tracehound_part::{PartName, write};

use crate::spans::{NAME, Span, batch, files, read_file};

/// Two traces of three spans.
fn three_spans() -> Vec<Span> {
    let mut root = Span::plain((0xa, 0xb), 1, 100);
    root.metrics.insert("_dd.top_level".to_owned(), 1.0_f64.to_bits());
    let mut child = Span { parent_id: 1, ..Span::plain((0xa, 0xb), 2, 110) };
    child.meta.insert("http.status_code".to_owned(), "200".to_owned());
    let elsewhere = Span { parent_id: 77, ..Span::plain((0, 0xc), 3, 105) };
    vec![root, child, elsewhere]
}

fn crc(bytes: &[u8]) -> [u8; 4] {
    crc32_iscsi(bytes).to_le_bytes()
}

#[test]
fn the_trace_index_has_the_documented_bytes() {
    let files = files();
    write(&*files, &NAME, &[batch(1, &mut three_spans())], &[]).unwrap();
    let rows = read_file(&*files, &NAME.parquet_path());

    let mut expected = [2_u32.to_le_bytes(), 3_u32.to_le_bytes()].concat();
    expected.extend(&rows[rows.len() - 12..rows.len() - 8]);
    for (first_start, low, high, first_row, count) in [(105_u64, 0xc_u64, 0_u64, 2_u32, 1_u32), (100, 0xb, 0xa, 0, 2)] {
        expected.extend([first_start, low, high].map(u64::to_le_bytes).concat());
        expected.extend([first_row, count].map(u32::to_le_bytes).concat());
    }
    for (low, place) in [(0xb_u64, 1_u32), (0xc, 0)] {
        expected.extend(low.to_le_bytes());
        expected.extend(place.to_le_bytes());
    }
    let sums = crc(&expected);
    let trailer = [&(expected.len() as u64).to_le_bytes()[..], &[0; 4], &crc(&sums)].concat();
    let ending = [&24_u32.to_le_bytes()[..], b"THIX"].concat();
    expected.extend(sums);
    expected.extend(&trailer);
    expected.extend(crc(&[&trailer[..], &ending].concat()));
    expected.extend(ending);
    assert_eq!(read_file(&*files, &NAME.sidecar_path()), expected);
}

#[test]
fn another_reader_finds_the_documented_columns_and_footer() {
    let files = files();
    let replaced = PartName::new(1, 4);
    write(&*files, &NAME, &[batch(7, &mut three_spans())], &[replaced]).unwrap();
    let bytes = Bytes::from(read_file(&*files, &NAME.parquet_path()));
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();

    let pairs = builder.metadata().file_metadata().key_value_metadata().unwrap();
    let description = pairs.iter().find(|pair| pair.key == "tracehound").unwrap().value.as_deref().unwrap();
    let expected = json!({
        "first_sequence": 1, "last_sequence": 9, "replaces": ["0000000000000001-0000000000000004-0000"],
        "rows": 3, "traces": 2, "min_start": 100, "max_end": 111, "folded": 0,
        "meta": ["http.status_code"], "metrics": ["_dd.top_level"],
    });
    assert_eq!(serde_json::from_str::<Value>(description).unwrap(), expected);

    let fields = builder.schema().fields().iter();
    let columns: Vec<_> = fields.map(|field| format!("{} {}", field.name(), field.data_type())).collect();
    let map = |value| {
        format!("Map(\"key_value\": non-null Struct(\"key\": non-null Utf8, \"value\": non-null {value}), unsorted)")
    };
    let expected = [
        "trace_hi UInt64",
        "trace_lo UInt64",
        "span_id UInt64",
        "parent_back Int32",
        "parent_id UInt64",
        "start Int64",
        "duration Int64",
        "error Boolean",
        "service Utf8",
        "name Utf8",
        "resource Utf8",
        "type Utf8",
        "sequence UInt64",
        "ordinal UInt32",
        "meta.http.status_code Utf8",
        "metrics._dd.top_level Float64",
        &format!("meta_rest {}", map("Utf8")),
        &format!("metrics_rest {}", map("Float64")),
        "extras Binary",
    ];
    assert_eq!(columns, expected);

    let rows = builder.build().unwrap().next().unwrap().unwrap();
    let backs: Vec<_> = rows.column(3).as_primitive::<Int32Type>().iter().collect();
    let ids: Vec<_> = rows.column(4).as_primitive::<UInt64Type>().iter().collect();
    assert_eq!(backs, [Some(0), Some(1), None]);
    assert_eq!(ids, [None, None, Some(77)]);
}
