//! The client's side.

use std::fmt::Display;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response, Uri};
use tower_layer::Layer;
use tower_service::Service;
use tracehound::integration::grpc::{self, MethodKind, Side};
use tracehound::{Span, Tracer};
use tracehound_tower::watch::{Body, ResponseFuture, step};
use tracehound_tower::{ClientSpan, HeadersMut};

use crate::CallWatch;
use crate::kinds::MethodKinds;

const COMPONENT: &str = "tonic";

/// Wraps a channel, so that the calls of a client made of it are traced.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let channel = tonic::transport::Channel::from_static("http://localhost:50051").connect_lazy();
/// let traced = tracehound_tonic::wrap(channel); // for `OrdersClient::new(traced)`
/// # });
/// ```
pub fn wrap<S>(channel: S) -> Client<S> {
    ClientLayer::new().layer(channel)
}

/// Traces the calls of a client; [`wrap`] is the short form.
///
/// ```
/// let layers = tower::ServiceBuilder::new().layer(tracehound_tonic::ClientLayer::new().service("orders-client"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClientLayer {
    service: Option<String>,
    tracer: Option<Tracer>,
    target: Option<Uri>,
    method_kinds: MethodKinds,
}

impl ClientLayer {
    /// A layer whose spans carry the application's service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ClientLayer::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the spans' service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ClientLayer::new().service("orders-client");
    /// ```
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// Uses this tracer for calls outside of any span; inside of one, its tracer is used.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_tonic::ClientLayer::new().tracer(&tracer);
    /// ```
    pub fn tracer(mut self, tracer: &Tracer) -> Self {
        self.tracer = Some(tracer.clone());
        self
    }

    /// Tells where the calls go, for the tags `out.host`, `network.destination.name` and `network.destination.port`: a
    /// channel keeps that to itself.
    ///
    /// ```
    /// let layer = tracehound_tonic::ClientLayer::new().target(http::Uri::from_static("http://orders.example:50051"));
    /// ```
    pub fn target(mut self, target: Uri) -> Self {
        self.target = Some(target);
        self
    }

    /// Tells which methods stream, for the tag `grpc.method.kind`, by their full names.
    ///
    /// ```
    /// use tracehound_tonic::{ClientLayer, MethodKind};
    /// let layer = ClientLayer::new().method_kind(|method| (method == "/shop.Orders/Watch").then_some(MethodKind::ServerStreaming));
    /// ```
    pub fn method_kind(mut self, kind: impl Fn(&str) -> Option<MethodKind> + Send + Sync + 'static) -> Self {
        self.method_kinds = MethodKinds::told_by(kind);
        self
    }

    /// Starts the span of a call; a disabled one if a layer outside made it already.
    fn begin(&self, head: &mut Parts) -> Span {
        if head.extensions.get::<ClientSpan>().is_some() {
            return Span::disabled();
        }
        let mut span = tracehound::span(Side::Client.operation());
        if let Some(tracer) = &self.tracer {
            span = span.tracer(tracer);
        }
        if let Some(service) = &self.service {
            span = span.service_from(service, COMPONENT);
        }
        let span = span.start();
        if span.is_enabled() {
            let method = head.uri.path();
            grpc::describe(&span, Side::Client, method, self.method_kinds.of(method));
            span.set_tag("component", COMPONENT);
            self.tag_target(&span, &head.uri);
            span.inject(&mut HeadersMut(&mut head.headers));
            head.extensions.insert(ClientSpan(span.handle()));
        }
        span
    }

    fn tag_target(&self, span: &Span, uri: &Uri) {
        let target = self.target.as_ref().unwrap_or(uri);
        let Some(host) = target.host() else { return };
        span.set_tag("out.host", host).set_tag("network.destination.name", host);
        span.set_tag("network.destination.port", target.port_u16());
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = Client<S>;

    fn layer(&self, inner: S) -> Client<S> {
        Client { inner, options: Arc::new(self.clone()) }
    }
}

/// A channel whose calls are traced: see [`wrap`].
///
/// ```
/// use tower_layer::Layer;
/// use tracehound_tonic::{Client, ClientLayer};
/// let client: Client<()> = ClientLayer::new().layer(());
/// ```
#[derive(Debug, Clone)]
pub struct Client<S> {
    inner: S,
    options: Arc<ClientLayer>,
}

impl<S, I, O> Service<Request<I>> for Client<S>
where
    S: Service<Request<I>, Response = Response<O>>,
    S::Error: Display + 'static,
    O: http_body::Body,
{
    type Response = Response<Body<O, CallWatch>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, CallWatch>;

    fn poll_ready(&mut self, waker: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(waker)
    }

    fn call(&mut self, request: Request<I>) -> Self::Future {
        let (mut head, body) = request.into_parts();
        let span = self.options.begin(&mut head);
        let watch = CallWatch::new(Side::Client, &head.headers);
        let future = step(&span, || self.inner.call(Request::from_parts(head, body)));
        ResponseFuture::new(future, span, watch)
    }
}
