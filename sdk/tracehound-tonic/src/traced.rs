//! What the layers make of a service or a channel.

use std::fmt::Display;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;
use tracehound_tower::watch::{Body, ResponseFuture, step};

use crate::CallWatch;
use crate::options::Options;

/// A service or a channel whose calls are traced: see [`ServerLayer`](crate::ServerLayer) and [`wrap`](crate::wrap).
///
/// ```
/// use tower_layer::Layer;
/// use tracehound_tonic::{ClientLayer, Traced};
/// let channel: Traced<()> = ClientLayer::new().layer(());
/// ```
#[derive(Debug, Clone)]
pub struct Traced<S> {
    inner: S,
    options: Arc<Options>,
}

impl<S> Traced<S> {
    pub(crate) fn new(inner: S, options: &Arc<Options>) -> Self {
        Self { inner, options: Arc::clone(options) }
    }
}

// A single service can be wrapped as well as a whole server.
impl<S: tonic::server::NamedService> tonic::server::NamedService for Traced<S> {
    const NAME: &'static str = S::NAME;
}

impl<S, I, O> Service<Request<I>> for Traced<S>
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
        let watch = CallWatch::new(self.options.side, &head.headers);
        let future = step(&span, || self.inner.call(Request::from_parts(head, body)));
        ResponseFuture::new(future, span, watch)
    }
}
