//! What all spans of one wrapper or layer have in common.

use crate::{SpanBuilder, Tracer};

/// The choices that the user of a wrapper or layer makes for all its spans: under which service they stand, and whose tracer makes them.
///
/// ```
/// use tracehound::integration::SpanTemplate;
///
/// struct Mailer { spans: SpanTemplate }
///
/// impl Mailer {
///     fn send(&self) {
///         let span = self.spans.span("mail.send").start();
///         span.set_tag("component", self.spans.component());
///     }
/// }
///
/// let mut spans = SpanTemplate::new("mailer");
/// spans.set_service("outbox");
/// Mailer { spans }.send();
/// ```
#[derive(Clone, Debug)]
pub struct SpanTemplate {
    component: &'static str,
    service: Option<String>,
    tracer: Option<Tracer>,
}

impl SpanTemplate {
    /// Spans under the application's service, made by the tracer of the span around them or the global one. `component` names the
    /// library that is traced.
    ///
    /// ```
    /// let spans = tracehound::integration::SpanTemplate::new("mailer");
    /// ```
    pub const fn new(component: &'static str) -> SpanTemplate {
        SpanTemplate { component, service: None, tracer: None }
    }

    /// Names another library.
    ///
    /// ```
    /// let mut spans = tracehound::integration::SpanTemplate::new("mailer");
    /// spans.set_component("bulk-mailer");
    /// ```
    pub fn set_component(&mut self, component: &'static str) {
        self.component = component;
    }

    /// Sets the spans' service, which then comes from the component (`_dd.svc_src`).
    ///
    /// ```
    /// let mut spans = tracehound::integration::SpanTemplate::new("mailer");
    /// spans.set_service("outbox");
    /// ```
    pub fn set_service(&mut self, service: impl Into<String>) {
        self.service = Some(service.into());
    }

    /// Sets the tracer of spans that are not below another one.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let mut spans = tracehound::integration::SpanTemplate::new("mailer");
    /// spans.set_tracer(&tracer);
    /// ```
    pub fn set_tracer(&mut self, tracer: &Tracer) {
        self.tracer = Some(tracer.clone());
    }

    /// The library that is traced, for the tag `component`.
    ///
    /// ```
    /// assert_eq!(tracehound::integration::SpanTemplate::new("mailer").component(), "mailer");
    /// ```
    pub fn component(&self) -> &'static str {
        self.component
    }

    /// The tracer that was set, or else the global one: for spans that begin where a request comes in.
    ///
    /// ```
    /// let context = tracehound::integration::SpanTemplate::new("mailer").tracer().extract(&Vec::<(String, String)>::new());
    /// ```
    pub fn tracer(&self) -> Tracer {
        self.tracer.clone().unwrap_or_else(crate::tracer)
    }

    /// A span to start: a child of the current one, unless it is told another parent.
    ///
    /// ```
    /// let span = tracehound::integration::SpanTemplate::new("mailer").span("mail.send").start();
    /// ```
    pub fn span<'a>(&'a self, operation: &'a str) -> SpanBuilder<'a> {
        let mut builder = crate::span(operation);
        if let Some(tracer) = &self.tracer {
            builder = builder.tracer(tracer);
        }
        if let Some(service) = &self.service {
            builder = builder.service_from(service, self.component);
        }
        builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::InMemory;

    #[test]
    fn a_service_comes_from_the_component_and_a_tracer_is_for_spans_without_a_parent() {
        let (own, other) = (InMemory::new(&[("DD_SERVICE", "own")]), InMemory::new(&[("DD_SERVICE", "other")]));
        let mut spans = SpanTemplate::new("mailer");
        spans.set_tracer(own.tracer());
        spans.span("first").start().finish();
        spans.set_service("outbox");
        spans.span("second").start().finish();
        other.tracer().span("request").start().in_scope(|| spans.span("inside").start().finish());
        let told = |memory: &InMemory| -> Vec<_> {
            let spans = memory.take().spans().into_iter();
            spans.map(|span| (span.name, span.service, span.meta.get("_dd.svc_src").cloned())).collect()
        };
        let span = |name: &str, service: &str, source: Option<&str>| {
            (name.to_owned(), service.to_owned(), source.map(str::to_owned))
        };
        assert_eq!(told(&own), [span("first", "own", None), span("second", "outbox", Some("mailer"))]);
        assert_eq!(told(&other), [span("request", "other", None), span("inside", "outbox", Some("mailer"))]);
    }
}
