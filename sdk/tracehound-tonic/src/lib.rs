//! Traces gRPC servers and clients built on tonic.
//!
//! On the server a layer makes one span `grpc.server` of every call, on the client one `grpc.client`; the context
//! travels in the call's metadata. The resource is the full method, `/shop.Orders/Place`.
//!
//! ```no_run
//! # async fn example(orders: tonic::service::Routes) -> Result<(), Box<dyn std::error::Error>> {
//! tonic::transport::Server::builder()
//!     .layer(tracehound_tonic::ServerLayer::new())
//!     .add_routes(orders)
//!     .serve("[::1]:50051".parse()?)
//!     .await?;
//!
//! let channel = tonic::transport::Channel::from_static("http://[::1]:50051").connect().await?;
//! let traced = tracehound_tonic::wrap(channel); // for `OrdersClient::new(traced)`
//! # Ok(())
//! # }
//! ```
//!
//! A span is open until the call's last message or status has gone, or until the stream is dropped. It is current in the
//! handler and while its stream is polled. `grpc.code` comes from the trailers, or from the head of a response without
//! body; any code but OK is an error, except Canceled on the server. A server's call that is given up is Canceled, or
//! DeadlineExceeded if the time its client gave it (`grpc-timeout`) is over; a client's stream dropped early is Canceled,
//! and no error. Which methods stream cannot be seen in a call: tell it with `method_kind`. The other tags are those of
//! [`tracehound::integration::grpc`].

mod call;
mod client;
mod kinds;
mod metadata;
mod options;
mod server;
mod status;
mod traced;

pub use call::CallWatch;
pub use client::{ClientLayer, wrap};
pub use metadata::{Metadata, MetadataMut};
pub use server::ServerLayer;
pub use traced::Traced;
pub use tracehound::integration::grpc::MethodKind;

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/tonic.md")]
mod guide {}
