//! The span of one request.

use std::future::Future;

use reqwest::header::HeaderMap;
use reqwest::{Error, Method, Request, Response, StatusCode, Url};
use tracehound::integration::http::{ClientRequest, client_response};
use tracehound::{InSpan, Span, SpanRef, Tracer};
use tracehound_tower::{Headers, HeadersMut};

use crate::error;

const COMPONENT: &str = "reqwest";

/// What the spans of a client have in common.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operation {
    pub(crate) service: Option<String>,
    pub(crate) tracer: Option<Tracer>,
    pub(crate) host_in_resource: bool,
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
        let handle = span.handle();
        let response = span.in_scope(|| send(request));
        async move {
            let unanswered = Unanswered::new(&handle);
            let result = response.await;
            unanswered.answered();
            match &result {
                Ok(response) => tell(&handle, response.status(), response.headers()),
                Err(error) => error::record(&handle, error),
            }
            result
        }
        .in_span(span)
        .await
    }

    /// Starts the span of a request and puts its trace headers there.
    pub(crate) fn begin(&self, method: &Method, url: &Url, headers: &mut HeaderMap, resource: Option<&str>) -> Span {
        let mut span = tracehound::span("http.request");
        if let Some(tracer) = &self.tracer {
            span = span.tracer(tracer);
        }
        if let Some(service) = &self.service {
            span = span.service_from(service, COMPONENT);
        }
        let span = span.start();
        if span.is_enabled() {
            span.set_tag("component", COMPONENT);
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
