//! Events of `tracing` as events of the Datadog span, and errors that come as events as errors of the span.

use std::error::Error;
use std::fmt::Debug;

use tracehound::{Attribute, SpanRef};
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::{bridge, failure, text};

/// Tells a span what happened in it.
///
/// An event at level `ERROR` with a field `error` marks the span as failed. If that field is all it has, as with `#[instrument(err)]`,
/// the error says everything and there is no event besides.
pub(crate) fn record(span: &SpanRef, event: &Event<'_>, as_events: bool) {
    let metadata = event.metadata();
    let mut fields = EventFields {
        span,
        marks: *metadata.level() == Level::ERROR,
        collects: as_events,
        is_record: bridge::is_record(metadata),
        has_marked: false,
        message: None,
        attributes: Vec::new(),
    };
    event.record(&mut fields);
    if !as_events || (fields.has_marked && fields.message.is_none() && fields.attributes.is_empty()) {
        return;
    }
    let EventFields { message, mut attributes, .. } = fields;
    attributes.push(("level", metadata.level().as_str().into()));
    attributes.push(("target", bridge::target(event).as_ref().into()));
    span.add_event(message.as_deref().unwrap_or(metadata.name()), None, attributes);
}

struct EventFields<'a> {
    span: &'a SpanRef,
    /// An error among the fields is the span's.
    marks: bool,
    collects: bool,
    is_record: bool,
    has_marked: bool,
    message: Option<String>,
    attributes: Vec<(&'static str, Attribute)>,
}

impl EventFields<'_> {
    fn add(&mut self, field: &Field, value: impl Into<Attribute>) {
        if self.collects && !(self.is_record && bridge::is_metadata(field)) {
            self.attributes.push((field.name(), value.into()));
        }
    }

    fn add_text(&mut self, field: &Field, text: &str) {
        match field.name() {
            "error" if self.marks => {
                failure::mark_with_text(self.span, text);
                self.has_marked = true;
            }
            "message" if self.collects => self.message = Some(text.to_owned()),
            _ => self.add(field, text),
        }
    }
}

impl Visit for EventFields<'_> {
    fn record_f64(&mut self, field: &Field, number: f64) {
        self.add(field, number);
    }

    fn record_i64(&mut self, field: &Field, number: i64) {
        self.add(field, number);
    }

    fn record_u64(&mut self, field: &Field, number: u64) {
        self.add(field, number);
    }

    fn record_bool(&mut self, field: &Field, truth: bool) {
        self.add(field, truth);
    }

    fn record_str(&mut self, field: &Field, text: &str) {
        text::with(format_args!("{text}"), |text| self.add_text(field, text));
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        if self.marks && field.name() == "error" {
            failure::mark(self.span, error);
            self.has_marked = true;
        } else {
            text::with(format_args!("{error}"), |text| self.add_text(field, text));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        text::with(format_args!("{value:?}"), |text| self.add_text(field, text));
    }
}
