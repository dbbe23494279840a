//! What v0.4 in msgpack may hold beyond what the protocol writes down. Source: agent-protocol 2.1 and 10.

use tracehound_model::Attribute;
use tracehound_wire::{Decoded, ErrorKind, Format};

use crate::support::{NIL, SeenSpan, array, float32, float64, int64, map, see, see_span, text, uint64, v04_span};

const FORMAT: Format = Format::TracesMsgpack;

#[test]
fn ids_come_in_any_width_and_sign_and_as_whole_floats() {
    for (sent, id) in [
        (vec![0x07], Some(7)),
        (vec![0xcc, 0xff], Some(255)),
        (vec![0xcd, 0xff, 0xfe], Some(65_534)),
        (vec![0xce, 0xff, 0xff, 0xff, 0xff], Some(4_294_967_295)),
        (uint64(u64::MAX), Some(u64::MAX)),
        (vec![0xff], Some(u64::MAX)),
        (vec![0xd0, 0x80], Some((-128_i64) as u64)),
        (vec![0xd1, 0x01, 0x00], Some(256)),
        (vec![0xd2, 0xff, 0xff, 0xff, 0xff], Some(u64::MAX)),
        (int64(i64::MIN), Some(1 << 63)),
        (float64(1_099_511_627_776.0), Some(1 << 40)),
        (float32(8.0), Some(8)),
        (vec![NIL], Some(0)),
        (float64(0.5), None),
        (float64(-1.0), None),
        (float64(f64::NAN), None),
        (text("7"), None),
        (vec![0x90], None),
    ] {
        for field in ["trace_id", "span_id", "parent_id"] {
            let seen = see(FORMAT, &v04_span(&[(field, sent.clone())]));
            let seen = seen.map(|seen| seen.chunks[0][0].clone()).map_err(|error| error.kind());
            let ids = seen.map(|span| [span.trace_id, span.span_id, span.parent_id].into_iter().max());
            assert_eq!(ids, id.map(Some).ok_or(ErrorKind::Malformed), "{field} {sent:x?}");
        }
    }
}

#[test]
fn times_are_signed_and_beyond_their_range_malformed() {
    for (sent, time) in [
        (int64(i64::MIN), Some(i64::MIN)),
        (uint64(i64::MAX as u64), Some(i64::MAX)),
        (uint64(1 << 63), None),
        (float64(1.7e18), Some(1_700_000_000_000_000_000)),
        (float64(9.3e18), None),
        (float64(1.5), None),
        (vec![0xe0], Some(-32)),
        (vec![NIL], Some(0)),
    ] {
        for field in ["start", "duration"] {
            let seen = see(FORMAT, &v04_span(&[(field, sent.clone())]));
            let seen = seen.map(|seen| seen.chunks[0][0].clone()).map_err(|error| error.kind());
            let seen = seen.map(|span| if field == "start" { span.start } else { span.duration });
            assert_eq!(seen, time.ok_or(ErrorKind::Malformed), "{field} {sent:x?}");
        }
    }
}

#[test]
fn metrics_are_any_number_and_booleans() {
    for (sent, value) in [
        (vec![0x05], 5.0),
        (vec![0xfb], -5.0),
        (uint64(1 << 53), 9_007_199_254_740_992.0),
        (int64(-3), -3.0),
        (float32(3.25), 3.25),
        (float64(1e-300), 1e-300),
        (float64(f64::INFINITY), f64::INFINITY),
        (vec![0xc3], 1.0),
        (vec![0xc2], 0.0),
        (vec![NIL], 0.0),
    ] {
        let span = see_span(FORMAT, &v04_span(&[("metrics", map(&[("m", sent.clone())]))]));
        assert_eq!(span.metrics, [("m".to_owned(), value)], "{sent:x?}");
    }
}

#[test]
fn any_error_but_zero_is_one() {
    for (sent, error) in [
        (vec![0x00], false),
        (vec![0x01], true),
        (vec![0xff], true),
        (vec![0xcd, 0x01, 0x00], true),
        (float64(1.0), true),
        (vec![NIL], false),
    ] {
        assert_eq!(see_span(FORMAT, &v04_span(&[("error", sent.clone())])).error, error, "{sent:x?}");
    }
}

#[test]
fn text_is_str_or_bin_of_any_width_and_invalid_utf_8_is_replaced() {
    for (sent, service) in [
        (vec![0xa3, b'w', b'e', b'b'], "web"),
        (vec![0xd9, 3, b'w', b'e', b'b'], "web"),
        (vec![0xda, 0, 3, b'w', b'e', b'b'], "web"),
        (vec![0xdb, 0, 0, 0, 3, b'w', b'e', b'b'], "web"),
        (vec![0xc4, 3, b'w', b'e', b'b'], "web"),
        (vec![0xc5, 0, 3, b'w', b'e', b'b'], "web"),
        (vec![0xc6, 0, 0, 0, 3, b'w', b'e', b'b'], "web"),
        (vec![0xa4, b'w', 0xff, 0xfe, b'b'], "w\u{fffd}\u{fffd}b"),
        (vec![0xa3, b'w', 0xe2, 0x82], "w\u{fffd}"),
        (vec![0xa1, 0], "\0"),
        (vec![NIL], ""),
    ] {
        let key = |key: &str| (key.to_owned(), service.to_owned());
        let fields = [
            ("service", sent.clone()),
            ("name", sent.clone()),
            ("resource", sent.clone()),
            ("type", sent.clone()),
            ("meta", map(&[("k", sent.clone())])),
        ];
        let span = see_span(FORMAT, &v04_span(&fields));
        assert_eq!([span.service, span.name, span.resource, span.kind], [service; 4], "{sent:x?}");
        assert_eq!(span.meta, [key("k")]);
    }
}

#[test]
fn field_names_and_tag_keys_may_be_bin_and_nil_keys_are_empty() {
    let field = [&[0x81, 0xc4, 7][..], b"service", &[0xa1, b'x']].concat();
    assert_eq!(see_span(FORMAT, &array(&[array(&[field])])).service, "x");
    let meta = vec![0x82, 0xc4, 1, b'k', 0xa1, b'v', NIL, 0xa1, b'w'];
    let span = see_span(FORMAT, &v04_span(&[("meta", meta)]));
    assert_eq!(span.meta, [("k".to_owned(), "v".to_owned()), (String::new(), "w".to_owned())]);
}

#[test]
fn nil_is_the_zero_value_of_every_field() {
    let names = [
        "service",
        "name",
        "resource",
        "trace_id",
        "span_id",
        "parent_id",
        "start",
        "duration",
        "error",
        "meta",
        "metrics",
        "type",
        "meta_struct",
        "span_links",
        "span_events",
    ];
    assert_eq!(see_span(FORMAT, &v04_span(&names.map(|name| (name, vec![NIL])))), SeenSpan::default());
}

#[test]
fn nil_spans_are_left_out_and_nil_chunks_are_empty() {
    let span = || map(&[("span_id", vec![1])]);
    let body = array(&[array(&[vec![NIL], span(), vec![NIL], span()]), vec![NIL], array(&[vec![NIL]]), array(&[])]);
    let seen = see(FORMAT, &body).unwrap();
    assert_eq!(seen.decoded, Decoded { chunks: 4, spans: 2, nil_spans: 3 });
    assert_eq!(seen.chunks.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 0, 0]);
}

#[test]
fn a_body_without_traces_is_fine() {
    for body in [&[0x90][..], &[NIL], &[0xdc, 0, 0], &[0xdd, 0, 0, 0, 0]] {
        assert_eq!(see(FORMAT, body).map(|seen| seen.decoded), Ok(Decoded::default()), "{body:x?}");
    }
}

#[test]
fn unknown_keys_of_any_type_are_read_over() {
    for (what, unknown) in [
        ("nil", vec![NIL]),
        ("integer", uint64(5)),
        ("float", float32(1.0)),
        ("boolean", vec![0xc2]),
        ("text", text("x")),
        ("bin 32", vec![0xc6, 0, 0, 0, 2, 1, 2]),
        ("empty array", vec![0x90]),
        ("array 16", vec![0xdc, 0, 2, 1, 2]),
        ("nested", array(&[map(&[("a", array(&[vec![1], map(&[])]))]), vec![2]])),
        ("map 32", vec![0xdf, 0, 0, 0, 1, 0x01, 0x91, 0x92, 1, 2]),
        ("ext 8", vec![0xc7, 2, 9, 1, 2]),
        ("ext 16", vec![0xc8, 0, 2, 9, 1, 2]),
        ("ext 32", vec![0xc9, 0, 0, 0, 2, 9, 1, 2]),
        ("fixext 1", vec![0xd4, 9, 1]),
        ("fixext 4", vec![0xd6, 9, 1, 2, 3, 4]),
        ("fixext 16", [&[0xd8, 9][..], &[7; 16]].concat()),
    ] {
        let fields = [("service", text("a")), ("future", unknown), ("resource", text("b"))];
        let span = see_span(FORMAT, &v04_span(&fields));
        assert_eq!((span.service.as_str(), span.resource.as_str()), ("a", "b"), "{what}");
    }
}

#[test]
fn of_a_key_that_comes_twice_the_last_counts() {
    let fields = [
        ("service", text("first")),
        ("meta", map(&[("a", text("1")), ("events", text("[{}]"))])),
        ("metrics", map(&[("m", vec![1])])),
        ("service", text("last")),
        ("meta", map(&[("b", text("2"))])),
        ("metrics", map(&[("m", vec![2]), ("m", vec![3])])),
    ];
    let span = see_span(FORMAT, &v04_span(&fields));
    assert_eq!(span.service, "last");
    assert_eq!(span.meta, [("b".to_owned(), "2".to_owned())]);
    assert_eq!(span.metrics, [("m".to_owned(), 2.0), ("m".to_owned(), 3.0)]);
    assert_eq!(span.extras.events, []);
}

#[test]
fn meta_struct_is_kept_byte_for_byte() {
    let sent = map(&[("bin", vec![0xc4, 3, 0, 0xff, 0x93]), ("str", vec![0xa2, 0xff, b'x']), ("nil", vec![NIL])]);
    let span = see_span(FORMAT, &v04_span(&[("meta_struct", sent)]));
    let kept: Vec<_> = span.extras.meta_struct.iter().map(|(key, value)| (&**key, &**value)).collect();
    assert_eq!(kept, [("bin", &[0, 0xff, 0x93][..]), ("str", &[0xff, b'x']), ("nil", &[])]);
}

#[test]
fn what_follows_the_outermost_array_is_ignored() {
    let body = [v04_span(&[("service", text("a"))]), vec![0xc1, 0xff]].concat();
    assert_eq!(see_span(FORMAT, &body).service, "a");
}

#[test]
fn the_time_of_a_native_event_may_be_a_float() {
    let event = map(&[("time_unix_nano", float64(1.7e18)), ("name", text("e")), ("attributes", vec![NIL])]);
    let span = see_span(FORMAT, &v04_span(&[("span_events", array(&[event]))]));
    assert_eq!(span.extras.events[0].time, 1_700_000_000_000_000_000);
}

#[test]
fn attributes_of_links_may_be_more_than_text() {
    let attributes = map(&[("n", vec![0xfb]), ("f", float64(0.5)), ("b", vec![0xc3]), ("l", array(&[text("x")]))]);
    let span = see_span(FORMAT, &v04_span(&[("span_links", array(&[map(&[("attributes", attributes)])]))]));
    let kept = &span.extras.links[0].attributes;
    let values: Vec<_> = kept.iter().map(|(key, value)| (&**key, value.clone())).collect();
    let list = Attribute::List(vec![Attribute::String("x".into())]);
    let wanted = [("n", Attribute::Int(-5)), ("f", Attribute::Double(0.5)), ("b", Attribute::Bool(true)), ("l", list)];
    assert_eq!(values, wanted);
}
