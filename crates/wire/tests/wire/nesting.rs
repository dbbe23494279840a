//! Arrays and maps nest 64 deep at most, and depth costs no stack.

use tracehound_wire::{ErrorKind, Format};

use crate::support::{array, map, see, text, v04_span};

/// Arrays in arrays, the innermost empty.
fn nested(levels: usize) -> Vec<u8> {
    [vec![0x91; levels - 1], vec![0x90]].concat()
}

/// Maps in maps, by the key "".
fn nested_maps(levels: usize) -> Vec<u8> {
    [[0x81, 0xa0].repeat(levels - 1), vec![0x80]].concat()
}

/// A field with this value stands in three arrays and maps: traces, chunk, span.
const AROUND_A_FIELD: usize = 3;

fn kind(format: Format, body: &[u8]) -> Option<ErrorKind> {
    see(format, body).err().map(|error| error.kind())
}

#[test]
fn an_unknown_value_may_nest_until_the_body_is_64_deep() {
    for (levels, refused) in
        [(63, None), (64, None), (65, Some(ErrorKind::TooDeep)), (1_000_000, Some(ErrorKind::TooDeep))]
    {
        for unknown in [nested(levels - AROUND_A_FIELD), nested_maps(levels - AROUND_A_FIELD)] {
            let body = v04_span(&[("unknown", unknown)]);
            assert_eq!(kind(Format::TracesMsgpack, &body), refused, "{levels}");
        }
    }
}

#[test]
fn an_attribute_may_nest_until_the_body_is_64_deep() {
    // Around it: traces, chunk, span, links, link, attributes.
    for (levels, refused) in [(64, None), (65, Some(ErrorKind::TooDeep)), (100_000, Some(ErrorKind::TooDeep))] {
        let link = map(&[("attributes", map(&[("a", nested(levels - 6))]))]);
        let body = v04_span(&[("span_links", array(&[link]))]);
        assert_eq!(kind(Format::TracesMsgpack, &body), refused, "{levels}");
    }
}

#[test]
fn declared_attributes_nest_no_deeper_than_other_values() {
    let level = [&[0x81][..], &text("array_value"), &[0x81], &text("values"), &[0x91]].concat();
    let value = [level.repeat(10_000), vec![0x80]].concat();
    let body = v04_span(&[("span_events", array(&[map(&[("attributes", map(&[("a", value)]))])]))]);
    assert_eq!(kind(Format::TracesMsgpack, &body), Some(ErrorKind::TooDeep));
}

#[test]
fn arrays_without_end_are_refused_as_traces_too() {
    for format in [Format::TracesMsgpack, Format::V05] {
        assert!(kind(format, &vec![0x91; 1_000_000]).is_some(), "{format:?}");
        assert!(kind(format, &vec![0xdd; 1_000_000]).is_some(), "{format:?}");
    }
}

#[test]
fn json_may_be_64_deep() {
    for (levels, refused) in
        [(63, None), (64, None), (65, Some(ErrorKind::TooDeep)), (1_000_000, Some(ErrorKind::TooDeep))]
    {
        let inner = levels - AROUND_A_FIELD;
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let value = if open == "[" { "[]" } else { "{}" };
            let unknown = format!("{}{value}{}", open.repeat(inner - 1), close.repeat(inner - 1));
            let body = format!("[[{{\"unknown\": {unknown}}}]]");
            assert_eq!(kind(Format::TracesJson, body.as_bytes()), refused, "{levels}");
        }
    }
}

#[test]
fn a_tag_that_nests_deeper_is_not_read() {
    let tag =
        |levels: usize| format!("[{{\"attributes\":{{\"a\":{}{}}}}}]", "[".repeat(levels - 3), "]".repeat(levels - 3));
    for (levels, events, unparsed) in [(64, 1, 0), (65, 0, 1)] {
        let body = v04_span(&[("meta", map(&[("events", text(&tag(levels)))]))]);
        let seen = see(Format::TracesMsgpack, &body).unwrap();
        assert_eq!((seen.chunks[0][0].extras.events.len(), seen.unparsed_extras), (events, unparsed), "{levels}");
    }
}
