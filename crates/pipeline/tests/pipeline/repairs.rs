//! What is wrong with a span is repaired and counted; the span is kept.

use crate::support::*;
use tracehound_model::{Attribute, Extras, Link};

/// Sends one span and gives its row's `(service, name, resource, type)` and the counters.
fn strings(service: &str, name: &str, resource: &str, kind: &str) -> ([String; 4], Vec<(&'static str, u64)>) {
    let sent = Sent { name: name.into(), resource: resource.into(), kind: kind.into(), ..span(1, 0).service(service) };
    let (batch, report) = process(&[vec![sent]]);
    let row = batch.span(0);
    ([row.service(), row.name(), row.resource(), row.kind()].map(str::to_owned), counted(report.repaired()))
}

#[test]
fn a_good_span_is_kept_as_sent() {
    let sent = span(1, 9).tag("http.method", "GET").tag("Key With Blanks", "Ünïcode $").metric("m", -0.5);
    let (batch, report) = process(&[vec![sent]]);
    let row = batch.span(0);
    assert_eq!((row.head().span_id, row.head().parent_id), (1, 9));
    assert_eq!((row.head().start, row.head().duration), (NOW, 1_000));
    assert_eq!((row.service(), row.name(), row.resource(), row.kind()), ("shop", "web.request", "GET /", "web"));
    assert_eq!(meta(row), [("Key With Blanks", "Ünïcode $"), ("http.method", "GET")]);
    assert_eq!(row.metric_value("m"), Some(-0.5));
    assert_eq!(counted(report.repaired()), []);
}

#[test]
fn strings_of_a_span_are_repaired_each_by_its_rule() {
    let a101 = "a".repeat(101);
    let a100 = "a".repeat(100);
    let table: &[([&str; 4], [&str; 4], &[&str])] = &[
        (["", "n", "r", ""], ["unnamed-python-service", "n", "r", ""], &["service_empty"]),
        (["$", "n", "r", ""], ["unnamed-python-service", "n", "r", ""], &["service_invalid"]),
        ([&a101, "n", "r", ""], [&a100, "n", "r", ""], &["service_truncate"]),
        (["Web Shop", "n", "r", ""], ["web_shop", "n", "r", ""], &[]),
        (["s", "", "r", ""], ["s", "unnamed_operation", "r", ""], &["span_name_empty"]),
        (["s", "/", "r", ""], ["s", "unnamed_operation", "r", ""], &["span_name_invalid"]),
        (["s", &a101, "r", ""], ["s", &a100, "r", ""], &["span_name_truncate"]),
        (["s", "a-b", "", ""], ["s", "a_b", "a_b", ""], &["resource_empty"]),
        (
            ["s", "", "", ""],
            ["s", "unnamed_operation", "unnamed_operation", ""],
            &["span_name_empty", "resource_empty"],
        ),
        (["s", "n", "  r $", ""], ["s", "n", "  r $", ""], &[]),
        (["s", "n", "r", "Any $ Type"], ["s", "n", "r", "Any $ Type"], &[]),
        (["s", "n", "r", &a101], ["s", "n", "r", &a100], &["type_truncate"]),
    ];
    for (sent, expected, counters) in table {
        let (got, counts) = strings(sent[0], sent[1], sent[2], sent[3]);
        assert_eq!(got, *expected, "{sent:?}");
        assert_eq!(counts.iter().map(|(name, _)| *name).collect::<Vec<_>>(), *counters, "{sent:?}");
    }
}

#[test]
fn a_span_of_an_unknown_language_falls_back_to_the_plain_name() {
    let context = tracehound_pipeline::Context { language: "", ..CONTEXT };
    let (batch, _) = process_in(context, &[vec![span(1, 0).service("")]]);
    assert_eq!(batch.span(0).service(), "unnamed-service");
}

#[test]
fn tags_with_a_meaning_are_repaired() {
    let a101 = "a".repeat(101);
    let table: &[(&str, &str, Option<&str>, &[&str])] = &[
        ("env", "Prod EU", Some("prod_eu"), &[]),
        ("env", "", Some(""), &[]),
        ("env", "$", Some(""), &[]),
        ("env", &a101, Some(&a101), &[]),
        ("peer.service", "Orders DB", Some("orders_db"), &[]),
        ("peer.service", "", Some(""), &[]),
        ("peer.service", "$", Some(""), &["peer_service_invalid"]),
        ("peer.service", &a101, Some(&a101[..100]), &["peer_service_truncate"]),
        ("_dd.base_service", "Web Shop", Some("web_shop"), &[]),
        ("_dd.base_service", "", Some(""), &[]),
        ("_dd.base_service", "$", Some(""), &["base_service_invalid"]),
        ("_dd.base_service", &a101, Some(&a101[..100]), &["base_service_truncate"]),
        ("http.status_code", "404", Some("404"), &[]),
        ("http.status_code", "0404", Some("0404"), &[]),
        ("http.status_code", "600", None, &["invalid_http_status_code"]),
        ("http.status_code", "", None, &["invalid_http_status_code"]),
        ("version", "V 1$", Some("V 1$"), &[]),
    ];
    for (key, sent, expected, counters) in table {
        let (batch, report) = process(&[vec![span(1, 0).tag(key, sent)]]);
        assert_eq!(batch.span(0).meta_value(key), *expected, "{key}: {sent:?}");
        assert_eq!(
            counted(report.repaired()).iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            *counters,
            "{key}: {sent:?}"
        );
    }
}

#[test]
fn of_a_repeated_key_the_last_value_counts_and_alone_is_judged() {
    let sent = span(1, 0)
        .tag("http.status_code", "200")
        .tag("http.status_code", "none")
        .tag("peer.service", "$")
        .tag("peer.service", "B")
        .tag("env", "A")
        .tag("env", "B")
        .tag("x", "1")
        .tag("x", "2")
        .metric("m", 1.0)
        .metric("m", f64::INFINITY);
    let (batch, report) = process(&[vec![sent]]);
    assert_eq!(meta(batch.span(0)), [("env", "b"), ("peer.service", "b"), ("x", "2")]);
    assert_eq!(batch.span(0).metric_value("m"), Some(f64::INFINITY));
    assert_eq!(counted(report.repaired()), [("invalid_http_status_code", 1)]);
}

#[test]
fn a_repair_is_counted_for_every_span_though_the_string_is_repaired_once() {
    let chunk = |first| (first..first + 3).map(|id| span(id, 0).service("")).collect();
    let (batch, report) = process(&[chunk(1), chunk(4)]);
    assert_eq!(counted(report.repaired()), [("service_empty", 6)]);
    assert_eq!(batch.span(5).service(), "unnamed-python-service");
}

#[test]
fn times_outside_of_what_can_be_are_replaced() {
    let sent = |id, start, duration| Sent { start, duration, ..span(id, 0) };
    let (batch, report) = process(&[vec![
        sent(1, i64::MIN, i64::MIN),
        sent(2, i64::MAX, i64::MAX),
        sent(3, 0, 5),
        sent(4, NOW + 31_536_000_000_000_000, 5),
    ]]);
    let times: Vec<_> = (0..4).map(|row| (batch.span(row).head().start, batch.span(row).head().duration)).collect();
    assert_eq!(times, [(NOW, 0), (i64::MAX, 0), (NOW - 5, 5), (NOW + 31_536_000_000_000_000, 5)]);
    assert_eq!(counted(report.repaired()), [("invalid_duration", 2), ("invalid_start_date", 2)]);
    assert_eq!(batch.chunks()[0].first_start, NOW - 5);
}

#[test]
fn numbers_that_are_not_finite_are_kept_bit_by_bit() {
    let sent = span(1, 0).metric("nan", f64::NAN).metric("low", f64::NEG_INFINITY).metric("zero", -0.0);
    let (batch, _) = process(&[vec![sent]]);
    let bits = |key| batch.span(0).metric_value(key).map(f64::to_bits);
    assert_eq!(bits("nan"), Some(f64::NAN.to_bits()));
    assert_eq!(bits("low"), Some(f64::NEG_INFINITY.to_bits()));
    assert_eq!(bits("zero"), Some((-0.0f64).to_bits()));
}

#[test]
fn repeated_span_ids_are_counted_and_kept() {
    let (batch, report) = process(&[vec![span(1, 0), span(2, 1), span(1, 0), span(1, 0)]]);
    assert_eq!(batch.rows(), 4);
    assert_eq!(counted(report.repaired()), [("duplicate_span_id", 2)]);
}

#[test]
fn links_events_and_binary_values_reach_the_row_and_link_names_are_normalised() {
    let link = |name: &str| Link {
        span_id: 3,
        attributes: vec![("link.name".into(), Attribute::String(name.into()))],
        ..Link::default()
    };
    let extras = |name| Extras {
        links: vec![link(name)],
        meta_struct: vec![("k".repeat(300).into(), Box::from([0; 30_000]))],
        ..Extras::default()
    };
    let sent = Sent { extras: Some(Box::new(extras("GET /a b"))), ..span(2, 1) };
    let (batch, _) = process(&[vec![span(1, 0), sent]]);
    assert_eq!(batch.span(0).extras(), None);
    assert_eq!(batch.span(1).extras(), Some(&extras("GET_a_b")));
}
