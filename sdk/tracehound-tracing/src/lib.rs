//! Turns spans of the [`tracing`] crate into Datadog spans, and writes trace ids into its log lines.
//!
//! ```
//! use tracing_subscriber::{filter::LevelFilter, prelude::*};
//!
//! # fn main() {
//! # if false {
//! let _tracing = tracehound::init();
//! # }
//! let lines = tracing_subscriber::fmt::layer().event_format(tracehound_tracing::json());
//! tracing_subscriber::registry()
//!     .with(tracehound_tracing::layer())
//!     .with(lines.with_filter(LevelFilter::INFO)) // without a filter, lines of every level
//!     .init();
//!
//! let _order = tracing::info_span!("cafe.order", resource = "espresso", order.items = 2).entered();
//! tracing::info!("brewing"); // {"timestamp":…,"message":"brewing","dd.trace_id":…}
//! # }
//! ```
//!
//! A span lasts from its creation until its last handle is gone. It is the current span while it is entered, so that spans of `tracing`
//! and those of [`tracehound::span!`] are each other's children, and [`tracehound::current_span`] is a handle to either kind.
//!
//! # Fields
//!
//! | field | what it sets |
//! |---|---|
//! | `otel.name`, `resource`, `resource.name` | the resource; the operation keeps the span's own name |
//! | `operation.name` | the operation |
//! | `service`, `service.name` | the service |
//! | `span.type`, `span_type` | the type |
//! | `otel.kind` | `span.kind` |
//! | `otel.status_code`, `otel.status_message` | failed or not, and `error.message` |
//! | `error` | the mark of failure with `error.message` and, from a value that is an error, `error.type` |
//! | any other | a tag: numbers are numbers, everything else is text |
//!
//! # Events
//!
//! An event inside of a span becomes an event of that span, unless [`Builder::events`] says otherwise. One at level `ERROR` with a field
//! `error`, as `#[instrument(err)]` makes them, marks the span as failed. sqlx's event about a statement becomes a span: see
//! [`Builder::sql`].
//!
//! # Filter
//!
//! The layer has a filter of its own and leaves alone what other layers see: `INFO` and above, without the spans of the HTTP and TLS
//! libraries. See [`Builder::filter`].

mod bridge;
mod builder;
mod event;
mod failure;
mod fields;
mod filter;
mod handle;
mod layer;
mod logs;
mod newest;
mod sql;
mod text;

pub use builder::{Builder, TraceLayer};
pub use filter::{SpanFilter, default_targets};
pub use handle::handle;
pub use layer::SpanLayer;
pub use logs::{Correlated, Json, correlated, json, text};

/// The layer with its defaults: [`Builder`] has others.
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// let subscriber = tracing_subscriber::registry().with(tracehound_tracing::layer());
/// ```
pub fn layer<S>() -> TraceLayer<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    Builder::default().layer()
}

/// A layer with other than the defaults.
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// let layer = tracehound_tracing::builder().events(false).layer();
/// let subscriber = tracing_subscriber::registry().with(layer);
/// ```
pub fn builder() -> Builder {
    Builder::default()
}

/// Compiles what the guides show.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/tracing.md")]
#[doc = include_str!("../../../docs/sdk/from-tracing.md")]
mod guide {}
