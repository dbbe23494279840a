//! The span of one request.

use std::future::Future;

use reqwest::header::HeaderMap;
use reqwest::{Error, Method, Request, Response, StatusCode, Url};
use tracehound::integration::http::{ClientRequest, client_response};
use tracehound::integration::{SpanTemplate, observe};
use tracehound::{Span, SpanRef};
use tracehound_tower::{Headers, HeadersMut};

use crate::error;

/// What the spans of a client have in common.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) spans: SpanTemplate,
    pub(crate) host_in_resource: bool,
}

impl Default for Operation {
    fn default() -> Self {
        Self { spans: SpanTemplate::new("reqwest"), host_in_resource: false }
    }
}

impl Operation {
    /// Sends a request by `send` within a span of its own.
    pub(crate) async fn send<F>(
        &self,
        mut request: Request,
        resource: Option<&str>,
        send: impl FnOnce(Request) -> F,
    ) -> Result<Response, Error>
    where
        F: Future<Output = Result<Response, Error>>,
    {
        let method = request.method().clone();
        let url = request.url().clone();
        let span = self.begin(&method, &url, request.headers_mut(), resource);
        let response = span.in_scope(|| send(request));
        let unanswered = Unanswered::new(&span);
        observe(span, response, |span, result| {
            unanswered.answered();
            match result {
                Ok(response) => tell(span, response.status(), response.headers()),
                Err(error) => error::record(span, error),
            }
        })
        .await
    }

    /// Starts the span of a request and puts its trace headers there.
    pub(crate) fn begin(&self, method: &Method, url: &Url, headers: &mut HeaderMap, resource: Option<&str>) -> Span {
        let span = self.spans.span("http.request").start();
        if span.is_enabled() {
            span.set_tag("component", self.spans.component());
            self.describe(&span, method, url, headers);
            if let Some(resource) = resource {
                span.set_resource(resource);
            }
            span.inject(&mut HeadersMut(headers));
        }
        span
    }

    fn describe(&self, span: &SpanRef, method: &Method, url: &Url, headers: &HeaderMap) {
        let host = url.host_str().unwrap_or_default();
        ClientRequest {
            method: method.as_str(),
            scheme: url.scheme(),
            host,
            port: url.port(),
            path: url.path(),
            query: url.query(),
            headers: &Headers(headers),
        }
        .describe(span);
        if self.host_in_resource && !host.is_empty() {
            span.set_resource(&format!("{method} {host}"));
        }
    }
}

/// Tags a request's span with the head of its response.
pub(crate) fn tell(span: &SpanRef, status: StatusCode, headers: &HeaderMap) {
    client_response(span, status.as_u16(), status.canonical_reason().unwrap_or_default(), &Headers(headers));
}

/// Marks the span of a request that is given up, as by a timeout around it.
pub(crate) struct Unanswered(Option<SpanRef>);

impl Unanswered {
    pub(crate) fn new(span: &SpanRef) -> Self {
        Self(Some(span.clone()))
    }

    pub(crate) fn answered(mut self) {
        self.0 = None;
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(span) = &self.0 {
            span.set_tag("http.cancelled", true);
        }
    }
}
