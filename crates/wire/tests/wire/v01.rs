//! v0.1: spans of any traces, made into one chunk per trace. Source: agent-protocol 2.1.

use tracehound_wire::{Decoded, ErrorKind, Format};

use crate::support::see;

const FORMAT: Format = Format::SpansJson;

#[test]
fn spans_are_grouped_by_trace_in_order_of_appearance() {
    let body = br#"[
        {"trace_id": 7, "span_id": 1, "meta": {"a": "1"}, "metrics": {"m": 1}},
        {"trace_id": 9, "span_id": 2, "meta": {"b": "2", "c": "3"}},
        null,
        {"trace_id": 7, "span_id": 3, "meta": {"d": "4"}, "span_links": [{"span_id": 5}]},
        {"span_id": 4},
        {"trace_id": 9, "span_id": 5, "metrics": {"n": 2}}
    ]"#;
    let seen = see(FORMAT, body).unwrap();
    assert_eq!(seen.decoded, Decoded { chunks: 3, spans: 5, nil_spans: 1 });
    let ids: Vec<Vec<_>> =
        seen.chunks.iter().map(|chunk| chunk.iter().map(|span| (span.trace_id, span.span_id)).collect()).collect();
    assert_eq!(ids, [vec![(7, 1), (7, 3)], vec![(9, 2), (9, 5)], vec![(0, 4)]]);
    let tags: Vec<_> = seen.spans().map(|span| (span.meta.len(), span.metrics.len())).collect();
    assert_eq!(tags, [(1, 1), (1, 0), (2, 0), (0, 1), (0, 0)]);
    assert_eq!(seen.chunks[0][1].meta, [("d".to_owned(), "4".to_owned())]);
    assert_eq!(seen.chunks[0][1].extras.links[0].span_id, 5);
}

#[test]
fn no_spans_are_no_chunks() {
    for body in ["[]", "null", "[null]"] {
        assert_eq!(see(FORMAT, body.as_bytes()).unwrap().decoded.chunks, 0, "{body}");
    }
}

#[test]
fn an_error_names_the_span() {
    let error = see(FORMAT, br#"[{}, {"name": 1}]"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().starts_with("spans[1].name: "), "{error}");
}

#[test]
fn unreadable_links_and_events_are_counted_once() {
    let body = br#"[{"trace_id": 1, "meta": {"events": "["}}, {"trace_id": 2, "meta": {"_dd.span_links": "x"}}]"#;
    assert_eq!(see(FORMAT, body).unwrap().unparsed_extras, 2);
}

#[test]
fn many_traces_of_one_span_are_grouped_within_the_memory_of_their_body() {
    let spans: Vec<String> =
        (0..40_000).map(|id| format!("{{\"trace_id\":{id},\"span_id\":1,\"name\":\"n\"}}")).collect();
    let seen = see(FORMAT, format!("[{}]", spans.join(",")).as_bytes()).unwrap();
    assert_eq!(seen.decoded.chunks, 40_000);
}
