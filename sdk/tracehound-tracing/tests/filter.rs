//! What the layer sees, and that others see what they saw.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::{Arc, Mutex};

use support::spans_with;
use tracehound::testing::InMemory;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Level, Subscriber, debug_span, error_span, info_span, trace_span};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Spans of several levels and targets.
fn make_all() {
    info_span!("info");
    debug_span!("debug");
    trace_span!("trace");
    error_span!(target: "h2::client", "frame");
    info_span!(target: "hyper", "connection");
    info_span!(target: "rustls::conn", "handshake");
    info_span!(target: "hyperactive", "not of hyper, but begins like it");
    debug_span!(target: "cache", "lookup");
}

fn names(filter: Option<Targets>) -> Vec<String> {
    let builder = tracehound_tracing::builder();
    let builder = match filter {
        Some(filter) => builder.filter(filter),
        None => builder,
    };
    spans_with(builder, make_all).into_keys().collect()
}

#[test]
fn by_default_it_sees_info_and_above_without_noise() {
    assert_eq!(names(None), ["info"]);
}

#[test]
fn a_filter_replaces_the_default() {
    let cases: [(Targets, &[&str]); 4] = [
        (tracehound_tracing::default_targets().with_target("cache", Level::DEBUG), &["info", "lookup"]),
        (Targets::new().with_target("cache", Level::TRACE), &["lookup"]),
        ("warn,h2=error".parse().unwrap(), &["frame"]),
        (Targets::new(), &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(names(Some(filter.clone())), expected, "{filter}");
    }
}

/// A layer that notes the names of the spans it sees.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<&'static str>>>);

impl<S: Subscriber> Layer<S> for Names {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.lock().unwrap().push(attributes.metadata().name());
    }
}

#[test]
fn other_layers_keep_their_own_view() {
    for (level, expected) in [(LevelFilter::TRACE, 8), (LevelFilter::WARN, 1), (LevelFilter::OFF, 0)] {
        let (memory, others) = (InMemory::default(), Names::default());
        let subscriber = tracing_subscriber::registry()
            .with(others.clone().with_filter(level))
            .with(tracehound_tracing::builder().tracer(memory.tracer()).layer());
        tracing::subscriber::with_default(subscriber, make_all);
        assert_eq!(others.0.lock().unwrap().len(), expected, "{level}");
        assert_eq!(memory.take().spans().len(), 1, "{level}");
    }
}

#[test]
fn statements_are_asked_for_by_default_and_not_when_turned_off() {
    for (builder, expected) in [
        (tracehound_tracing::builder(), LevelFilter::DEBUG),
        (tracehound_tracing::builder().without_sql(), LevelFilter::INFO),
        (tracehound_tracing::builder().filter(Targets::new().with_default(Level::TRACE)), LevelFilter::TRACE),
        (tracehound_tracing::builder().filter(Targets::new()).without_sql(), LevelFilter::OFF),
    ] {
        let subscriber = tracing_subscriber::registry().with(builder.layer());
        assert_eq!(subscriber.max_level_hint(), Some(expected));
    }
}
