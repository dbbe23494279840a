//! A service between two others: what it takes from the headers of a request, and what it sends on.

use std::collections::BTreeMap;

use tracehound::testing::{FinishedSpan, InMemory};

type Headers<'a> = &'a [(&'a str, &'a str)];
type Sent = BTreeMap<String, String>;

/// The span that a service with these settings begins for a request with `headers`, and the headers of the request it makes in turn.
fn hop(settings: &[(&str, &str)], headers: Headers<'_>) -> (FinishedSpan, Sent) {
    let memory = InMemory::new(settings);
    let parent = memory.tracer().extract(&headers);
    let span = memory.tracer().span("request").child_of(&parent).start();
    let mut sent = Sent::new();
    span.inject(&mut sent);
    span.finish();
    (memory.take().spans().remove(0), sent)
}

fn styles(names: &str) -> [(&str, &str); 1] {
    [("DD_TRACE_PROPAGATION_STYLE", names)]
}

fn text<'a>(map: &'a BTreeMap<String, String>, key: &str) -> Option<&'a str> {
    map.get(key).map(String::as_str)
}

#[test]
fn datadog_headers_are_continued_and_passed_on() {
    let headers: Headers<'_> = &[
        ("x-datadog-trace-id", "123456789"),
        ("x-datadog-parent-id", "987654321"),
        ("x-datadog-sampling-priority", "2"),
        ("x-datadog-origin", "synthetics;=web,z"),
        ("x-datadog-tags", "_dd.p.dm=-4"),
    ];
    let (span, sent) = hop(&[], headers);
    assert_eq!((span.trace_id, span.parent_id), (123_456_789, 987_654_321));
    assert_eq!(text(&span.meta, "_dd.origin"), Some("synthetics;=web,z"));
    assert_eq!(text(&span.meta, "_dd.p.dm"), Some("-4"));
    assert_eq!(text(&span.meta, "_dd.p.tid"), None);
    assert_eq!(span.metrics.get("_sampling_priority_v1"), Some(&2.0));
    assert_eq!(text(&sent, "x-datadog-trace-id"), Some("123456789"));
    assert_eq!(sent.get("x-datadog-parent-id"), Some(&span.span_id.to_string()));
    assert_eq!(text(&sent, "x-datadog-sampling-priority"), Some("2"));
    assert_eq!(text(&sent, "x-datadog-origin"), Some("synthetics;=web,z"));
    assert_eq!(text(&sent, "x-datadog-tags"), Some("_dd.p.dm=-4"));
    assert_eq!(sent.get("traceparent"), Some(&format!("00-{:032x}-{:016x}-01", 123_456_789, span.span_id)));
    assert_eq!(sent.get("tracestate"), Some(&format!("dd=s:2;o:synthetics_~web_z;p:{:016x};t.dm:-4", span.span_id)));
}

#[test]
fn invalid_ids_begin_a_new_trace_without_what_came_with_them() {
    let headers: Headers<'_> = &[
        ("x-datadog-trace-id", "0"),
        ("x-datadog-parent-id", "0"),
        ("x-datadog-sampling-priority", "2"),
        ("x-datadog-origin", "synthetics"),
        ("x-datadog-tags", "_dd.p.dm=-4"),
    ];
    let (span, sent) = hop(&[], headers);
    assert_eq!(span.parent_id, 0);
    assert_ne!(span.trace_id as u64, 0);
    assert_ne!(text(&span.meta, "_dd.p.dm"), Some("-4"));
    assert_ne!(text(&sent, "x-datadog-sampling-priority"), Some("2"));
    assert_eq!(text(&sent, "x-datadog-origin"), None);
}

#[test]
fn a_decision_maker_that_came_without_a_decision_is_told_on_if_the_trace_is_kept() {
    let table = [
        ("1", "_dd.p.dm=-4", "2", "_dd.p.dm=-4,_dd.p.ksr=1"),
        ("1", "_dd.p.dm=-4,_dd.p.usr.id=baz64==", "2", "_dd.p.dm=-4,_dd.p.usr.id=baz64==,_dd.p.ksr=1"),
        ("1", "_dd.p.usr.id=baz64==", "2", "_dd.p.usr.id=baz64==,_dd.p.dm=-3,_dd.p.ksr=1"),
        ("0", "_dd.p.dm=-4", "-1", "_dd.p.dm=-3,_dd.p.ksr=0"),
    ];
    for (rate, received, priority, sent_on) in table {
        let ids = [("x-datadog-trace-id", "1"), ("x-datadog-parent-id", "2")];
        let settings = [("DD_TRACE_SAMPLE_RATE", rate), ("DD_TRACE_PROPAGATION_STYLE", "datadog")];
        let (_, sent) = hop(&settings, &[ids[0], ids[1], ("x-datadog-tags", received)]);
        assert_eq!(text(&sent, "x-datadog-sampling-priority"), Some(priority), "{rate} {received}");
        assert_eq!(text(&sent, "x-datadog-tags"), Some(sent_on), "{rate} {received}");
    }
    let (_, sent) =
        hop(&[], &[("x-datadog-trace-id", "1"), ("x-datadog-parent-id", "2"), ("x-datadog-tags", "_dd.p.dm=-4")]);
    assert_eq!(text(&sent, "x-datadog-tags"), Some("_dd.p.dm=-4"));
}

#[test]
fn a_decision_by_rate_is_told_to_tracers_of_opentelemetry() {
    let came = "00-00000000000000000000000000000001-0000000000000002-01";
    let datadog: Headers<'_> = &[("x-datadog-trace-id", "1"), ("x-datadog-parent-id", "2")];
    let table: [(Headers<'_>, Headers<'_>, Option<&str>); 6] = [
        (&[("DD_TRACE_SAMPLE_RATE", "0.1")], datadog, Some("ot=rv:f0948a54d43b8e;th:e6666666666668")),
        (&[("DD_TRACE_SAMPLE_RATE", "0.01")], datadog, Some("ot=rv:f0948a54d43b8e;th:fd70a3d70a3d7")),
        // The limit per second rejected it, which no rate tells.
        (&[("DD_TRACE_SAMPLE_RATE", "0.1"), ("DD_TRACE_RATE_LIMIT", "0")], datadog, None),
        (&[], datadog, None),
        (&[], &[("traceparent", came), ("tracestate", "ot=th:8;foo:bar,congo=1")], Some("ot=th:8;foo:bar")),
        (&[("DD_TRACE_SAMPLE_RATE", "0.1")], &[("traceparent", came), ("tracestate", "ot=th:worse,congo=1")], None),
    ];
    for (settings, headers, told) in table {
        let (_, sent) = hop(settings, headers);
        let members = sent["tracestate"].split(',').find(|member| member.starts_with("ot="));
        assert_eq!(members, told, "{settings:?} {headers:?}");
    }
}

#[test]
fn a_decision_of_the_user_has_no_threshold() {
    let memory = InMemory::new(&[]);
    let came = [
        ("traceparent", "00-0000000000000000000000000000000a-0000000000000002-00"),
        ("tracestate", "ot=rv:65cd67504a538e;th:e6666666666668"),
    ];
    let span = memory.tracer().span("request").child_of(&memory.tracer().extract(&came)).start();
    span.keep();
    let mut sent = Sent::new();
    span.inject(&mut sent);
    assert!(sent["tracestate"].ends_with(",ot=rv:65cd67504a538e"), "{sent:?}");
}

#[test]
fn a_received_id_of_128_bits_stays_whole_where_ids_of_64_bits_are_generated() {
    let table: [(&str, Headers<'_>, &str); 4] = [
        (
            "datadog",
            &[
                ("x-datadog-trace-id", "12379814468735227512"),
                ("x-datadog-parent-id", "987654321"),
                ("x-datadog-tags", "_dd.p.tid=640cfd8d00000000"),
            ],
            "x-datadog-tags",
        ),
        ("tracecontext", &[("traceparent", "00-640cfd8d00000000abcdefab12345678-000000003ade68b1-01")], "traceparent"),
        ("B3 single header", &[("b3", "640cfd8d00000000abcdefab12345678-000000003ade68b1-1")], "b3"),
        (
            "b3multi",
            &[("x-b3-traceid", "640cfd8d00000000abcdefab12345678"), ("x-b3-spanid", "000000003ade68b1")],
            "x-b3-traceid",
        ),
    ];
    for (style, headers, header) in table {
        let narrow = [("DD_TRACE_PROPAGATION_STYLE", style), ("DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED", "false")];
        let (span, sent) = hop(&narrow, headers);
        assert_eq!(span.trace_id, 0x640c_fd8d_0000_0000_abcd_efab_1234_5678, "{style}");
        assert_eq!(text(&span.meta, "_dd.p.tid"), Some("640cfd8d00000000"), "{style}");
        assert!(sent[header].contains("640cfd8d00000000"), "{style}: {sent:?}");
        let (new, _) = hop(&narrow, &[]);
        assert_eq!((new.trace_id >> 64, text(&new.meta, "_dd.p.tid")), (0, None), "{style}");
    }
}

#[test]
fn the_last_datadog_span_is_told_when_another_tracer_is_in_between() {
    let headers: Headers<'_> = &[
        ("traceparent", "00-11111111111111110000000000000003-000000003ade68b1-01"),
        ("tracestate", "dd=s:2;p:000000000000000a,foo=1"),
        ("x-datadog-trace-id", "3"),
        ("x-datadog-tags", "_dd.p.tid=1111111111111111"),
        ("x-datadog-parent-id", "10"),
    ];
    let (span, sent) = hop(&styles("datadog,tracecontext"), headers);
    assert_eq!(span.parent_id, 987_654_321);
    assert_eq!(text(&span.meta, "_dd.parent_id"), Some("000000000000000a"));
    assert!(sent["tracestate"].contains(&format!("p:{:016x}", span.span_id)), "{sent:?}");
    assert!(sent["tracestate"].ends_with(",foo=1"), "{sent:?}");
    let first =
        [("DD_TRACE_PROPAGATION_STYLE", "datadog,tracecontext"), ("DD_TRACE_PROPAGATION_EXTRACT_FIRST", "true")];
    let (span, sent) = hop(&first, headers);
    assert_eq!((span.parent_id, text(&span.meta, "_dd.parent_id")), (10, None));
    assert!(!sent["tracestate"].contains("foo"), "{sent:?}");
}

const CONFLICTING: Headers<'_> = &[
    ("x-datadog-trace-id", "2"),
    ("x-datadog-parent-id", "2"),
    ("x-datadog-sampling-priority", "2"),
    ("x-datadog-tags", "_dd.p.tid=1111111111111111,_dd.p.dm=-4"),
    ("traceparent", "00-12345678901234567890123456789012-1234567890123456-01"),
    ("baggage", "key1=value1"),
];

#[test]
fn a_context_is_continued_restarted_or_ignored_as_configured() {
    let with = |behavior| hop(&[("DD_TRACE_PROPAGATION_BEHAVIOR_EXTRACT", behavior)], CONFLICTING);
    let reason = |span: &FinishedSpan| {
        let links = span.links.iter().map(|link| (link.trace_id as u64, link.attributes["reason"].clone()));
        links.collect::<Vec<_>>()
    };

    let (span, sent) = with("continue");
    assert_eq!((span.trace_id as u64, span.parent_id), (2, 2));
    assert_eq!(reason(&span), [(0x7890_1234_5678_9012, "terminated_context".to_owned())]);
    assert_eq!(text(&sent, "baggage"), Some("key1=value1"));

    let (span, sent) = with("restart");
    assert_eq!(span.parent_id, 0);
    assert_eq!(reason(&span), [(2, "propagation_behavior_extract".to_owned())]);
    assert_eq!(text(&sent, "baggage"), Some("key1=value1"));
    assert!(!sent["x-datadog-tags"].contains("1111111111111111"), "{sent:?}");

    let (span, sent) = with("ignore");
    assert_eq!((span.parent_id, reason(&span)), (0, Vec::new()));
    assert_eq!(text(&sent, "baggage"), None);
}

#[test]
fn settings_limit_the_baggage_that_comes_in_and_goes_out() {
    let headers: Headers<'_> = &[("baggage", "a=1,b=2,c=3")];
    for (settings, sent_on) in [
        (("DD_TRACE_BAGGAGE_MAX_ITEMS", "2"), Some("a=1,b=2")),
        (("DD_TRACE_BAGGAGE_MAX_ITEMS", "0"), None),
        (("DD_TRACE_BAGGAGE_MAX_BYTES", "10"), Some("a=1,b=2")),
        (("DD_TRACE_BAGGAGE_MAX_BYTES", "11"), Some("a=1,b=2,c=3")),
    ] {
        let (_, sent) = hop(&[settings], headers);
        assert_eq!(text(&sent, "baggage"), sent_on, "{settings:?}");
        let memory = InMemory::new(&[settings]);
        let span = memory.tracer().span("request").start();
        for (key, value) in [("a", "1"), ("b", "2"), ("c", "3")] {
            span.set_baggage(key, value);
        }
        let mut sent = Sent::new();
        span.inject(&mut sent);
        assert_eq!(text(&sent, "baggage"), sent_on, "{settings:?}");
    }
}

#[test]
fn baggage_travels_alone_and_becomes_tags() {
    let headers: Headers<'_> = &[("x-datadog-trace-id", "1"), ("baggage", "user.id=doggo,foo=bar")];
    let (span, sent) = hop(&styles("baggage"), headers);
    assert_eq!((span.parent_id, text(&span.meta, "baggage.user.id")), (0, Some("doggo")));
    assert_eq!(text(&span.meta, "baggage.foo"), None);
    assert_eq!(sent, Sent::from([("baggage".to_owned(), "user.id=doggo,foo=bar".to_owned())]));
    for malformed in ["no-equal-sign,foo=bar", "=no-key", "no-value=", "foo=bar,="] {
        let (span, sent) = hop(&[], &[("baggage", malformed)]);
        assert_eq!(text(&sent, "baggage"), None, "{malformed}");
        assert!(!span.meta.keys().any(|key| key.starts_with("baggage.")), "{malformed}");
    }
}

#[test]
fn what_could_not_be_propagated_is_a_tag() {
    let ids = [("x-datadog-trace-id", "1"), ("x-datadog-parent-id", "2")];
    let long = format!("_dd.p.a={}", "x".repeat(600));
    for (tags, error) in
        [("_dd.p.a", "decoding_error"), (long.as_str(), "extract_max_size"), ("_dd.p.tid=XXXX", "malformed_tid XXXX")]
    {
        let (span, sent) = hop(&[], &[ids[0], ids[1], ("x-datadog-tags", tags)]);
        assert_eq!(span.trace_id, 1, "{tags:.20}");
        assert_eq!(text(&span.meta, "_dd.propagation_error"), Some(error), "{tags:.20}");
        assert!(!sent.values().any(|value| value.contains("_dd.p.a=") || value.contains("XXXX")), "{sent:?}");
    }
    let (span, sent) = hop(&[("DD_TRACE_X_DATADOG_TAGS_MAX_LENGTH", "0")], &ids);
    assert_eq!(text(&span.meta, "_dd.propagation_error"), Some("disabled"));
    assert_eq!(text(&sent, "x-datadog-tags"), None);
}
