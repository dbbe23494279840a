use super::super::record::{Dimensions, entries};
use super::*;

#[derive(Clone, Copy, Default)]
struct Span {
    top_level: bool,
    measured: bool,
    error: bool,
    root: bool,
    origin: &'static str,
    base_service: &'static str,
    texts: &'static [(&'static str, &'static str)],
    numbers: &'static [(&'static str, f64)],
}

impl StatsFacts for Span {
    fn service(&self) -> &str {
        "cafe"
    }

    fn name(&self) -> &str {
        "http.request"
    }

    fn resource(&self) -> &str {
        "GET /"
    }

    fn span_type(&self) -> &str {
        "web"
    }

    fn service_source(&self) -> &str {
        "axum"
    }

    fn base_service(&self) -> &str {
        self.base_service
    }

    fn origin(&self) -> &str {
        self.origin
    }

    fn is_trace_root(&self) -> bool {
        self.root
    }

    fn is_top_level(&self) -> bool {
        self.top_level
    }

    fn is_measured(&self) -> bool {
        self.measured
    }

    fn is_error(&self) -> bool {
        self.error
    }

    fn start_ns(&self) -> u64 {
        7_000
    }

    fn duration_ns(&self) -> u64 {
        500
    }

    fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a str)) {
        self.texts.iter().for_each(|&(key, value)| visit(key, value));
    }

    fn each_number<'a>(&'a self, visit: &mut dyn FnMut(&'a str, f64)) {
        self.numbers.iter().for_each(|&(key, value)| visit(key, value));
    }
}

const ENTRY: Span = Span {
    top_level: true,
    measured: false,
    error: false,
    root: false,
    origin: "",
    base_service: "",
    texts: &[],
    numbers: &[],
};

fn counts(span: &Span) -> bool {
    let mut out = Vec::new();
    let counts = record_span(span, &PeerKeys::default(), &mut out);
    assert_eq!(entries(&out).count(), usize::from(counts));
    counts
}

/// What `read` finds in the dimensions of a span that counts.
fn dimension<T>(span: &Span, read: impl FnOnce(&Dimensions<'_>) -> T) -> T {
    let mut out = Vec::new();
    assert!(record_span(span, &PeerKeys::default(), &mut out));
    let key = entries(&out).next().unwrap().key;
    read(&Dimensions::parse(key).unwrap())
}

fn peers(span: &Span, announced: &[&str]) -> Vec<String> {
    let keys: Vec<String> = announced.iter().map(ToString::to_string).collect();
    let mut out = Vec::new();
    assert!(record_span(span, &PeerKeys::new(&keys), &mut out));
    let key = entries(&out).next().unwrap().key;
    Dimensions::parse(key).unwrap().peer_tags.iter().map(ToString::to_string).collect()
}

// Source: agent-protocol 6.1.
#[test]
fn entries_measured_spans_and_those_of_four_kinds_count() {
    let inner = Span::default();
    for (span, expected) in [
        (inner, false),
        (ENTRY, true),
        (Span { measured: true, ..inner }, true),
        (Span { root: true, error: true, ..inner }, false),
        (Span { texts: &[("span.kind", "server")], ..inner }, true),
        (Span { texts: &[("span.kind", "client")], ..inner }, true),
        (Span { texts: &[("span.kind", "PRODUCER")], ..inner }, true),
        (Span { texts: &[("span.kind", "Consumer")], ..inner }, true),
        (Span { texts: &[("span.kind", "internal")], ..inner }, false),
        (Span { texts: &[("span.kind", "")], ..inner }, false),
    ] {
        assert_eq!(counts(&span), expected, "{:?}", span.texts);
    }
}

#[test]
fn a_snapshot_of_a_running_span_never_counts() {
    for (numbers, expected) in [
        (&[("_dd.partial_version", 0.0)][..], false),
        (&[("_dd.partial_version", 1_700_000_000_000.0)], false),
        (&[("_dd.partial_version", -1.0)], true),
        (&[("_dd.was_long_running", 1.0)], true),
    ] {
        let texts = &[("span.kind", "server")];
        assert_eq!(counts(&Span { measured: true, texts, numbers, ..ENTRY }), expected, "{numbers:?}");
    }
}

#[test]
fn the_record_says_what_the_span_says() {
    let span = Span { error: true, root: true, texts: &[("http.method", "PUT"), ("span.kind", "Server")], ..ENTRY };
    let mut out = Vec::new();
    record_span(&span, &PeerKeys::default(), &mut out);
    let entry = entries(&out).next().unwrap();
    assert_eq!((entry.end_ns, entry.duration_ns, entry.error, entry.top_level), (7_500, 500, true, true));
    let key = Dimensions::parse(entry.key).unwrap();
    assert_eq!((key.service, key.name, key.resource, key.span_type), ("cafe", "http.request", "GET /", "web"));
    assert_eq!((key.service_source, key.http_method, key.kind), ("axum", "PUT", "Server"));
    assert_eq!(key.trace_root, Some(true));
}

#[test]
fn the_http_status_is_a_number_or_digits() {
    for (texts, numbers, expected) in [
        (&[("http.status_code", "404")][..], &[][..], 404),
        (&[], &[("http.status_code", 503.0)], 503),
        (&[("http.status_code", "404")], &[("http.status_code", 503.0)], 503),
        (&[("http.response.status_code", "201")], &[], 201),
        (&[], &[("http.response.status_code", 202.0)], 202),
        (&[("http.response.status_code", "201"), ("http.status_code", "404")], &[], 404),
        (&[("http.status_code", "not found")], &[], 0),
        (&[("http.status_code", "-1")], &[], 0),
        (&[], &[("http.status_code", -200.0)], 0),
        (&[], &[("http.status_code", f64::NAN)], 0),
        (&[], &[], 0),
    ] {
        let status = dimension(&Span { texts, numbers, ..ENTRY }, |key| key.http_status);
        assert_eq!(status, expected, "{texts:?} {numbers:?}");
    }
}

#[test]
fn the_endpoint_is_the_route_unless_said_otherwise() {
    for (texts, expected) in [
        (&[("http.route", "/users/{id}")][..], "/users/{id}"),
        (&[("http.endpoint", "/users"), ("http.route", "/users/{id}")], "/users"),
        (&[("http.route", "/users/{id}"), ("http.endpoint", "/users")], "/users"),
        (&[("http.endpoint", ""), ("http.route", "/users/{id}")], "/users/{id}"),
        (&[("http.url", "http://cafe/users/7")], ""),
    ] {
        let endpoint = dimension(&Span { texts, ..ENTRY }, |key| key.http_endpoint.to_owned());
        assert_eq!(endpoint, expected, "{texts:?}");
    }
}

#[test]
fn the_grpc_status_is_the_first_that_makes_sense_numbers_before_text() {
    for (texts, numbers, expected) in [
        (&[("grpc.code", "NotFound")][..], &[][..], "5"),
        (&[("grpc.code", "NotFound"), ("rpc.grpc.status_code", "1")], &[], "1"),
        (&[("rpc.grpc.status_code", "1")], &[("grpc.status.code", 2.0)], "2"),
        (&[("rpc.grpc.status_code", "odd"), ("grpc.status.code", "7")], &[], "7"),
        (&[("rpc.grpc.status.code", "")], &[("grpc.code", 99.0)], ""),
        (&[], &[], ""),
    ] {
        let status = dimension(&Span { texts, numbers, ..ENTRY }, |key| key.grpc_status.to_owned());
        assert_eq!(status, expected, "{texts:?} {numbers:?}");
    }
}

#[test]
fn every_origin_of_synthetic_tests_is_one() {
    for (origin, expected) in
        [("synthetics", true), ("synthetics-browser", true), ("rum", false), ("", false), ("not_synthetics", false)]
    {
        assert_eq!(dimension(&Span { origin, ..ENTRY }, |key| key.synthetics), expected, "{origin}");
    }
}

// Source: agent-protocol 6.4.
#[test]
fn calls_carry_the_announced_peer_tags_sorted() {
    let announced = ["peer.service", "_dd.base_service", "db.name", "db.name", "out.host"];
    for (texts, expected) in [
        (
            &[("span.kind", "client"), ("out.host", "db1"), ("sql.query", "x"), ("db.name", "orders")][..],
            &["db.name:orders", "out.host:db1"][..],
        ),
        (&[("db.name", "orders"), ("out.host", "db1"), ("span.kind", "Producer")], &["db.name:orders", "out.host:db1"]),
        (&[("span.kind", "consumer"), ("out.host", "192.168.1.9")], &["out.host:blocked-ip-address"]),
        (&[("span.kind", "client"), ("db.name", "")], &[]),
        (&[("span.kind", "server"), ("db.name", "orders")], &[]),
        (&[("db.name", "orders")], &[]),
    ] {
        assert_eq!(peers(&Span { texts, ..ENTRY }, &announced), expected, "{texts:?}");
    }
}

#[test]
fn the_base_service_counts_as_a_peer_of_calls_and_of_inner_spans() {
    let call = Span { base_service: "cafe", texts: &[("span.kind", "client"), ("db.name", "orders")], ..ENTRY };
    let inner = Span { base_service: "cafe", texts: &[("db.name", "orders")], ..ENTRY };
    let internal = Span { texts: &[("span.kind", "INTERNAL"), ("db.name", "orders")], ..inner };
    let server = Span { texts: &[("span.kind", "server")], ..inner };
    let own = Span { base_service: "", ..inner };
    let tagged = Span { texts: &[("span.kind", "client"), ("_dd.base_service", "cafe")], ..call };
    for (span, announced, expected) in [
        (call, &["db.name", "_dd.base_service"][..], &["_dd.base_service:cafe", "db.name:orders"][..]),
        (call, &["db.name"], &["db.name:orders"]),
        (tagged, &["_dd.base_service"], &["_dd.base_service:cafe"]),
        (inner, &["db.name"], &["_dd.base_service:cafe"]),
        (internal, &["db.name"], &["_dd.base_service:cafe"]),
        (own, &["db.name"], &[]),
        (server, &["_dd.base_service"], &[]),
        (call, &[], &[]),
        (inner, &[], &[]),
    ] {
        assert_eq!(peers(&span, announced), expected, "{:?} {announced:?}", span.texts);
    }
}

#[test]
fn a_span_has_at_most_sixteen_peer_tags() {
    let names: Vec<String> = (10..40).map(|n| format!("peer.{n}")).collect();
    let mut tags = PeerTags::default();
    names.iter().for_each(|name| tags.add(name, "x"));
    let expected: Vec<_> = names[..16].iter().map(|name| (name.as_str(), "x")).collect();
    assert_eq!(tags.as_slice(), expected);
}

#[test]
fn what_the_agent_announces_is_bounded() {
    let announced: Vec<String> = (0..100_000).map(|n| format!("{n:06}")).collect();
    let keys = PeerKeys::new(&announced);
    assert!(keys.contains("000255") && !keys.contains("000256"));

    let longest = "k".repeat(66);
    let keys = PeerKeys::new(&[String::new(), longest.clone(), format!("{longest}k")]);
    assert!(keys.contains(&longest) && !keys.contains(&format!("{longest}k")));
}
