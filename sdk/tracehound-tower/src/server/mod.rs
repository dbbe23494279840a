//! The server's side: a layer that makes a span of every request.

mod options;

use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::uri::Scheme;
use http::{Request, Response};
use options::Options;
use tower_layer::Layer;
use tower_service::Service;
use tracehound::{SpanRef, Tracer};

use crate::Headers;
use crate::watch::{Body, End, ResponseFuture, Watch, step};

/// Traces the requests to a server.
///
/// ```
/// use tracehound_tower::ServerLayer;
/// let layer = ServerLayer::new().route(|head| (head.uri.path() == "/beers").then(|| "/beers".to_owned()));
/// ```
#[derive(Debug, Clone, Default)]
pub struct ServerLayer {
    options: Arc<Options>,
}

impl ServerLayer {
    /// A layer that knows no routes: its resources are the methods alone.
    ///
    /// ```
    /// let layer = tracehound_tower::ServerLayer::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells the pattern a request was routed by, such as `/users/{id}`; `None` stands for no route (`GET unknown`).
    ///
    /// ```
    /// let layer = tracehound_tower::ServerLayer::new().route(|head| head.extensions.get::<String>().cloned());
    /// ```
    pub fn route(self, route: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        self.with(|options| options.route = Some(Arc::new(route)))
    }

    /// Tells the address at the other end of the connection, for `network.client.ip`.
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// let layer = tracehound_tower::ServerLayer::new().peer(|head| head.extensions.get::<SocketAddr>().map(SocketAddr::ip));
    /// ```
    pub fn peer(self, peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.with(|options| options.peer = Some(Arc::new(peer)))
    }

    /// Tells whether a request came as `https`, for `http.url`. Without, or where it gives `None`, it is what the URI says, which is nothing
    /// in HTTP/1; then `http` is assumed.
    ///
    /// ```
    /// use http::uri::Scheme;
    /// use tracehound_tower::ServerLayer;
    ///
    /// // The server speaks TLS itself.
    /// let layer = ServerLayer::new().scheme(|_| Some(Scheme::HTTPS));
    /// // A proxy in front of it does, and overwrites what clients may have put into this header.
    /// let layer = ServerLayer::new().scheme(|head| head.headers.get("x-forwarded-proto")?.as_bytes().try_into().ok());
    /// ```
    pub fn scheme(self, scheme: impl Fn(&Parts) -> Option<Scheme> + Send + Sync + 'static) -> Self {
        self.with(|options| options.scheme = Some(Arc::new(scheme)))
    }

    /// Lets requests pass untraced for which `skip` is true, such as those of health checks.
    ///
    /// ```
    /// let layer = tracehound_tower::ServerLayer::new().skip(|head| head.uri.path() == "/health");
    /// ```
    pub fn skip(self, skip: impl Fn(&Parts) -> bool + Send + Sync + 'static) -> Self {
        self.with(|options| options.skip = Some(Arc::new(skip)))
    }

    /// Sets the spans' service; without, they carry the application's.
    ///
    /// ```
    /// let layer = tracehound_tower::ServerLayer::new().service("admin");
    /// ```
    pub fn service(self, service: impl Into<String>) -> Self {
        self.with(|options| options.spans.set_service(service))
    }

    /// Sets the operation's name; `http.request` without.
    ///
    /// ```
    /// let layer = tracehound_tower::ServerLayer::new().operation("web.request");
    /// ```
    pub fn operation(self, operation: impl Into<String>) -> Self {
        self.with(|options| options.operation = operation.into())
    }

    /// Sets the tag `component`, `tower` without: for crates that build on this one.
    ///
    /// ```
    /// let layer = tracehound_tower::ServerLayer::new().component("my-framework");
    /// ```
    pub fn component(self, component: &'static str) -> Self {
        self.with(|options| options.spans.set_component(component))
    }

    /// Uses this tracer instead of the global one.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_tower::ServerLayer::new().tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Self {
        self.with(|options| options.spans.set_tracer(tracer))
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl<S> Layer<S> for ServerLayer {
    type Service = Server<S>;

    fn layer(&self, inner: S) -> Server<S> {
        Server { inner, options: Arc::clone(&self.options) }
    }
}

/// A service whose requests are traced: see [`ServerLayer`].
///
/// ```
/// use tower_layer::Layer;
/// use tracehound_tower::{Server, ServerLayer};
/// let service: Server<()> = ServerLayer::new().layer(());
/// ```
#[derive(Debug, Clone)]
pub struct Server<S> {
    inner: S,
    options: Arc<Options>,
}

impl<S, I, O> Service<Request<I>> for Server<S>
where
    S: Service<Request<I>, Response = Response<O>>,
    S::Error: Display + 'static,
    O: http_body::Body,
{
    type Response = Response<Body<O, HttpWatch>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, HttpWatch>;

    fn poll_ready(&mut self, waker: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(waker)
    }

    fn call(&mut self, request: Request<I>) -> Self::Future {
        let (mut head, body) = request.into_parts();
        let span = self.options.begin(&mut head);
        let future = step(&span, || self.inner.call(Request::from_parts(head, body)));
        ResponseFuture::new(future, span, HttpWatch)
    }
}

/// The span of a request: a [`ServerLayer`] leaves it in the request's extensions.
///
/// ```
/// use tracehound_tower::ServerSpan;
/// fn handler(request: http::Request<String>) {
///     if let Some(ServerSpan(span)) = request.extensions().get() {
///         span.set_tag("customer", "acme");
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct ServerSpan(pub SpanRef);

/// Tags a server's span with its HTTP response.
///
/// ```
/// use tracehound_tower::{HttpWatch, watch::Body};
/// let body = Body::new(String::from("hello"), tracehound::span("http.request").start(), HttpWatch);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct HttpWatch;

impl Watch for HttpWatch {
    fn head(&mut self, span: &SpanRef, head: &http::response::Parts) {
        let reason = head.status.canonical_reason().unwrap_or_default();
        tracehound::integration::http::server_response(span, head.status.as_u16(), reason, &Headers(&head.headers));
    }

    fn end(&mut self, span: &SpanRef, end: End<'_>) {
        match end {
            End::Failed { error_type, message, .. } => {
                span.set_error_details(error_type, message, "");
            }
            End::Abandoned => {
                span.set_tag("http.cancelled", true);
            }
            // Nobody reads the body of an answer to HEAD, and the reader of an endless one goes when it likes.
            _ => {}
        }
    }
}
