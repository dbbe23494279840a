//! Traces requests made with reqwest.
//!
//! [`wrap`] a client once and use it as before: every request is a span `http.request`, a child of the current one, and
//! carries the headers by which the server continues the trace.
//!
//! ```no_run
//! # async fn example() -> Result<(), reqwest::Error> {
//! let http = tracehound_reqwest::wrap(reqwest::Client::new());
//! let price = http.get("http://prices.example/beers/7").send().await?.text().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Who cannot change the client's type sends single requests traced: see [`SendTraced`]. With the feature `middleware`
//! there is a `TraceMiddleware` for the crate reqwest-middleware; with `blocking`, [`SendTraced`]'s counterpart for the
//! blocking client.
//!
//! The span ends when the head of the response is there; reading the body is the caller's time. Redirects are followed
//! within one span, which holds the URL first asked for and the status answered last. Trace headers that a request
//! held already are replaced. Statuses 400–599 and failures to get a response are errors. The tags are those of
//! [`tracehound::integration::http`].

#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod error;
#[cfg(feature = "middleware")]
mod middleware;
mod operation;
mod send;

pub use builder::RequestBuilder;
pub use client::{Client, wrap};
#[cfg(feature = "middleware")]
pub use middleware::TraceMiddleware;
pub use send::SendTraced;

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/reqwest.md")]
mod guide {}
