//! What is refused, under which kind, with which words.

use tracehound_wire::{ErrorKind, Format};

use crate::support::{array, map, recorded, see, text, uint64, v04_span};

const BOTH: [Format; 2] = [Format::TracesMsgpack, Format::V05];

#[test]
fn an_error_says_what_is_wrong_in_which_field_at_which_byte() {
    use ErrorKind::{Malformed, Truncated};
    let in_second =
        |field: &str, value: Vec<u8>| array(&[array(&[map(&[])]), array(&[map(&[]), map(&[(field, value)])])]);
    for (body, kind, message) in [
        (vec![], Truncated, "too few bytes: 1 announced, 0 left (offset 0)"),
        (vec![0x91], Truncated, "too few bytes: 1 announced, 0 left (offset 1)"),
        (vec![0xc1], Malformed, "expected an array, found a byte that begins no value (offset 0)"),
        (vec![0x80], Malformed, "expected an array, found a map (offset 0)"),
        (vec![0x91, 0x01], Malformed, "traces[0]: expected an array, found an integer (offset 1)"),
        (vec![0x91, 0x91, 0xa0], Malformed, "traces[0].spans[0]: expected a map, found text (offset 2)"),
        (
            in_second("service", vec![0xcb, 0, 0, 0, 0, 0, 0, 0, 0]),
            Malformed,
            "traces[1].spans[1].service: expected text, found a float (offset 16)",
        ),
        (
            in_second("start", uint64(1 << 63)),
            Malformed,
            "traces[1].spans[1].start: expected a time in nanoseconds, found a value out of its range (offset 14)",
        ),
        (
            in_second("meta", vec![0x81, 0xa1, b'k', 0xdb, 0xff, 0xff, 0xff, 0xff]),
            Truncated,
            "traces[1].spans[1].meta: too few bytes: 4294967295 announced, 0 left (offset 21)",
        ),
        (
            in_second("a\u{7f}name of our own making that is long enough", vec![0xc1]),
            Malformed,
            "traces[1].spans[1].a\\u{7f}name of our own making that is lo: \
             expected a number, found a byte that begins no value (offset 53)",
        ),
    ] {
        let error = see(Format::TracesMsgpack, &body).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message), "{body:x?}");
    }
}

#[test]
fn announced_lengths_of_four_billion_in_ten_bytes_are_refused() {
    for marker in [0xc6, 0xc9, 0xdb, 0xdd, 0xdf] {
        let lie = [&[marker][..], &[0xff; 4]].concat();
        let key = |key: &str| text(key);
        for body in [
            [lie.clone(), vec![0; 5]].concat(),
            [vec![0x91], lie.clone(), vec![0; 4]].concat(),
            [vec![0x91, 0x91], lie.clone(), vec![0; 3]].concat(),
            [vec![0x92], lie.clone(), vec![0; 4]].concat(),
            [vec![0x92, 0x91], lie.clone(), vec![0; 3]].concat(),
            [vec![0x92, 0x90], lie.clone(), vec![0; 3]].concat(),
            [vec![0x92, 0x90, 0x91], lie.clone(), vec![0; 2]].concat(),
            [vec![0x91, 0x91, 0x81], key("unknown"), lie.clone()].concat(),
            [vec![0x91, 0x91, 0x81], key("meta"), lie.clone()].concat(),
            [vec![0x91, 0x91, 0x81], key("metrics"), lie.clone()].concat(),
            [vec![0x91, 0x91, 0x81], key("meta_struct"), lie.clone()].concat(),
            [vec![0x91, 0x91, 0x81], key("span_links"), lie.clone()].concat(),
            [vec![0x91, 0x91, 0x81], key("span_events"), lie.clone()].concat(),
        ] {
            for format in BOTH {
                let kind = see(format, &body).expect_err("a lie").kind();
                assert!([ErrorKind::Truncated, ErrorKind::Malformed].contains(&kind), "{format:?} {kind:?} {body:x?}");
            }
        }
    }
}

#[test]
fn more_elements_than_the_agent_takes_are_refused_even_if_they_were_there() {
    let elements = 25_000_001_u32;
    let body = [&[0xdd][..], &elements.to_be_bytes(), &vec![0xc0; elements as usize]].concat();
    let error = see(Format::TracesMsgpack, &body).unwrap_err();
    assert_eq!(error.to_string(), "25000001 elements announced, too many for a body (offset 5)");
}

#[test]
fn the_recorded_malformed_body_is_refused_by_every_route() {
    let body = malformed();
    for format in [Format::TracesMsgpack, Format::TracesGuess, Format::V05] {
        assert_eq!(see(format, &body).expect_err("it is no array").kind(), ErrorKind::Malformed, "{format:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "tests read their data")]
fn malformed() -> Vec<u8> {
    let file = crate::support::captures_folder().join("malformed/libdatadog-v1.0-list-attributes/002.body");
    std::fs::read(file).unwrap()
}

#[test]
fn a_body_of_one_format_is_refused_by_the_other() {
    for (folder, other) in [("cafe/python-v0.4", Format::V05), ("cafe/python-v0.5", Format::TracesMsgpack)] {
        for recorded in recorded(folder) {
            assert!(see(other, &recorded.body).is_err(), "{}", recorded.name);
        }
    }
}

#[test]
fn values_of_the_wrong_type_are_refused_in_every_field() {
    for (field, wrong) in [
        ("service", vec![1]),
        ("name", vec![0x90]),
        ("resource", vec![0x80]),
        ("type", vec![0xc3]),
        ("trace_id", text("1")),
        ("start", vec![0x80]),
        ("duration", text("")),
        ("error", text("true")),
        ("meta", vec![0x90]),
        ("meta", map(&[("k", vec![1])])),
        ("metrics", map(&[("k", text("1"))])),
        ("metrics", vec![1]),
        ("meta_struct", map(&[("k", vec![1])])),
        ("span_links", vec![0x80]),
        ("span_links", array(&[vec![1]])),
        ("span_links", array(&[map(&[("trace_id", text("xyz"))])])),
        ("span_links", array(&[map(&[("flags", uint64(1 << 32))])])),
        ("span_events", array(&[map(&[("name", vec![1])])])),
        ("span_events", array(&[map(&[("attributes", map(&[("a", vec![1])]))])])),
    ] {
        let error = see(Format::TracesMsgpack, &v04_span(&[(field, wrong.clone())])).expect_err(field);
        assert_eq!(error.kind(), ErrorKind::Malformed, "{field} {wrong:x?}");
        assert!(error.to_string().starts_with(&format!("traces[0].spans[0].{field}: ")), "{error}");
    }
}
