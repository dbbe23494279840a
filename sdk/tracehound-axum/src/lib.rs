//! Traces axum applications: one span per request, named by the matched route.
//!
//! ```
//! use axum::{Router, routing::get};
//!
//! let app: Router = Router::new()
//!     .route("/users/{id}", get(|| async { "Ada" }))
//!     .layer(tracehound_axum::TraceLayer::new()); // http.request, resource GET /users/{id}
//! ```
//!
//! The layer belongs on the outermost router, with [`Router::layer`](axum::Router::layer), after all routes and most other
//! layers: what is added before it is inside of the span, what is added after it is outside. A request that matched no
//! route has the resource `GET unknown`. A router behind `nest_service` is a service of its own: give it a
//! layer too, and the route it finds gets onto the span of the outer one.
//!
//! The span is current in the handler and while the body of the response is sent, and ends with it: a stream of events is
//! one long span. A connection that is upgraded ends its span with the `101` answer; what is done on it afterwards has spans
//! of its own. The tags are those of [`tracehound::integration::http`].

mod layer;

pub use layer::TraceLayer;
pub use tracehound_tower::ServerSpan;

/// Compiles what the quick start and the guide show.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../../docs/sdk/axum.md")]
mod guide {}
