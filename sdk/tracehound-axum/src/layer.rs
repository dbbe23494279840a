//! The layer: tower's, with what axum knows of a request.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, MatchedPath};
use http::request::Parts;
use http::uri::Scheme;
use tower_layer::Layer;
use tracehound::Tracer;
use tracehound_tower::{Server, ServerLayer};

/// Traces the requests to a router.
///
/// ```
/// use axum::{Router, routing::get};
/// let app: Router = Router::new().route("/beers", get(|| async { "ale" })).layer(tracehound_axum::TraceLayer::new());
/// ```
#[derive(Debug, Clone)]
pub struct TraceLayer {
    server: ServerLayer,
}

impl TraceLayer {
    /// A layer whose spans carry the application's service.
    ///
    /// ```
    /// let layer = tracehound_axum::TraceLayer::new();
    /// ```
    pub fn new() -> Self {
        Self { server: ServerLayer::new().component("axum").route(matched_path).peer(peer) }
    }

    /// Sets the spans' service.
    ///
    /// ```
    /// let layer = tracehound_axum::TraceLayer::new().service("admin");
    /// ```
    pub fn service(self, service: impl Into<String>) -> Self {
        Self { server: self.server.service(service) }
    }

    /// Sets the operation's name; `http.request` without.
    ///
    /// ```
    /// let layer = tracehound_axum::TraceLayer::new().operation("web.request");
    /// ```
    pub fn operation(self, operation: impl Into<String>) -> Self {
        Self { server: self.server.operation(operation) }
    }

    /// Tells whether a request came as `https`, for `http.url`. Without, or where it gives `None`, it is what the URI says, which is nothing
    /// in HTTP/1; then `http` is assumed.
    ///
    /// ```
    /// use axum::http::uri::Scheme;
    /// let layer = tracehound_axum::TraceLayer::new().scheme(|_| Some(Scheme::HTTPS)); // of a server that speaks TLS itself
    /// ```
    pub fn scheme(self, scheme: impl Fn(&Parts) -> Option<Scheme> + Send + Sync + 'static) -> Self {
        Self { server: self.server.scheme(scheme) }
    }

    /// Lets requests pass untraced for which `skip` is true, such as those of health checks.
    ///
    /// ```
    /// let layer = tracehound_axum::TraceLayer::new().skip(|head| head.uri.path() == "/health");
    /// ```
    pub fn skip(self, skip: impl Fn(&Parts) -> bool + Send + Sync + 'static) -> Self {
        Self { server: self.server.skip(skip) }
    }

    /// Uses this tracer instead of the global one.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let layer = tracehound_axum::TraceLayer::new().tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Self {
        Self { server: self.server.tracer(tracer) }
    }
}

impl Default for TraceLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for TraceLayer {
    type Service = Server<S>;

    fn layer(&self, inner: S) -> Server<S> {
        self.server.layer(inner)
    }
}

fn matched_path(head: &Parts) -> Option<String> {
    head.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned())
}

/// Known if the application is served with `into_make_service_with_connect_info::<SocketAddr>()`.
fn peer(head: &Parts) -> Option<IpAddr> {
    head.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}
