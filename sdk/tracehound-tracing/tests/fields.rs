//! What the fields of a `tracing` span say on the Datadog span.

mod support;

use std::error::Error;
use std::fmt;

use support::spans;
use tracehound::testing::FinishedSpan;
use tracing::field::{Empty, debug};
use tracing::{Span, info_span};

/// The span `work`, which `start` makes.
fn work(start: impl FnOnce() -> Span) -> FinishedSpan {
    spans(|| drop(start())).remove("work").unwrap_or_default()
}

#[test]
fn without_fields_the_name_is_operation_and_resource() {
    let span = work(|| info_span!("work"));
    assert_eq!((&*span.name, &*span.resource, &*span.service, &*span.span_type), ("work", "work", "cafe", ""));
    assert!(!span.error);
}

#[test]
fn well_known_fields_set_what_they_are_named_after() {
    for start in [
        || info_span!("work", service = "till", resource = "GET /beers", span_type = "web", otel.kind = "server"),
        || info_span!("work", service.name = "till", resource.name = "GET /beers", span.type = "web", otel.kind = "SERVER"),
        || info_span!("work", service = %"till", otel.name = "GET /beers", span.type = ?format_args!("web"), otel.kind = ?Kind::Server),
    ] {
        let span = work(start);
        assert_eq!((&*span.service, &*span.resource, &*span.span_type), ("till", "GET /beers", "web"));
        assert_eq!(span.text("span.kind"), "server");
        assert_eq!(span.text("otel.kind"), "", "it is told once");
    }
}

#[derive(Debug)]
enum Kind {
    Server,
}

#[test]
fn the_operation_can_be_named_at_run_time() {
    let spans = spans(|| drop(info_span!("work", operation.name = "web.request")));
    assert_eq!(spans.keys().collect::<Vec<_>>(), ["web.request"]);
}

#[test]
fn numbers_are_numbers_and_all_else_is_text() {
    let span = work(|| {
        info_span!(
            "work",
            count = 3,
            below = -3_i64,
            big = u64::MAX,
            price = 2.5,
            hot = true,
            drink = "tea",
            shown = %"displayed",
            debugged = ?Some(1),
            huge = u128::MAX,
            missing = Empty,
            nothing = None::<u8>,
            r#type = "reserved",
        )
    });
    for (key, number) in [("count", 3.0), ("below", -3.0), ("big", u64::MAX as f64), ("price", 2.5)] {
        assert_eq!(span.metrics.get(key), Some(&number), "{key}");
    }
    let huge = u128::MAX.to_string();
    for (key, expected) in [
        ("hot", "true"),
        ("drink", "tea"),
        ("shown", "displayed"),
        ("debugged", "Some(1)"),
        ("huge", &huge),
        ("missing", ""),
        ("nothing", ""),
        ("type", "reserved"),
    ] {
        assert_eq!(span.text(key), expected, "{key}");
    }
}

#[test]
fn fields_recorded_later_act_like_those_at_the_start() {
    let span = work(|| {
        let span = info_span!("work", size = Empty, otel.name = Empty, drink = "tea");
        span.record("size", 7).record("drink", "coffee").record("otel.name", "late");
        span.in_scope(|| {
            Span::current().record("size", 8);
        });
        span
    });
    assert_eq!((span.metrics["size"], span.text("drink"), &*span.resource), (8.0, "coffee", "late"));
}

#[test]
fn a_trace_is_kept_by_a_field() {
    let span = work(|| info_span!("work", manual.keep = true));
    assert_eq!(span.metrics["_sampling_priority_v1"], 2.0);
}

#[derive(Debug)]
struct NoWater {
    cause: std::num::ParseIntError,
}

impl fmt::Display for NoWater {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no water")
    }
}

impl Error for NoWater {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

#[test]
fn an_error_tells_type_message_and_causes() {
    let error = NoWater { cause: "x".parse::<u8>().unwrap_err() };
    let span = work(|| info_span!("work", error = &error as &(dyn Error + 'static)));
    assert!(span.error);
    assert_eq!(span.text("error.type"), "NoWater");
    assert_eq!(span.text("error.message"), "no water: invalid digit found in string");
}

#[test]
fn an_error_as_text_is_a_message() {
    for start in [
        || info_span!("work", error = "no water"),
        || info_span!("work", error = %"no water"),
        || info_span!("work", error = ?format_args!("no water")),
        || info_span!("work", otel.status_code = "ERROR", otel.status_message = "no water"),
        || info_span!("work", otel.status_code = ?fmt::Error, otel.status_description = "no water"),
    ] {
        let span = work(start);
        assert_eq!((span.error, span.text("error.message"), span.text("error.type")), (true, "no water", ""));
    }
}

#[test]
fn a_status_or_a_truth_value_marks_failure_alone() {
    for (start, fails) in [
        ((|| info_span!("work", error = true)) as fn() -> Span, true),
        (|| info_span!("work", error = "true"), true),
        (|| info_span!("work", otel.status_code = "error"), true),
        (|| info_span!("work", error = false), false),
        (|| info_span!("work", error = "false"), false),
        (|| info_span!("work", error = true, otel.status_code = "OK"), false),
        (|| info_span!("work", otel.status_code = "UNSET"), false),
    ] {
        let span = work(start);
        assert_eq!((span.error, span.text("error"), span.text("error.message")), (fails, "", ""));
    }
}

/// While it is formatted, it uses the span that it is a field of.
struct Meddling(Span);

impl fmt::Debug for Meddling {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.record("inner", "set while formatting");
        let _nested = info_span!("nested", shape = ?"round").entered();
        tracing::info!("formatting");
        out.write_str("outer")
    }
}

#[test]
fn a_value_may_use_the_registry_while_it_is_formatted() {
    let span = work(|| {
        let span = info_span!("work", inner = Empty, outer = Empty);
        span.record("outer", debug(Meddling(span.clone())));
        span
    });
    assert_eq!((span.text("inner"), span.text("outer")), ("set while formatting", "outer"));
}
