//! The server's side.

use std::sync::Arc;

use tower_layer::Layer;
use tracehound::Tracer;
use tracehound::integration::grpc::{MethodKind, Side};

use crate::Traced;
use crate::kinds::MethodKinds;
use crate::options::Options;

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
#[derive(Debug, Clone)]
pub struct ServerLayer {
    options: Arc<Options>,
}

impl ServerLayer {
    /// A layer whose spans carry the application's service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ServerLayer::new();
    /// ```
    pub fn new() -> Self {
        Self { options: Arc::new(Options::new(Side::Server)) }
    }

    /// Sets the spans' service.
    ///
    /// ```
    /// let layer = tracehound_tonic::ServerLayer::new().service("orders-grpc");
    /// ```
    pub fn service(self, service: impl Into<String>) -> Self {
        self.change(|options| options.spans.set_service(service))
    }

    /// Uses this tracer instead of the global one.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_tonic::ServerLayer::new().tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Self {
        self.change(|options| options.spans.set_tracer(tracer))
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
    pub fn method_kind(self, kind: impl Fn(&str) -> Option<MethodKind> + Send + Sync + 'static) -> Self {
        self.change(|options| options.method_kinds = MethodKinds::told_by(kind))
    }

    fn change(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(Arc::make_mut(&mut self.options));
        self
    }
}

impl Default for ServerLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for ServerLayer {
    type Service = Traced<S>;

    fn layer(&self, inner: S) -> Traced<S> {
        Traced::new(inner, &self.options)
    }
}
