//! What was asked of a layer, and the spans that come of it.

use http::Uri;
use http::request::Parts;
use tracehound::Span;
use tracehound::integration::SpanTemplate;
use tracehound::integration::grpc::{self, Side};
use tracehound_tower::{ClientSpan, Headers, HeadersMut, ServerSpan};

use crate::kinds::MethodKinds;

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) side: Side,
    pub(crate) spans: SpanTemplate,
    pub(crate) method_kinds: MethodKinds,
    /// Where a client's calls go.
    pub(crate) target: Option<Uri>,
}

impl Options {
    pub(crate) fn new(side: Side) -> Self {
        Self { side, spans: SpanTemplate::new("tonic"), method_kinds: MethodKinds::default(), target: None }
    }

    /// Starts the span of a call; a disabled one if a layer outside made it already.
    pub(crate) fn begin(&self, head: &mut Parts) -> Span {
        match self.side {
            Side::Server => self.answer(head),
            Side::Client => self.ask(head),
        }
    }

    fn answer(&self, head: &mut Parts) -> Span {
        let tracer = self.spans.tracer();
        if !tracer.is_enabled() || head.extensions.get::<ServerSpan>().is_some() {
            return Span::disabled();
        }
        let context = tracer.extract(&Headers(&head.headers));
        let span = self.spans.span(self.side.operation()).tracer(&tracer).child_of(&context).start();
        if span.is_enabled() {
            self.describe(&span, head);
            head.extensions.insert(ServerSpan(span.handle()));
        }
        span
    }

    fn ask(&self, head: &mut Parts) -> Span {
        if head.extensions.get::<ClientSpan>().is_some() {
            return Span::disabled();
        }
        let span = self.spans.span(self.side.operation()).start();
        if span.is_enabled() {
            self.describe(&span, head);
            self.tag_target(&span, &head.uri);
            span.inject(&mut HeadersMut(&mut head.headers));
            head.extensions.insert(ClientSpan(span.handle()));
        }
        span
    }

    fn describe(&self, span: &Span, head: &Parts) {
        let method = head.uri.path();
        grpc::describe(span, self.side, method, self.method_kinds.of(method));
        span.set_tag("component", self.spans.component());
    }

    fn tag_target(&self, span: &Span, uri: &Uri) {
        let target = self.target.as_ref().unwrap_or(uri);
        let Some(host) = target.host() else { return };
        span.set_tag("out.host", host).set_tag("network.destination.name", host);
        span.set_tag("network.destination.port", target.port_u16());
    }
}
