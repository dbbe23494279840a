//! For clients of the crate reqwest-middleware.

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use tracehound::Tracer;
use tracehound::integration::{error_message, observe};

use crate::error;
use crate::operation::{Operation, Unanswered, tell};

/// Traces the requests of a `ClientWithMiddleware`.
///
/// Added before a middleware that repeats requests, it makes one span of all attempts; added after it, one of each.
///
/// ```
/// let http = reqwest_middleware::ClientBuilder::new(reqwest::Client::new())
///     .with(tracehound_reqwest::TraceMiddleware::new())
///     .build();
/// ```
#[derive(Debug, Clone, Default)]
pub struct TraceMiddleware {
    operation: Operation,
}

impl TraceMiddleware {
    /// A middleware whose spans carry the application's service.
    ///
    /// ```
    /// let middleware = tracehound_reqwest::TraceMiddleware::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the spans' service.
    ///
    /// ```
    /// let middleware = tracehound_reqwest::TraceMiddleware::new().service("price-client");
    /// ```
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.operation.spans.set_service(service);
        self
    }

    /// Makes the resource `GET api.example` instead of `GET`: for clients of few hosts.
    ///
    /// ```
    /// let middleware = tracehound_reqwest::TraceMiddleware::new().host_in_resource();
    /// ```
    pub fn host_in_resource(mut self) -> Self {
        self.operation.host_in_resource = true;
        self
    }

    /// Uses this tracer for requests outside of any span.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let middleware = tracehound_reqwest::TraceMiddleware::new().tracer(&tracer);
    /// ```
    pub fn tracer(mut self, tracer: &Tracer) -> Self {
        self.operation.spans.set_tracer(tracer);
        self
    }
}

#[async_trait]
impl Middleware for TraceMiddleware {
    async fn handle(&self, mut request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        let (method, url) = (request.method().clone(), request.url().clone());
        let span = self.operation.begin(&method, &url, request.headers_mut(), None);
        let unanswered = Unanswered::new(&span);
        observe(span, next.run(request, extensions), |span, result| {
            unanswered.answered();
            match result {
                Ok(response) => tell(span, response.status(), response.headers()),
                Err(Error::Reqwest(error)) => error::record(span, error),
                Err(Error::Middleware(error)) => {
                    span.set_error_details("reqwest_middleware::Error", &error_message(&**error), "");
                }
            }
        })
        .await
    }
}
