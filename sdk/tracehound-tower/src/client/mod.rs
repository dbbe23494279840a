//! The client's side: a layer that makes a span of every request that is sent.

mod future;
mod options;

use std::fmt::Display;
use std::sync::Arc;
use std::task::{Context, Poll};

pub use future::ClientFuture;
use http::{Request, Response};
use options::Options;
use tower_layer::Layer;
use tower_service::Service;
use tracehound::{SpanRef, Tracer};

use crate::watch::step;

/// Traces the requests of a client, as of hyper-util's. Their URIs are to be absolute.
///
/// The span ends when the response's head is there; reading the body is the caller's time. Trace headers that the
/// request held already are replaced.
///
/// ```
/// use tower::ServiceBuilder;
/// let layers = ServiceBuilder::new().layer(tracehound_tower::ClientLayer::new().host_in_resource());
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClientLayer {
    options: Arc<Options>,
}

impl ClientLayer {
    /// A layer whose spans carry the application's service.
    ///
    /// ```
    /// let layer = tracehound_tower::ClientLayer::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the spans' service.
    ///
    /// ```
    /// let layer = tracehound_tower::ClientLayer::new().service("price-client");
    /// ```
    pub fn service(self, service: impl Into<String>) -> Self {
        self.with(|options| options.spans.set_service(service))
    }

    /// Makes the resource `GET api.example` instead of `GET`: for clients of few hosts.
    ///
    /// ```
    /// let layer = tracehound_tower::ClientLayer::new().host_in_resource();
    /// ```
    pub fn host_in_resource(self) -> Self {
        self.with(|options| options.host_in_resource = true)
    }

    /// Sets the tag `component`, `tower` without: for crates that build on this one.
    ///
    /// ```
    /// let layer = tracehound_tower::ClientLayer::new().component("my-client");
    /// ```
    pub fn component(self, component: &'static str) -> Self {
        self.with(|options| options.spans.set_component(component))
    }

    /// Uses this tracer for requests outside of any span; inside of one, its tracer is used.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_tower::ClientLayer::new().tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Self {
        self.with(|options| options.spans.set_tracer(tracer))
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = Client<S>;

    fn layer(&self, inner: S) -> Client<S> {
        Client { inner, options: Arc::clone(&self.options) }
    }
}

/// A client whose requests are traced: see [`ClientLayer`].
///
/// ```
/// use tower_layer::Layer;
/// use tracehound_tower::{Client, ClientLayer};
/// let client: Client<()> = ClientLayer::new().layer(());
/// ```
#[derive(Debug, Clone)]
pub struct Client<S> {
    inner: S,
    options: Arc<Options>,
}

impl<S, I, O> Service<Request<I>> for Client<S>
where
    S: Service<Request<I>, Response = Response<O>>,
    S::Error: Display,
{
    type Response = Response<O>;
    type Error = S::Error;
    type Future = ClientFuture<S::Future>;

    fn poll_ready(&mut self, waker: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(waker)
    }

    fn call(&mut self, request: Request<I>) -> Self::Future {
        let (mut head, body) = request.into_parts();
        let span = self.options.begin(&mut head);
        let future = step(&span, || self.inner.call(Request::from_parts(head, body)));
        ClientFuture::new(future, span)
    }
}

/// The span of a request that is being sent: it is in the request's extensions, so that a layer further in makes no
/// second one.
///
/// ```
/// let sent = http::Request::new(());
/// assert!(sent.extensions().get::<tracehound_tower::ClientSpan>().is_none());
/// ```
#[derive(Debug, Clone)]
pub struct ClientSpan(pub SpanRef);
