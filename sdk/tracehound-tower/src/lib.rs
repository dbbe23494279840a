//! Traces HTTP servers and clients built on tower.
//!
//! A [`ServerLayer`] makes one span of every request that passes it, continues the trace its headers name, and keeps the
//! span open until the response's body has ended. A [`ClientLayer`] makes one of every request that is sent, and puts
//! the headers there by which the server continues the trace.
//!
//! ```
//! use http::{Request, Response};
//! use tower::{Service, ServiceBuilder, service_fn};
//!
//! let app = ServiceBuilder::new()
//!     .layer(tracehound_tower::ServerLayer::new().route(|head| head.uri.path().starts_with("/users/").then(|| "/users/{id}".to_owned())))
//!     .service(service_fn(|_: Request<String>| async { Ok::<_, std::convert::Infallible>(Response::new(String::from("hello"))) }));
//! ```
//!
//! The tags are those of [`tracehound::integration::http`]. One operation makes one span: a layer inside another of its
//! kind makes none.

mod client;
mod headers;
mod server;
pub mod watch;

pub use client::{Client, ClientFuture, ClientLayer, ClientSpan};
pub use headers::{Headers, HeadersMut};
pub use server::{HttpWatch, Server, ServerLayer, ServerSpan};

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/tower.md")]
mod guide {}
