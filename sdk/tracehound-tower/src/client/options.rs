//! What was asked of a client's layer, and the span that comes of it.

use http::request::Parts;
use tracehound::Span;
use tracehound::integration::SpanTemplate;
use tracehound::integration::http::ClientRequest;

use super::ClientSpan;
use crate::{Headers, HeadersMut};

#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) spans: SpanTemplate,
    pub(super) host_in_resource: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { spans: SpanTemplate::new("tower"), host_in_resource: false }
    }
}

impl Options {
    /// Starts the span of a request, puts its headers there, and leaves it in the extensions; a disabled one if a layer
    /// outside has its span already.
    pub(super) fn begin(&self, head: &mut Parts) -> Span {
        if head.extensions.get::<ClientSpan>().is_some() {
            return Span::disabled();
        }
        let span = self.spans.span("http.request").start();
        if span.is_enabled() {
            span.set_tag("component", self.spans.component());
            self.describe(&span, head);
            span.inject(&mut HeadersMut(&mut head.headers));
            head.extensions.insert(ClientSpan(span.handle()));
        }
        span
    }

    fn describe(&self, span: &Span, head: &Parts) {
        let host = head.uri.host().unwrap_or_default();
        ClientRequest {
            method: head.method.as_str(),
            scheme: head.uri.scheme_str().unwrap_or("http"),
            host,
            port: head.uri.port_u16(),
            path: head.uri.path(),
            query: head.uri.query(),
            headers: &Headers(&head.headers),
        }
        .describe(span);
        if self.host_in_resource && !host.is_empty() {
            span.set_resource(&format!("{} {host}", head.method));
        }
    }
}
