//! The client's side.

use std::sync::Arc;

use http::Uri;
use tower_layer::Layer;
use tracehound::Tracer;
use tracehound::integration::grpc::{MethodKind, Side};

use crate::Traced;
use crate::kinds::MethodKinds;
use crate::options::Options;

/// Wraps a channel, so that the calls of a client made of it are traced.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let channel = tonic::transport::Channel::from_static("http://localhost:50051").connect_lazy();
/// let traced = tracehound_tonic::wrap(channel); // for `OrdersClient::new(traced)`
/// # });
/// ```
pub fn wrap<S>(channel: S) -> Traced<S> {
    ClientLayer::new().layer(channel)
}

/// Traces the calls of a client; [`wrap`] is the short form.
///
/// ```
/// let layers = tower::ServiceBuilder::new().layer(tracehound_tonic::ClientLayer::new().service("orders-client"));
/// ```
#[derive(Debug, Clone)]
pub struct ClientLayer {
    options: Arc<Options>,
}

impl ClientLayer {
    /// A layer whose spans carry the application's service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ClientLayer::new();
    /// ```
    pub fn new() -> Self {
        Self { options: Arc::new(Options::new(Side::Client)) }
    }

    /// Sets the spans' service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ClientLayer::new().service("orders-client");
    /// ```
    pub fn service(self, service: impl Into<String>) -> Self {
        self.change(|options| options.spans.set_service(service))
    }

    /// Uses this tracer for calls outside of any span; inside of one, its tracer is used.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_tonic::ClientLayer::new().tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Self {
        self.change(|options| options.spans.set_tracer(tracer))
    }

    /// Tells where the calls go, for the tags `out.host`, `network.destination.name` and `network.destination.port`: a
    /// channel keeps that to itself.
    ///
    /// ```
    /// let layer = tracehound_tonic::ClientLayer::new().target(http::Uri::from_static("http://orders.example:50051"));
    /// ```
    pub fn target(self, target: Uri) -> Self {
        self.change(|options| options.target = Some(target))
    }

    /// Tells which methods stream, for the tag `grpc.method.kind`, by their full names.
    ///
    /// ```
    /// use tracehound_tonic::{ClientLayer, MethodKind};
    /// let layer = ClientLayer::new().method_kind(|method| (method == "/shop.Orders/Watch").then_some(MethodKind::ServerStreaming));
    /// ```
    pub fn method_kind(self, kind: impl Fn(&str) -> Option<MethodKind> + Send + Sync + 'static) -> Self {
        self.change(|options| options.method_kinds = MethodKinds::told_by(kind))
    }

    fn change(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl Default for ClientLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = Traced<S>;

    fn layer(&self, inner: S) -> Traced<S> {
        Traced::new(inner, &self.options)
    }
}
