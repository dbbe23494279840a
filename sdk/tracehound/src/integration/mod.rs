//! What the integrations share: the tags of HTTP, gRPC and SQL spans, in terms of std alone.
//!
//! An integration crate knows one library and turns its requests into the plain values asked for here; this module knows
//! Datadog's conventions and the user's settings (error statuses, header tags, redaction). Whoever traces a library we
//! do not ship a crate for uses it the same way:
//!
//! ```
//! use tracehound::integration::http::{Route, ServerRequest};
//!
//! let headers = vec![("host".to_owned(), "shop.example".to_owned())];
//! let span = tracehound::span("http.request").child_of(&tracehound::extract(&headers)).start();
//! ServerRequest { method: "GET", scheme: "http", authority: None, path: "/users/7", query: None, route: Route::Pattern("/users/{id}"), peer: None, headers: &headers }.describe(&span);
//! // … answer the request, then:
//! tracehound::integration::http::server_response(&span, 200, "OK", &headers);
//! ```
//!
//! The items here are part of the public API and as stable as the rest of it.

pub mod context;
pub mod grpc;
pub mod http;
pub mod log;
mod observe;
mod panic;
pub mod sql;
mod template;

pub use crate::bounded_text::write_bounded;
pub use crate::error_message::{error_message, write_causes};
pub use observe::observe;
pub use panic::{record_panic, record_unwinding};
pub use template::SpanTemplate;
