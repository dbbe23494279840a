//! The JSON of a trace and of a list, to the letter.

use serde_json::json;
use tracehound_model::{Attribute, Batch, BatchBuilder, Event, Extras, Link, RowHead, TraceId};

use crate::support::{get, with};

/// A trace with a span that has everything, and its child that has nothing.
fn batch() -> Batch {
    let mut builder = BatchBuilder::new();
    let [service, name, resource, kind] = ["web", "http.request", "GET /", "web"].map(|text| builder.intern(text));
    builder.begin_chunk(TraceId { high: 1, low: u64::MAX });
    let head = RowHead { start: i64::MAX - 10, duration: 10, service, name, resource, kind, ..RowHead::default() };
    builder.push(RowHead { span_id: u64::MAX, error: true, ..head });
    for (key, value) in [("http.status_code", "500"), ("html", "</script>")] {
        let (key, value) = (builder.intern(key), builder.intern(value));
        builder.tag(key, value);
    }
    for (key, value) in [("nan", f64::NAN), ("inf", f64::INFINITY), ("-inf", f64::NEG_INFINITY), ("n", 0.1)] {
        let key = builder.intern(key);
        builder.metric(key, value);
    }
    let attributes: Vec<(Box<str>, Attribute)> = vec![
        ("int".into(), Attribute::Int(i64::MIN)),
        ("bool".into(), Attribute::Bool(true)),
        ("list".into(), Attribute::List(vec![Attribute::Double(f64::NAN), Attribute::String("x".into())])),
        ("map".into(), Attribute::Map(vec![("k".into(), Attribute::Double(1.5))])),
    ];
    let link = Link {
        trace_id: TraceId { high: 0, low: 5 },
        span_id: 6,
        attributes: vec![("a".into(), Attribute::String("b".into()))],
        tracestate: "dd=s:1".into(),
        flags: Some(0x8000_0001),
    };
    builder.extras(Box::new(Extras {
        links: vec![link, Link::default()],
        events: vec![Event { time: i64::MIN, name: "exception".into(), attributes }],
        meta_struct: vec![("_dd.stack".into(), Box::from([0, 255, 1, 254]))],
    }));
    builder.push(RowHead { span_id: 1, parent_id: u64::MAX, start: i64::MAX - 5, duration: 5, ..head });
    builder.build()
}

#[test]
fn a_trace_has_64_bit_numbers_as_text_and_everything_of_its_spans() {
    let answer = get(&with(vec![batch()]), "/api/tracehound/v1/traces/0000000000000001ffffffffffffffff");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let expected = json!({
        "trace_id": "0000000000000001ffffffffffffffff",
        "spans": [
            {
                "span_id": "18446744073709551615", "parent_id": "0",
                "start": "9223372036854775797", "duration": "10",
                "service": "web", "name": "http.request", "resource": "GET /", "type": "web", "error": 1,
                "meta": {"http.status_code": "500", "html": "</script>"},
                "metrics": {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "n": 0.1},
                "links": [
                    {
                        "trace_id": "00000000000000000000000000000005", "span_id": "6",
                        "attributes": {"a": "b"}, "tracestate": "dd=s:1", "flags": 2_147_483_649_u32,
                    },
                    {
                        "trace_id": "00000000000000000000000000000000", "span_id": "0",
                        "attributes": {}, "tracestate": "", "flags": null,
                    },
                ],
                "events": [{
                    "time": "-9223372036854775808", "name": "exception",
                    "attributes": {
                        "int": "-9223372036854775808", "bool": true, "list": ["NaN", "x"], "map": {"k": 1.5},
                    },
                }],
                "meta_struct": {"_dd.stack": "AP8B/g=="},
            },
            {
                "span_id": "1", "parent_id": "18446744073709551615",
                "start": "9223372036854775802", "duration": "5",
                "service": "web", "name": "http.request", "resource": "GET /", "type": "web", "error": 0,
                "meta": {}, "metrics": {}, "links": [], "events": [], "meta_struct": {},
            },
        ],
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn a_list_has_a_row_per_trace_and_where_the_next_page_begins() {
    let mut older = BatchBuilder::new();
    older.begin_chunk(TraceId { high: 0, low: 9 });
    older.push(RowHead { span_id: 3, parent_id: 2, start: 7, ..RowHead::default() });
    let api = with(vec![batch(), older.build()]);
    let newest = json!({
        "trace_id": "0000000000000001ffffffffffffffff", "start": "9223372036854775797", "duration": "10",
        "root": {
            "span_id": "18446744073709551615",
            "service": "web", "name": "http.request", "resource": "GET /", "type": "web",
        },
        "http_status": "500", "spans": 2, "errors": 1, "services": ["web"],
    });
    let oldest = json!({
        "trace_id": "00000000000000000000000000000009", "start": "7", "duration": "0",
        "root": {"span_id": "3", "service": "", "name": "", "resource": "", "type": ""},
        "http_status": null, "spans": 1, "errors": 0, "services": [""],
    });
    let page = get(&api, "/api/tracehound/v1/traces?limit=1").json();
    assert_eq!(page["traces"], json!([newest]));
    let next = page["next"].as_str().unwrap();
    let page = get(&api, &format!("/api/tracehound/v1/traces?limit=1&cursor={next}")).json();
    assert_eq!(page, json!({"traces": [oldest], "next": null}));
    assert_eq!(get(&api, "/api/tracehound/v1/traces").json(), json!({"traces": [newest, oldest], "next": null}));
}

#[test]
fn the_process_says_that_it_is_ready_and_what_it_counted() {
    let api = with(vec![]);
    api.unknown_routes.count("/v0.6/stats", "python 4.16.0");
    assert_eq!(get(&api, "/ready").json(), json!({"ready": true}));
    let metrics = get(&api, "/metrics");
    assert_eq!(metrics.headers["content-type"], tracehound_telemetry::CONTENT_TYPE);
    assert!(String::from_utf8(metrics.body).unwrap().contains("\ntracehound_store_parts 0\n"));
    let routes = get(&api, "/debug/routes").json();
    assert_eq!(routes["routes"], json!([{"path": "/v0.6/stats", "client": "python 4.16.0", "requests": 1}]));
}
