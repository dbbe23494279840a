//! received = kept + dropped, per payload; what is rejected or refused is never received.

use crate::support::bodies::{JSON, MSGPACK, good, json_span};
use crate::support::{Door, open, request};
use tracehound_receive::Refused;

/// Received, kept, dropped, acknowledged.
fn ledger(door: &Door) -> [u64; 4] {
    let metrics = &door.metrics;
    let reasons = ["empty_trace", "foreign_span", "trace_id_zero", "span_id_zero"];
    let dropped = reasons.iter().map(|reason| metrics.spans_dropped.get([reason])).sum();
    let [received, kept] = [&metrics.spans_received, &metrics.spans_kept].map(|counter| counter.get());
    assert_eq!(received, kept + dropped);
    [received, kept, dropped, metrics.spans_acknowledged.get()]
}

#[test]
fn the_ledger_closes_after_every_payload() {
    let door = open();
    let span = json_span();
    let zero = span.replace("\"trace_id\":7", "\"trace_id\":0");
    let foreign = span.replace("\"trace_id\":7", "\"trace_id\":9");
    let traces = |chunks: &str| request("POST", "/v0.3/traces", &[JSON], chunks.as_bytes());
    let cases = [
        (good(), 200, [1, 1, 0, 1]),
        (traces("[]"), 200, [1, 1, 0, 1]),
        (traces("[[]]"), 200, [1, 1, 0, 1]),
        (traces(&format!("[[{zero}]]")), 200, [2, 1, 1, 1]),
        (traces(&format!("[[{span}],[{span},{foreign}]]")), 200, [5, 2, 3, 2]),
        (traces(&format!("[[{span}],[{span},")), 400, [5, 2, 3, 2]),
        (request("POST", "/v0.4/traces", &[MSGPACK], b""), 400, [5, 2, 3, 2]),
    ];
    for (request, status, expected) in cases {
        assert_eq!(door.ask(&request).status, status, "{}", String::from_utf8_lossy(&request));
        assert_eq!(ledger(&door), expected, "{}", String::from_utf8_lossy(&request));
    }
    assert_eq!(door.keeper.spans(), 2);
    assert_eq!(door.keeper.batches(), 2, "where nothing is kept, nobody is asked to keep it");

    door.keeper.refuse(Some(Refused::DiskFull));
    assert_eq!(door.ask(&good()).status, 503);
    assert_eq!(door.ask(&traces("[]")).status, 200, "there is nothing to keep");
    assert_eq!(ledger(&door), [5, 2, 3, 2]);
    assert_eq!(door.metrics.payloads_accepted.get(), 6);
    assert_eq!(door.metrics.payloads_rejected.get(["truncated", "400"]), 2);
    assert_eq!(door.metrics.payloads_refused.get(["disk_full", "503"]), 1);
}

#[test]
fn every_reason_is_shown_before_anything_came() {
    let text = open().metrics.to_text();
    for line in [
        "tracehound_spans_received_total 0",
        "tracehound_spans_dropped_total{reason=\"trace_id_zero\"} 0",
        "tracehound_spans_repaired_total{repair=\"service_empty\"} 0",
        "tracehound_chunks_kept_total{priority=\"none\"} 0",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} in\n{text}");
    }
}
