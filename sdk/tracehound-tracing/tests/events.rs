//! Events of `tracing` as events and errors of spans.

mod support;

use std::collections::BTreeMap;
use std::error::Error;

use support::{spans, spans_with};
use tracehound::testing::{FinishedSpan, InMemory};
use tracing::{Span, info_span, instrument};
use tracing_subscriber::prelude::*;

/// The span `work`, in which `happen` is called.
fn work(happen: impl FnOnce()) -> FinishedSpan {
    spans(|| info_span!("work").in_scope(happen)).remove("work").unwrap_or_default()
}

fn attributes<const N: usize>(expected: [(&str, &str); N]) -> BTreeMap<String, String> {
    expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

#[test]
fn an_event_becomes_an_event_with_typed_attributes() {
    let span =
        work(|| tracing::info!(target: "till", cup = 3, hot = true, price = 2.5, who = ?Some("me"), "sold {}", "tea"));
    let [event] = &span.events[..] else { panic!("{span:?}") };
    assert_eq!(event.name, "sold tea");
    assert_eq!(
        event.attributes,
        attributes([
            ("cup", "3"),
            ("hot", "true"),
            ("price", "2.5"),
            ("who", "\"Some(\\\"me\\\")\""),
            ("level", "\"INFO\""),
            ("target", "\"till\""),
        ])
    );
    assert!(!span.error);
}

#[test]
fn events_go_to_the_span_they_are_in() {
    let spans = spans(|| {
        let named = info_span!("named");
        tracing::info!("outside of all");
        let _current = info_span!("current").entered();
        tracing::info!("in current");
        tracing::info!(parent: &named, "in named");
        tracing::info!(parent: None, "in none");
        let _native = tracehound::span("native").start().entered();
        tracing::info!("in native");
        tracing::debug!("not seen");
    });
    for (name, expected) in [("named", "in named"), ("current", "in current"), ("native", "in native")] {
        let names: Vec<&str> = spans[name].events.iter().map(|event| &*event.name).collect();
        assert_eq!(names, [expected], "{name}");
    }
}

#[test]
fn events_can_be_left_out_while_errors_are_still_told() {
    let spans = spans_with(tracehound_tracing::builder().events(false), || {
        let _work = info_span!("work").entered();
        tracing::info!("sold");
        tracing::error!(error = "no water", "cannot brew");
    });
    assert!(spans["work"].events.is_empty());
    assert_eq!((spans["work"].error, spans["work"].text("error.message")), (true, "no water"));
}

#[test]
fn an_error_that_is_only_logged_is_none_of_the_span() {
    let span = work(|| {
        tracing::warn!(error = "no water", "trying again");
        tracing::error!("cannot brew");
    });
    assert_eq!((span.error, span.events.len(), span.text("error.message")), (false, 2, ""));
}

#[instrument(err)]
fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[instrument(err(Debug), fields(resource = "again"))]
fn parse_debug(text: &str) -> Result<u8, std::num::ParseIntError> {
    parse(text)
}

#[test]
fn instrument_err_marks_the_span_and_makes_no_event_besides() {
    let spans = spans(|| {
        let _outside = info_span!("outside").entered();
        parse_debug("x").unwrap_err();
    });
    let (outer, inner) = (&spans["parse_debug"], &spans["parse"]);
    assert_eq!((inner.error, inner.text("error.message")), (true, "invalid digit found in string"));
    assert_eq!((outer.error, outer.text("error.message")), (true, "ParseIntError { kind: InvalidDigit }"));
    assert_eq!((inner.text("text"), &*outer.resource), ("x", "again"));
    assert!(spans.values().all(|span| span.events.is_empty()));
    assert!(!spans["outside"].error);
}

#[test]
fn an_error_event_marks_a_native_span_too() {
    let memory = InMemory::default();
    let subscriber = tracing_subscriber::registry().with(tracehound_tracing::layer());
    memory.scope(|| {
        tracing::subscriber::with_default(subscriber, || {
            let _request = tracehound::span("http.request").start().entered();
            tracing::error!(error = %"sold out", "no donut");
        });
    });
    let request = memory.take().spans().remove(0);
    assert_eq!((request.error, request.text("error.message")), (true, "sold out"));
    assert_eq!(request.events[0].name, "no donut");
}

#[test]
fn an_error_event_with_more_to_say_is_an_event_as_well() {
    let error = "x".parse::<u8>().unwrap_err();
    let span = work(|| tracing::error!(error = &error as &(dyn Error + 'static), cup = 3, "cannot brew"));
    assert_eq!((span.error, span.text("error.type")), (true, "ParseIntError"));
    let [event] = &span.events[..] else { panic!("{span:?}") };
    assert_eq!((&*event.name, &*event.attributes["cup"]), ("cannot brew", "3"));
}

#[test]
fn a_record_of_the_log_crate_is_an_event_with_its_own_target() {
    let span = work(|| {
        let mut record = log::Record::builder();
        record
            .level(log::Level::Info)
            .target("till")
            .module_path(Some("till::drawer"))
            .file(Some("till.rs"))
            .line(Some(7));
        tracing_log::format_trace(&record.args(format_args!("open")).build()).unwrap();
    });
    let [event] = &span.events[..] else { panic!("{span:?}") };
    assert_eq!(event.name, "open");
    assert_eq!(event.attributes, attributes([("level", r#""INFO""#), ("target", r#""till""#)]));
}

#[test]
fn a_span_holds_a_bounded_number_of_events() {
    let span = work(|| (0..5_000).for_each(|_| tracing::info!("again")));
    assert_eq!(span.events.len(), 1_000);
}

#[test]
fn huge_values_are_cut() {
    let huge = "x".repeat(1_000_000);
    let span = work(|| {
        tracing::info!(huge, "event");
        tracing::error!(error = %huge);
    });
    assert!(span.events[0].attributes["huge"].len() < 110_000);
    assert_eq!(span.text("error.message").len(), 25_000);
}

#[test]
fn an_event_after_the_end_is_ignored() {
    let spans = spans(|| {
        let span = info_span!("work");
        tracehound_tracing::handle(&span).finish();
        span.in_scope(|| tracing::error!(error = "late"));
        span.record("late", 1);
        drop::<Span>(span);
    });
    assert!(!spans["work"].error && spans["work"].events.is_empty());
}
