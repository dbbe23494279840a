//! Fields of a `tracing` span as what they set on the Datadog span: written straight through, value by value.

use std::error::Error;
use std::fmt::Debug;

use tracehound::SpanRef;
use tracing::field::{Field, Visit};

use crate::{failure, text};

/// The kinds of OpenTelemetry, as `span.kind` tells them.
const KINDS: [&str; 5] = ["server", "client", "producer", "consumer", "internal"];

pub(crate) struct SpanFields<'a>(pub(crate) &'a SpanRef);

impl SpanFields<'_> {
    /// Sets what a field of text stands for. `service.name`, `resource.name` and `span.type` are known to `set_tag` itself.
    fn set_text(&self, name: &str, text: &str) {
        let span = self.0;
        match name {
            "otel.name" | "resource" => span.set_resource(text),
            "operation.name" => span.set_name(text),
            "service" => span.set_service(text),
            "span_type" => span.set_type(text),
            "otel.kind" => span.set_tag("span.kind", kind(text)),
            "otel.status_code" => self.set_status(text),
            "otel.status_message" | "otel.status_description" => span.set_tag("error.message", text),
            "error" => failure::mark_with_text(span, text),
            name => span.set_tag(name, text),
        };
    }

    fn set_status(&self, code: &str) -> &SpanRef {
        if code.eq_ignore_ascii_case("error") {
            self.0.set_failed(true)
        } else if code.eq_ignore_ascii_case("ok") {
            self.0.set_failed(false)
        } else {
            self.0
        }
    }
}

/// A kind in any case, as fields bring it; nothing if it is none.
fn kind(text: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| kind.eq_ignore_ascii_case(text))
}

impl Visit for SpanFields<'_> {
    fn record_f64(&mut self, field: &Field, number: f64) {
        self.0.set_tag(field.name(), number);
    }

    fn record_i64(&mut self, field: &Field, number: i64) {
        self.0.set_tag(field.name(), number);
    }

    fn record_u64(&mut self, field: &Field, number: u64) {
        self.0.set_tag(field.name(), number);
    }

    fn record_bool(&mut self, field: &Field, truth: bool) {
        match field.name() {
            "error" => self.0.set_failed(truth),
            name => self.0.set_tag(name, truth),
        };
    }

    fn record_str(&mut self, field: &Field, text: &str) {
        self.set_text(field.name(), text);
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        match field.name() {
            "error" => failure::mark(self.0, error),
            name => text::with(format_args!("{error}"), |text| self.set_text(name, text)),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        text::with(format_args!("{value:?}"), |text| self.set_text(field.name(), text));
    }
}
