//! The client's side: a layer that makes a span of every request that is sent.

use std::any::type_name;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;
use tracehound::integration::http::{ClientRequest, client_response};
use tracehound::{Span, SpanRef, Tracer};

use crate::watch::step;
use crate::{Headers, HeadersMut};

/// Traces the requests of a client, as of hyper-util's. Their URIs are to be absolute.
///
/// The span ends when the response's head is there; reading the body is the caller's time. Trace headers that the
/// request held already are replaced.
///
/// ```
/// use tower::ServiceBuilder;
/// let layers = ServiceBuilder::new().layer(tracehound_tower::ClientLayer::new().host_in_resource());
/// ```
#[derive(Debug, Clone)]
pub struct ClientLayer {
    options: Arc<Options>,
}

#[derive(Debug, Clone)]
struct Options {
    component: &'static str,
    service: Option<String>,
    tracer: Option<Tracer>,
    host_in_resource: bool,
}

impl Default for ClientLayer {
    fn default() -> Self {
        let options = Options { component: "tower", service: None, tracer: None, host_in_resource: false };
        Self { options: Arc::new(options) }
    }
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
        self.with(|options| options.service = Some(service.into()))
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
        self.with(|options| options.component = component)
    }

    /// Uses this tracer for requests outside of any span; inside of one, its tracer is used.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_tower::ClientLayer::new().tracer(tracer);
    /// ```
    pub fn tracer(self, tracer: Tracer) -> Self {
        self.with(|options| options.tracer = Some(tracer))
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
        ClientFuture { future: Some(future), span: Some(span) }
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

impl Options {
    fn begin(&self, head: &mut Parts) -> Span {
        if head.extensions.get::<ClientSpan>().is_some() {
            return Span::disabled();
        }
        let mut span = tracehound::span("http.request");
        if let Some(tracer) = &self.tracer {
            span = span.tracer(tracer);
        }
        if let Some(service) = &self.service {
            span = span.service_from(service, self.component);
        }
        let span = span.start();
        if span.is_enabled() {
            span.set_tag("component", self.component);
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

pin_project! {
    /// The future of a traced client's response.
    ///
    /// ```
    /// use tower_service::Service;
    /// type Future<S> = <tracehound_tower::Client<S> as Service<http::Request<String>>>::Future;
    /// ```
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct ClientFuture<F> {
        #[pin]
        future: Option<F>,
        // `None` after the end.
        span: Option<Span>,
    }

    impl<F> PinnedDrop for ClientFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(span) = this.span.take() {
                let _entered = span.enter();
                this.future.set(None);
                span.set_tag("http.cancelled", true);
            }
        }
    }
}

impl<F, O, E> Future for ClientFuture<F>
where
    F: Future<Output = Result<Response<O>, E>>,
    E: Display,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        // Polled after its end, a future may stay pending for ever.
        let Some(span) = &this.span else { return Poll::Pending };
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let Poll::Ready(result) = step(span, || future.poll(waker)) else { return Poll::Pending };
        step(span, || this.future.set(None));
        if span.is_enabled() {
            tell(span, &result);
        }
        *this.span = None;
        Poll::Ready(result)
    }
}

fn tell<O, E: Display>(span: &Span, result: &Result<Response<O>, E>) {
    match result {
        Ok(response) => {
            let status = response.status();
            let reason = status.canonical_reason().unwrap_or_default();
            client_response(span, status.as_u16(), reason, &Headers(response.headers()));
        }
        Err(error) => {
            span.set_error_details(type_name::<E>(), &error.to_string(), "");
        }
    }
}
