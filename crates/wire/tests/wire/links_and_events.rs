//! Links and events, from fields and from tags. Source: agent-protocol 2.1.

use tracehound_model::{Attribute, Event, Link, TraceId};
use tracehound_wire::Format;

use crate::support::{NIL, array, float64, map, see, see_span, text, uint64, v04_span};

const FORMAT: Format = Format::TracesMsgpack;

fn string(text: &str) -> Attribute {
    Attribute::String(text.into())
}

/// The events of a span with this tag `events`, and how many tags did not parse.
fn events_of(tag: &str) -> (Vec<Event>, u32) {
    let seen = see(FORMAT, &v04_span(&[("meta", map(&[("events", text(tag))]))])).unwrap();
    assert_eq!(seen.chunks[0][0].meta, [("events".to_owned(), tag.to_owned())], "the tag stays");
    (seen.chunks[0][0].extras.events.clone(), seen.unparsed_extras)
}

/// The links of a span with this tag `_dd.span_links`, and how many tags did not parse.
fn links_of(tag: &str) -> (Vec<Link>, u32) {
    let seen = see(FORMAT, &v04_span(&[("meta", map(&[("_dd.span_links", text(tag))]))])).unwrap();
    assert_eq!(seen.chunks[0][0].meta, [("_dd.span_links".to_owned(), tag.to_owned())], "the tag stays");
    (seen.chunks[0][0].extras.links.clone(), seen.unparsed_extras)
}

#[test]
fn a_native_link_has_two_halves_of_a_trace_id_and_flags_as_sent() {
    let link = map(&[
        ("trace_id", uint64(2)),
        ("trace_id_high", uint64(u64::MAX)),
        ("span_id", uint64(3)),
        ("attributes", map(&[("link.name", text("earlier"))])),
        ("tracestate", text("dd=s:1")),
        ("flags", vec![0xce, 0x80, 0, 0, 1]),
        ("future", array(&[vec![1]])),
    ]);
    let span = see_span(FORMAT, &v04_span(&[("span_links", array(&[link, vec![NIL], map(&[])]))]));
    let wanted = Link {
        trace_id: TraceId { high: u64::MAX, low: 2 },
        span_id: 3,
        attributes: vec![("link.name".into(), string("earlier"))],
        tracestate: "dd=s:1".into(),
        flags: Some(0x8000_0001),
    };
    assert_eq!(span.extras.links, [wanted, Link::default()]);
}

#[test]
fn declared_values_are_read_whatever_is_missing() {
    let one = |pairs: &[(&str, Vec<u8>)]| map(pairs);
    let values = |elements: &[Vec<u8>]| map(&[("values", array(elements))]);
    for (what, sent, wanted) in [
        ("string", one(&[("type", vec![0]), ("string_value", text("s"))]), string("s")),
        ("value first", one(&[("string_value", text("s")), ("type", vec![0])]), string("s")),
        ("bool", one(&[("type", vec![1]), ("bool_value", vec![0xc3])]), Attribute::Bool(true)),
        ("int", one(&[("type", vec![2]), ("int_value", vec![0xe0])]), Attribute::Int(-32)),
        ("double", one(&[("type", vec![3]), ("double_value", float64(0.5))]), Attribute::Double(0.5)),
        ("double sent as integer", one(&[("type", vec![3]), ("double_value", vec![2])]), Attribute::Double(2.0)),
        (
            "array",
            one(&[
                ("type", vec![4]),
                ("array_value", values(&[one(&[("type", vec![2]), ("int_value", vec![1])]), one(&[])])),
            ]),
            Attribute::List(vec![Attribute::Int(1), string("")]),
        ),
        ("array of nil", one(&[("type", vec![4]), ("array_value", vec![NIL])]), Attribute::List(vec![])),
        (
            "array of nil values",
            one(&[("type", vec![4]), ("array_value", map(&[("values", vec![NIL])]))]),
            Attribute::List(vec![]),
        ),
        ("array without value", one(&[("type", vec![4])]), Attribute::List(vec![])),
        ("int without value", one(&[("type", vec![2])]), Attribute::Int(0)),
        ("value without type", one(&[("int_value", vec![5])]), Attribute::Int(5)),
        ("type from the future", one(&[("type", vec![9]), ("bool_value", vec![0xc3])]), Attribute::Bool(true)),
        ("other value than declared", one(&[("type", vec![0]), ("int_value", vec![5])]), string("")),
        ("nothing", one(&[]), string("")),
        ("nil", vec![NIL], string("")),
        ("unknown key", one(&[("future", array(&[])), ("type", vec![1])]), Attribute::Bool(false)),
    ] {
        let event = map(&[("attributes", map(&[("a", sent)]))]);
        let span = see_span(FORMAT, &v04_span(&[("span_events", array(&[event]))]));
        assert_eq!(span.extras.events[0].attributes, [("a".into(), wanted)], "{what}");
    }
}

#[test]
fn the_tag_events_is_json_with_plain_attributes() {
    let (events, unparsed) = events_of(
        r#"[{"name": "exception", "time_unix_nano": 1700000000000000001, "attributes":
            {"s": "x\n", "b": true, "i": -5, "d": 9.5, "e": 1e3, "l": [1, "a", [false]], "m": {"k": {}}, "n": null}},
            {"name": "bare"}, null, {"time_unix_nano": 1.7e18, "unknown": [{}]}]"#,
    );
    let attributes = vec![
        ("s".into(), string("x\n")),
        ("b".into(), Attribute::Bool(true)),
        ("i".into(), Attribute::Int(-5)),
        ("d".into(), Attribute::Double(9.5)),
        ("e".into(), Attribute::Double(1000.0)),
        (
            "l".into(),
            Attribute::List(vec![Attribute::Int(1), string("a"), Attribute::List(vec![Attribute::Bool(false)])]),
        ),
        ("m".into(), Attribute::Map(vec![("k".into(), Attribute::Map(vec![]))])),
        ("n".into(), string("")),
    ];
    let wanted = [
        Event { time: 1_700_000_000_000_000_001, name: "exception".into(), attributes },
        Event { name: "bare".into(), ..Event::default() },
        Event { time: 1_700_000_000_000_000_000, ..Event::default() },
    ];
    assert_eq!((events, unparsed), (wanted.to_vec(), 0));
}

#[test]
fn the_tag_span_links_is_json_with_hex_ids() {
    let (links, unparsed) = links_of(
        r#"[{"trace_id": "463ac35c9f6413ad48485a3953bb6124", "span_id": "20000000000000a1",
             "attributes": {"kind": "follows", "n": 7}, "tracestate": "congo=t61", "flags": 1},
            {"trace_id": "48485A3953BB6124", "span_id": "00000000000000ff", "flags": null}]"#,
    );
    let wanted = [
        Link {
            trace_id: TraceId { high: 0x463a_c35c_9f64_13ad, low: 0x4848_5a39_53bb_6124 },
            span_id: 0x2000_0000_0000_00a1,
            attributes: vec![("kind".into(), string("follows")), ("n".into(), Attribute::Int(7))],
            tracestate: "congo=t61".into(),
            flags: Some(1),
        },
        Link { trace_id: TraceId { high: 0, low: 0x4848_5a39_53bb_6124 }, span_id: 255, ..Link::default() },
    ];
    assert_eq!((links, unparsed), (wanted.to_vec(), 0));
}

#[test]
fn json_that_does_not_parse_is_counted_and_stays_a_tag() {
    for tag in [
        "",
        "[",
        "{}",
        "5",
        "\"[]\"",
        "[1]",
        "[{\"time_unix_nano\": \"soon\"}]",
        "[{\"time_unix_nano\": 0.5}]",
        "[{\"attributes\": []}]",
        &"[".repeat(100_000),
    ] {
        assert_eq!(events_of_long(tag), (vec![], 1), "{tag:.40}");
    }
    for tag in [
        "[{\"trace_id\": \"463ac35c9f6413ad48485a3953bb612\"}]",
        "[{\"trace_id\": \"g63ac35c9f6413ad48485a3953bb6124\"}]",
        "[{\"span_id\": \"+000000000000001\"}]",
        "[{\"flags\": \"1\"}]",
        "[{\"flags\": 4294967296}]",
    ] {
        assert_eq!(links_of(tag), (vec![], 1), "{tag}");
    }
}

/// As `events_of`, with a tag that may be longer than 64 KiB.
fn events_of_long(tag: &str) -> (Vec<Event>, u32) {
    let long = [&[0xdb][..], &(tag.len() as u32).to_be_bytes(), tag.as_bytes()].concat();
    let seen = see(FORMAT, &v04_span(&[("meta", map(&[("events", long)]))])).unwrap();
    (seen.chunks[0][0].extras.events.clone(), seen.unparsed_extras)
}

#[test]
fn empty_lists_and_null_in_tags_are_no_links_and_no_events() {
    for tag in ["[]", "null", " [ null ] ", "[] and more"] {
        assert_eq!((events_of(tag), links_of(tag)), ((vec![], 0), (vec![], 0)), "{tag}");
    }
}

#[test]
fn fields_win_over_tags() {
    let fields = [
        ("meta", map(&[("events", text("[{\"name\": \"tag\"}]")), ("_dd.span_links", text("[{\"flags\": 9}]"))])),
        ("span_events", array(&[map(&[("name", text("field"))])])),
        ("span_links", array(&[map(&[("flags", vec![1])])])),
    ];
    let extras = see_span(FORMAT, &v04_span(&fields)).extras;
    assert_eq!((&*extras.events[0].name, extras.events.len()), ("field", 1));
    assert_eq!((extras.links[0].flags, extras.links.len()), (Some(1), 1));
}

#[test]
fn an_empty_field_leaves_the_word_to_the_tag() {
    let tag = map(&[("events", text("[{\"name\": \"tag\"}]"))]);
    let fields = [("span_events", vec![0x90]), ("meta", tag)];
    assert_eq!(&*see_span(FORMAT, &v04_span(&fields)).extras.events[0].name, "tag");
}

#[test]
fn tags_of_one_span_do_not_reach_the_next() {
    let with = map(&[("meta", map(&[("events", text("[{}]"))])), ("meta_struct", map(&[("k", vec![0xc4, 0])]))]);
    let without = map(&[("service", text("x"))]);
    let seen = see(FORMAT, &array(&[array(&[with, without])])).unwrap();
    let [with, without] = &seen.chunks[0][..] else { panic!("two spans") };
    assert_eq!((with.extras.events.len(), with.extras.meta_struct.len()), (1, 1));
    assert!(without.extras.is_empty());
}
