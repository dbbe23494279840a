use rmpv::Value;

use super::super::record::Record;
use super::super::tests::Decoded;
use super::*;

const SECOND_NS: u64 = 1_000_000_000;
/// The start of a bucket, in 2026.
const NOW_NS: u64 = 1_795_262_400 * SECOND_NS;

fn concentrator(rows_max: usize) -> Concentrator {
    let meta = Meta {
        hostname: "espresso".to_owned(),
        env: "prod".to_owned(),
        version: "1.2.3".to_owned(),
        service: "cafe".to_owned(),
        lang: "rust",
        tracer_version: "0.1.0",
        runtime_id: "0b0ca1d2-6c1d-4f5a-9d0e-3c2f6a1b7e55".to_owned(),
        git_commit_sha: "a1b2c3".to_owned(),
        process_tags: "entrypoint.name:cafe".to_owned(),
        ..Meta::default()
    };
    Concentrator::new(meta, rows_max, NOW_NS)
}

/// A span of `resource` that ends `end_s` seconds after [`NOW_NS`].
fn span(resource: &str, end_s: i64) -> Record<'_> {
    let duration_ns = 2_000_000;
    let end_ns = NOW_NS.saturating_add_signed(end_s * SECOND_NS as i64);
    Record { resource, start_ns: end_ns - duration_ns, duration_ns, ..Record::default() }
}

fn add(concentrator: &mut Concentrator, record: &Record<'_>) {
    let mut bytes = Vec::new();
    record.write(&mut bytes);
    concentrator.add(&bytes);
}

fn flush(concentrator: &mut Concentrator, now_s: u64, all: bool) -> Option<Value> {
    let body = concentrator.flush(NOW_NS + now_s * SECOND_NS, all)?;
    let mut rest = body.as_slice();
    let value = rmpv::decode::read_value(&mut rest).unwrap();
    assert!(rest.is_empty(), "one value and no more");
    Some(value)
}

fn rows(payload: &Value) -> Vec<&Value> {
    payload["Stats"].as_array().unwrap().iter().flat_map(|bucket| bucket["Stats"].as_array().unwrap()).collect()
}

/// The seconds after [`NOW_NS`] at which buckets start, and how many spans each counts.
fn buckets(payload: Option<Value>) -> Vec<(i64, u64)> {
    let Some(payload) = payload else { return Vec::new() };
    let buckets = payload["Stats"].as_array().unwrap();
    let hits = |bucket: &Value| bucket["Stats"].as_array().unwrap().iter().map(|row| number(row, "Hits")).sum();
    let start_s = |bucket: &Value| (number(bucket, "Start") as i64 - NOW_NS as i64) / SECOND_NS as i64;
    buckets.iter().map(|bucket| (start_s(bucket), hits(bucket))).collect()
}

fn number(row: &Value, key: &str) -> u64 {
    row[key].as_u64().unwrap_or_else(|| panic!("{key}: {row}"))
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("{key}: {row}"))
}

fn sketch(row: &Value, key: &str) -> Decoded {
    Decoded::read(row[key].as_slice().unwrap())
}

// Source of the names: agent-protocol 6.5.
#[test]
fn a_row_has_all_dimensions_and_sums() {
    let mut concentrator = concentrator(10);
    let ok = Record {
        service: "cafe",
        name: "http.request",
        span_type: "web",
        kind: "client",
        http_method: "GET",
        http_endpoint: "/orders/{id}",
        grpc_status: "0",
        service_source: "m",
        http_status: 200,
        synthetics: true,
        trace_root: true,
        peer_tags: &[("db.name", "orders"), ("out.host", "db")],
        top_level: true,
        ..span("GET /orders/{id}", 1)
    };
    add(&mut concentrator, &ok);
    add(&mut concentrator, &Record { duration_ns: 5_000_000, top_level: false, ..ok });
    add(&mut concentrator, &Record { duration_ns: 9_000_000, error: true, ..ok });
    let payload = flush(&mut concentrator, 1, true).unwrap();
    let [row] = rows(&payload)[..] else { panic!("{payload}") };

    for (key, expected) in [
        ("Service", "cafe"),
        ("Name", "http.request"),
        ("Resource", "GET /orders/{id}"),
        ("Type", "web"),
        ("SpanKind", "client"),
        ("HTTPMethod", "GET"),
        ("HTTPEndpoint", "/orders/{id}"),
        ("GRPCStatusCode", "0"),
        ("srv_src", "m"),
    ] {
        assert_eq!(text(row, key), expected, "{key}");
    }
    for (key, expected) in [
        ("HTTPStatusCode", 200),
        ("IsTraceRoot", 1),
        ("Hits", 3),
        ("TopLevelHits", 2),
        ("Errors", 1),
        ("Duration", 16_000_000),
    ] {
        assert_eq!(number(row, key), expected, "{key}");
    }
    assert_eq!(row["Synthetics"], Value::Boolean(true));
    assert_eq!(row["PeerTags"], Value::Array(vec!["db.name:orders".into(), "out.host:db".into()]));
    // floor(ln(d) / ln(1.01 / 0.99)) of two, five and nine milliseconds.
    assert_eq!(sketch(row, "OkSummary").counts, [(725, 1.0), (771, 1.0)].into());
    assert_eq!(sketch(row, "ErrorSummary").counts, [(800, 1.0)].into());
}

#[test]
fn a_span_that_is_not_the_root_says_so() {
    let mut concentrator = concentrator(10);
    add(&mut concentrator, &span("GET /", 1));
    let payload = flush(&mut concentrator, 1, true).unwrap();
    assert_eq!(number(rows(&payload)[0], "IsTraceRoot"), 2);
}

#[test]
fn the_payload_names_the_process_and_leaves_the_agents_fields_out() {
    let mut concentrator = concentrator(10);
    add(&mut concentrator, &span("GET /", 1));
    let payload = flush(&mut concentrator, 1, true).unwrap();
    for (key, expected) in [
        ("Hostname", "espresso"),
        ("Env", "prod"),
        ("Version", "1.2.3"),
        ("Lang", "rust"),
        ("TracerVersion", "0.1.0"),
        ("RuntimeID", "0b0ca1d2-6c1d-4f5a-9d0e-3c2f6a1b7e55"),
        ("Service", "cafe"),
        ("GitCommitSha", "a1b2c3"),
        ("ProcessTags", "entrypoint.name:cafe"),
    ] {
        assert_eq!(text(&payload, key), expected, "{key}");
    }
    assert_eq!(number(&payload["Stats"][0], "Duration"), 10 * SECOND_NS);
    for key in ["ContainerID", "Tags", "ImageTag", "AgentAggregation", "ProcessTagsHash"] {
        assert!(payload[key].is_nil(), "{key}");
    }
}

#[test]
fn the_sequence_rises_with_every_payload() {
    let mut concentrator = concentrator(10);
    for expected in 1..4 {
        add(&mut concentrator, &span("GET /", 1));
        assert_eq!(number(&flush(&mut concentrator, 1, true).unwrap(), "Sequence"), expected);
        assert_eq!(flush(&mut concentrator, 1, true), None, "nothing to tell is not told");
    }
}

#[test]
fn the_environment_is_the_applications_else_the_agents() {
    for (own, agents, expected) in
        [("prod", "none", "prod"), ("", "none", "none"), ("prod", "", "prod"), ("", "", "unknown-env")]
    {
        let mut concentrator = Concentrator::new(Meta { env: own.to_owned(), ..Meta::default() }, 10, NOW_NS);
        concentrator.set_agent_env(agents);
        add(&mut concentrator, &span("GET /", 1));
        assert_eq!(text(&flush(&mut concentrator, 1, true).unwrap(), "Env"), expected, "{own:?} {agents:?}");
    }
}

// Source: agent-protocol 6.1.
#[test]
fn a_span_counts_where_it_ended_or_in_the_oldest_open_bucket() {
    let mut concentrator = concentrator(10);
    flush(&mut concentrator, 20, false);
    for end_s in [-86_400, 9, 10, 19, 20, 29, 30] {
        add(&mut concentrator, &span("GET /", end_s));
    }
    assert_eq!(buckets(flush(&mut concentrator, 30, true)), [(10, 4), (20, 2), (30, 1)]);
}

#[test]
fn at_the_start_nothing_counts_before_the_current_bucket() {
    let mut concentrator = concentrator(10);
    add(&mut concentrator, &span("GET /", -15));
    assert_eq!(buckets(flush(&mut concentrator, 0, true)), [(0, 1)]);
}

#[test]
fn the_current_bucket_and_the_one_before_stay_open() {
    let mut concentrator = concentrator(10);
    for (now_s, expected) in
        [(9, &[][..]), (19, &[]), (20, &[(0, 1)]), (29, &[]), (30, &[(10, 1)]), (50, &[(20, 2), (30, 1)])]
    {
        add(&mut concentrator, &span("GET /", now_s as i64));
        assert_eq!(buckets(flush(&mut concentrator, now_s, false)), expected, "{now_s} s");
    }
    assert_eq!(buckets(flush(&mut concentrator, 50, true)), [(50, 1)]);
}

#[test]
fn a_clock_that_goes_back_does_not_stop_the_counting() {
    let mut concentrator = concentrator(10);
    flush(&mut concentrator, 3_600, false);
    add(&mut concentrator, &span("GET /", 3_601));
    assert_eq!(buckets(flush(&mut concentrator, 0, false)), [(3_600, 1)], "what the future counted is due");
    add(&mut concentrator, &span("GET /", 1));
    assert_eq!(buckets(flush(&mut concentrator, 20, false)), [(0, 1)]);
}

#[test]
fn spans_of_odd_times_open_four_buckets_at_most() {
    let mut concentrator = concentrator(10);
    for n in 0..1_000 {
        add(&mut concentrator, &span("GET /", n * 100));
    }
    add(&mut concentrator, &Record { start_ns: u64::MAX, duration_ns: u64::MAX, ..Record::default() });
    add(&mut concentrator, &span("GET /", 109));
    assert_eq!(buckets(flush(&mut concentrator, 0, true)), [(0, 1), (100, 2), (200, 1), (300, 998)]);
}

#[test]
fn spans_beyond_the_limit_of_rows_share_one_and_sums_stay_exact() {
    let mut concentrator = concentrator(3);
    let resources = ["a", "b", "c", "d", "e", "a", "d"];
    for resource in resources {
        let record = Record { service: "cafe", http_status: 200, trace_root: true, ..span(resource, 1) };
        add(&mut concentrator, &Record { error: resource == "d", top_level: true, ..record });
    }
    let payload = flush(&mut concentrator, 1, true).unwrap();
    let rows = rows(&payload);
    let hits: Vec<_> = rows.iter().map(|row| (text(row, "Resource"), number(row, "Hits"))).collect();
    assert_eq!(hits, [("a", 2), ("b", 1), ("c", 1), ("tracer_blocked_value", 3)]);
    for (key, expected) in [("Hits", 7), ("TopLevelHits", 7), ("Errors", 2), ("Duration", 7 * 2_000_000)] {
        assert_eq!(rows.iter().map(|row| number(row, key)).sum::<u64>(), expected, "{key}");
    }

    let rest = rows[3];
    for key in ["Service", "Name", "Type", "SpanKind", "HTTPMethod", "HTTPEndpoint", "srv_src"] {
        assert_eq!(text(rest, key), "tracer_blocked_value", "{key}");
    }
    assert_eq!(rest["PeerTags"], Value::Array(vec!["tracer_blocked_value".into()]));
    assert_eq!((text(rest, "GRPCStatusCode"), number(rest, "HTTPStatusCode")), ("", 0));
    assert_eq!((number(rest, "IsTraceRoot"), &rest["Synthetics"]), (0, &Value::Boolean(false)));
    assert_eq!(sketch(rest, "OkSummary").total() + sketch(rest, "ErrorSummary").total(), 3.0);
}

#[test]
fn long_resources_use_the_limit_up_sooner() {
    let mut concentrator = concentrator(1_000_000);
    for n in 0..2_000 {
        add(&mut concentrator, &span(&format!("{n:05000}"), 1));
    }
    let payload = flush(&mut concentrator, 1, true).unwrap();
    let rows = rows(&payload);
    assert!(rows.len() < 1_000, "{} rows of five thousand bytes", rows.len());
    assert_eq!(rows.iter().map(|row| number(row, "Hits")).sum::<u64>(), 2_000);
}

#[test]
fn a_long_resource_is_stored_once_however_often_it_is_hit() {
    let mut concentrator = concentrator(10);
    let long = "x".repeat(5_000);
    for _ in 0..2_000 {
        add(&mut concentrator, &span(&long, 1));
    }
    add(&mut concentrator, &span("a", 1));
    let payload = flush(&mut concentrator, 1, true).unwrap();
    let hits: Vec<_> = rows(&payload).iter().map(|row| (text(row, "Resource"), number(row, "Hits"))).collect();
    assert_eq!(hits, [(long.as_str(), 2_000), ("a", 1)]);
}

#[test]
fn each_bucket_has_a_limit_of_its_own() {
    let mut concentrator = concentrator(1);
    for end_s in [1, 11] {
        add(&mut concentrator, &span("a", end_s));
    }
    let payload = flush(&mut concentrator, 11, true).unwrap();
    assert_eq!(rows(&payload).iter().map(|row| text(row, "Resource")).collect::<Vec<_>>(), ["a", "a"]);
}

#[test]
fn records_that_make_no_sense_count_nothing() {
    let mut concentrator = concentrator(10);
    for bytes in [&[][..], &[1], &[0xff; 100], &[0; 100]] {
        concentrator.add(bytes);
    }
    assert_eq!(flush(&mut concentrator, 0, true), None);
}
