//! The server's side.

use std::fmt::Display;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;
use tracehound::integration::grpc::{self, MethodKind, Side};
use tracehound::{Span, Tracer};
use tracehound_tower::watch::{Body, ResponseFuture, step};
use tracehound_tower::{Headers, ServerSpan};

use crate::CallWatch;
use crate::kinds::MethodKinds;

const COMPONENT: &str = "tonic";

/// Traces the calls to a server.
///
/// ```no_run
/// # async fn example(orders: tonic::service::Routes) -> Result<(), Box<dyn std::error::Error>> {
/// tonic::transport::Server::builder()
///     .layer(tracehound_tonic::ServerLayer::new())
///     .add_routes(orders)
///     .serve("[::1]:50051".parse()?)
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ServerLayer {
    service: Option<String>,
    tracer: Option<Tracer>,
    method_kinds: MethodKinds,
}

impl ServerLayer {
    /// A layer whose spans carry the application's service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ServerLayer::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the spans' service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ServerLayer::new().service("orders-grpc");
    /// ```
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// Uses this tracer instead of the global one.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_tonic::ServerLayer::new().tracer(&tracer);
    /// ```
    pub fn tracer(mut self, tracer: &Tracer) -> Self {
        self.tracer = Some(tracer.clone());
        self
    }

    /// Tells which methods stream, for the tag `grpc.method.kind`, by their full names.
    ///
    /// ```
    /// use tracehound_tonic::{MethodKind, ServerLayer};
    /// let layer = ServerLayer::new().method_kind(|method| match method {
    ///     "/shop.Orders/Watch" => Some(MethodKind::ServerStreaming),
    ///     _ => Some(MethodKind::Unary),
    /// });
    /// ```
    pub fn method_kind(mut self, kind: impl Fn(&str) -> Option<MethodKind> + Send + Sync + 'static) -> Self {
        self.method_kinds = MethodKinds::told_by(kind);
        self
    }

    /// Starts the span of a call; a disabled one if a layer outside made it already.
    fn begin(&self, head: &mut Parts) -> Span {
        let tracer = self.tracer.clone().unwrap_or_else(tracehound::tracer);
        if !tracer.is_enabled() || head.extensions.get::<ServerSpan>().is_some() {
            return Span::disabled();
        }
        let context = tracer.extract(&Headers(&head.headers));
        let mut span = tracehound::span(Side::Server.operation()).tracer(&tracer).child_of(&context);
        if let Some(service) = &self.service {
            span = span.service_from(service, COMPONENT);
        }
        let span = span.start();
        if span.is_enabled() {
            let method = head.uri.path();
            grpc::describe(&span, Side::Server, method, self.method_kinds.of(method));
            span.set_tag("component", COMPONENT);
            head.extensions.insert(ServerSpan(span.handle()));
        }
        span
    }
}

impl<S> Layer<S> for ServerLayer {
    type Service = Server<S>;

    fn layer(&self, inner: S) -> Server<S> {
        Server { inner, options: Arc::new(self.clone()) }
    }
}

/// A service whose calls are traced: see [`ServerLayer`].
///
/// ```
/// use tower_layer::Layer;
/// use tracehound_tonic::{Server, ServerLayer};
/// let service: Server<()> = ServerLayer::new().layer(());
/// ```
#[derive(Debug, Clone)]
pub struct Server<S> {
    inner: S,
    options: Arc<ServerLayer>,
}

// A single service can be wrapped as well as a whole server.
impl<S: tonic::server::NamedService> tonic::server::NamedService for Server<S> {
    const NAME: &'static str = S::NAME;
}

impl<S, I, O> Service<Request<I>> for Server<S>
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
        let watch = CallWatch::new(Side::Server, &head.headers);
        let future = step(&span, || self.inner.call(Request::from_parts(head, body)));
        ResponseFuture::new(future, span, watch)
    }
}
