//! JSON holds the same as msgpack, and what Go's decoder takes. Source: agent-protocol 1.4 and 2.1.

use std::collections::BTreeMap;

use tracehound_model::{Attribute, Link, TraceId};
use tracehound_wire::{Decoded, ErrorKind, Format};

use crate::support::{SeenSpan, corpus, see, see_span, to_json};

const FORMAT: Format = Format::TracesJson;

fn span(json: &str) -> SeenSpan {
    see_span(FORMAT, format!("[[{json}]]").as_bytes())
}

fn kind(body: &str) -> ErrorKind {
    see(FORMAT, body.as_bytes()).expect_err(body).kind()
}

#[test]
fn recorded_bodies_hold_the_same_spans_in_json() {
    let recorded = corpus().into_iter().filter(|recorded| recorded.format == Format::TracesMsgpack);
    let mut seen_spans = 0;
    for recorded in recorded {
        let mut msgpack = see(Format::TracesMsgpack, &recorded.body).unwrap();
        let mut json =
            see(FORMAT, &to_json(&recorded.body)).unwrap_or_else(|error| panic!("{}: {error}", recorded.name));
        // The tree that makes the JSON sorts its keys and has each once; ddtrace sends some twice.
        for (json, msgpack) in json.chunks.iter_mut().flatten().zip(msgpack.chunks.iter_mut().flatten()) {
            for span in [&mut *json, msgpack] {
                span.meta = BTreeMap::from_iter(span.meta.drain(..)).into_iter().collect();
                span.metrics = BTreeMap::from_iter(span.metrics.drain(..)).into_iter().collect();
            }
            assert_eq!(json.extras.links.len(), msgpack.extras.links.len());
            assert_eq!(json.extras.events.len(), msgpack.extras.events.len());
            json.extras = msgpack.extras.clone();
            assert_eq!(*json, *msgpack, "{}", recorded.name);
        }
        assert_eq!(json.decoded, msgpack.decoded);
        seen_spans += json.decoded.spans;
    }
    assert!(seen_spans > 3_000, "{seen_spans}");
}

#[test]
fn ids_have_all_64_bits_and_whole_floats_are_taken() {
    for (sent, id) in [
        ("18446744073709551615", u64::MAX),
        ("9007199254740993", 9_007_199_254_740_993),
        ("-1", u64::MAX),
        ("1e3", 1000),
        ("null", 0),
    ] {
        assert_eq!(span(&format!("{{\"span_id\": {sent}}}")).span_id, id, "{sent}");
    }
    for sent in ["18446744073709551616", "0.5", "\"7\"", "{}", "[]"] {
        assert_eq!(kind(&format!("[[{{\"span_id\": {sent}}}]]")), ErrorKind::Malformed, "{sent}");
    }
}

#[test]
fn a_span_has_the_names_and_types_of_the_protocol() {
    let seen = span(
        r#"{"service": "web", "name": "get", "resource": "/", "trace_id": 1, "span_id": 2, "parent_id": 3, "start": 4,
            "duration": 5, "error": 1, "meta": {"k": "v"}, "metrics": {"m": 0.5, "t": true, "n": null}, "type": "http",
            "meta_struct": {"b": "AP8="}, "future": {"a": [1, {"b": null}]}}"#,
    );
    let extras = seen.extras.meta_struct.iter().map(|(key, value)| (&**key, &**value)).collect::<Vec<_>>();
    assert_eq!(extras, [("b", &[0, 0xff][..])]);
    let wanted = SeenSpan {
        service: "web".into(),
        name: "get".into(),
        resource: "/".into(),
        trace_id: 1,
        span_id: 2,
        parent_id: 3,
        start: 4,
        duration: 5,
        error: true,
        meta: vec![("k".into(), "v".into())],
        metrics: vec![("m".into(), 0.5), ("t".into(), 1.0), ("n".into(), 0.0)],
        kind: "http".into(),
        extras: seen.extras.clone(),
    };
    assert_eq!(seen, wanted);
}

#[test]
fn links_and_events_are_read_from_the_fields() {
    let seen = span(
        r#"{"span_links": [{"trace_id": 2, "trace_id_high": 1, "span_id": 3, "attributes": {"a": "b"}, "flags": 1}, null],
            "span_events": [{"name": "e", "time_unix_nano": 9, "attributes": {"n": {"type": 2, "int_value": 5}}}]}"#,
    );
    let link = Link {
        trace_id: TraceId { high: 1, low: 2 },
        span_id: 3,
        attributes: vec![("a".into(), Attribute::String("b".into()))],
        tracestate: "".into(),
        flags: Some(1),
    };
    assert_eq!(seen.extras.links, [link]);
    assert_eq!(seen.extras.events[0].time, 9);
    assert_eq!(seen.extras.events[0].attributes, [("n".into(), Attribute::Int(5))]);
}

#[test]
fn escapes_are_resolved_and_what_is_not_unicode_is_replaced() {
    let escaped = span(r#"{"service": "a\n\"\u00e9\ud83d\ude00", "meta": {"k\u0041": "\u0000"}}"#);
    assert_eq!(escaped.service, "a\n\"é😀");
    assert_eq!(escaped.meta, [("kA".to_owned(), "\0".to_owned())]);
    let lone = span(r#"{"service": "a\ud83db"}"#).service;
    assert!(lone.starts_with('a') && lone.ends_with('b') && lone.contains('\u{fffd}'), "{lone}");
    let invalid = see_span(FORMAT, b"[[{\"service\": \"a\xff\"}]]");
    assert_eq!(invalid.service, "a\u{fffd}");
}

#[test]
fn null_is_the_zero_value_everywhere() {
    let nulls = r#"{"service": null, "trace_id": null, "start": null, "error": null, "meta": null, "metrics": null,
        "meta_struct": null, "span_links": null, "span_events": null}"#;
    assert_eq!(span(nulls), SeenSpan::default());
    assert_eq!(span(r#"{"meta": {"k": null}}"#).meta, [("k".to_owned(), String::new())]);
    let seen = see(FORMAT, b"[null, [null, {}]]").unwrap().decoded;
    assert_eq!(seen, Decoded { chunks: 2, spans: 1, nil_spans: 1 });
    assert_eq!(see(FORMAT, b"null").unwrap().decoded, Decoded::default());
}

#[test]
fn of_a_key_that_comes_twice_the_last_counts() {
    let seen = span(r#"{"service": "a", "meta": {"a": "1"}, "service": "b", "meta": {"b": "2"}}"#);
    assert_eq!((seen.service.as_str(), seen.meta), ("b", vec![("b".to_owned(), "2".to_owned())]));
}

#[test]
fn what_follows_the_outermost_array_is_ignored() {
    assert_eq!(see(FORMAT, b" [[{}]] trailing").unwrap().decoded.spans, 1);
}

#[test]
fn errors_say_where_and_do_not_repeat_the_body() {
    for (body, message) in [
        (r#"[[{"meta": {"k": 1}}]]"#, "traces[0].spans[0].meta: invalid type: integer `1`, expected text (offset 17)"),
        (r#"[[{}], [{}, {"start": "x"}]]"#, "traces[1].spans[1].start: expected a time in nanoseconds (offset 25)"),
        ("[[{\n\"service\": }]]", "traces[0].spans[0].service: expected value (offset 15)"),
        (r#"{"a": 1}"#, "invalid type: map, expected an array (offset 0)"),
    ] {
        assert_eq!(see(FORMAT, body.as_bytes()).unwrap_err().to_string(), message, "{body}");
    }
    let long = format!("[[{{\"meta\": \"{}\"}}]]", "secret".repeat(10_000));
    let message = see(FORMAT, long.as_bytes()).unwrap_err().to_string();
    assert_eq!(message.split(" (offset").next(), Some("traces[0].spans[0].meta: expected an object, found text"));
}

#[test]
fn a_text_that_ends_early_is_truncated() {
    for body in ["", "  ", "[", "[[{", "[[{\"meta\"", "[[{\"meta\": {\"a\": \"b", "[[{}]"] {
        assert_eq!(kind(body), ErrorKind::Truncated, "{body:?}");
    }
}

#[test]
fn a_body_of_another_media_type_is_json_unless_its_first_byte_says_msgpack() {
    for (body, spans) in [
        (&b"[[{}]]"[..], 1),
        (b" \n[[{}, {}]]", 2),
        (b"null", 0),
        (&[0x91, 0x91, 0x80], 1),
        (&[0xdc, 0, 1, 0x92, 0x80, 0x80], 2),
        (&[0xc0], 0),
    ] {
        assert_eq!(see(Format::TracesGuess, body).unwrap().decoded.spans, spans, "{body:x?}");
    }
    for body in [&b""[..], b"hello", &[0xc1]] {
        assert!(see(Format::TracesGuess, body).is_err(), "{body:x?}");
    }
}
