//! What was asked of a server's layer, and the span that comes of it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::request::Parts;
use http::uri::{Authority, Scheme};
use tracehound::Span;
use tracehound::integration::SpanTemplate;
use tracehound::integration::http::{Route, ServerRequest};

use super::ServerSpan;
use crate::Headers;

type Ask<T> = Arc<dyn Fn(&Parts) -> T + Send + Sync>;

#[derive(Clone)]
pub(super) struct Options {
    pub(super) operation: String,
    pub(super) spans: SpanTemplate,
    pub(super) route: Option<Ask<Option<String>>>,
    pub(super) peer: Option<Ask<Option<IpAddr>>>,
    pub(super) scheme: Option<Ask<Option<Scheme>>>,
    pub(super) skip: Option<Ask<bool>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            operation: String::from("http.request"),
            spans: SpanTemplate::new("tower"),
            route: None,
            peer: None,
            scheme: None,
            skip: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Options")
            .field("operation", &self.operation)
            .field("spans", &self.spans)
            .finish_non_exhaustive()
    }
}

impl Options {
    /// Starts the span of a request and leaves it in its extensions; a disabled one if the request is not to be traced
    /// or a layer outside has its span already.
    pub(super) fn begin(&self, head: &mut Parts) -> Span {
        let tracer = self.spans.tracer();
        if !tracer.is_enabled() || self.skip.as_ref().is_some_and(|skip| skip(head)) {
            return Span::disabled();
        }
        if let Some(outer) = head.extensions.get::<ServerSpan>() {
            self.tell_route(&outer.0, head);
            return Span::disabled();
        }
        let context = tracer.extract(&Headers(&head.headers));
        let span = self.spans.span(&self.operation).tracer(&tracer).child_of(&context).start();
        if span.is_enabled() {
            span.set_tag("component", self.spans.component());
            self.describe(&span, head);
            head.extensions.insert(ServerSpan(span.handle()));
        }
        span
    }

    fn describe(&self, span: &Span, head: &Parts) {
        let route = self.route.as_ref().map(|route| route(head));
        let told = self.scheme.as_ref().and_then(|scheme| scheme(head));
        let scheme = told.as_ref().or(head.uri.scheme());
        ServerRequest {
            method: head.method.as_str(),
            scheme: scheme.map_or("http", Scheme::as_str),
            authority: head.uri.authority().map(Authority::as_str),
            path: head.uri.path(),
            query: head.uri.query(),
            route: match &route {
                Some(Some(pattern)) => Route::Pattern(pattern),
                Some(None) => Route::Unmatched,
                None => Route::NotRouted,
            },
            peer: self.peer.as_ref().and_then(|peer| peer(head)),
            headers: &Headers(&head.headers),
        }
        .describe(span);
    }

    /// A router inside of another knows a route that the outer one did not.
    fn tell_route(&self, outer: &tracehound::SpanRef, head: &Parts) {
        let Some(route) = self.route.as_ref().filter(|_| outer.tag("http.route").is_none()) else { return };
        if let Some(pattern) = route(head) {
            Route::Pattern(&pattern).describe(outer, head.method.as_str());
        }
    }
}
