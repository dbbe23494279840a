//! The Datadog tracer for Rust applications: one line to start, Datadog's semantics, a fraction of the cost.
//!
//! ```no_run
//! // Settings come from DD_SERVICE, DD_ENV, DD_TRACE_AGENT_URL …
//! let _tracing = tracehound::init();
//!
//! let order = tracehound::span!("cafe.order", order.items = 2).entered();
//! order.set_resource("espresso");
//! ```
//!
//! It sends to any Datadog agent. Integrations for axum, reqwest, tonic, SQL, Redis, `tracing` and `log` are crates of their own.
//!
//! - Starting: [`init`], [`Tracer`], [`Builder`]. What came of it: [`config`], [`flush`], [`ready`], [`Tracer::health`].
//! - Spans: [`span!`], [`traced`], [`Span`], [`SpanRef`], [`SpanBuilder`].
//! - The current one, below which others start: [`current_span`], [`root_span`]; it is made so by [`SpanRef::enter`] in a block, [`InSpan`]
//!   for a future, [`in_current_span`] for a thread.
//! - Between processes: [`extract`], [`SpanContext::inject`], [`carrier`].
//! - For tests: [`testing`]. For integrations: [`integration`].

mod agent;
mod argument;
mod bounded_text;
mod buffer;
mod clock;
mod config;
mod context;
#[cfg(test)]
mod dice;
mod engine;
mod error_message;
mod error_tags;
mod filter;
mod fork;
mod glob;
mod host;
mod id;
pub mod integration;
mod json;
mod macros;
mod messages;
#[cfg(all(test, tracehound_model))]
mod models;
mod msgpack;
mod normalize;
mod obfuscate;
mod pattern;
mod percent;
mod propagation;
mod sampling;
mod span;
mod startup;
mod stats;
mod sync;
mod tag;
pub mod testing;
mod trace;
mod traced;
mod tracer;

pub use config::{Config, Origin, Setting};
pub use context::{Entered, EnteredSpan, InSpan, InSpanFuture, SpanContext, current_span, in_current_span, root_span};
pub use id::TraceId;
pub use macros::__private;
pub use messages::Level;
pub use propagation::carrier;
pub use span::{ParentOf, Span, SpanBuilder, SpanRef};
pub use tag::{Attribute, TagValue};
pub use tracehound_macros::traced;
pub use tracer::{
    Builder, Count, FlushError, Flushed, Guard, Health, NotReady, Tracer, config, flush, flush_stats, init, ready,
    tracer,
};

use carrier::{Extract, Inject};

/// A span of the global tracer to be started, below the current span if there is one.
///
/// ```
/// let span = tracehound::span("checkout").resource("cart").start();
/// ```
#[inline]
pub fn span(name: &str) -> SpanBuilder<'_> {
    SpanBuilder::new(name, None)
}

/// Reads the context that another process sent, to start a span from. It never fails: where there is nothing to continue, the span
/// begins a new trace.
///
/// ```
/// let headers = vec![("traceparent".to_owned(), "00-0000000000000000000000000000000a-000000000000000b-01".to_owned())];
/// let context = tracehound::extract(&headers);
/// assert_eq!(context.span_id(), 0xb);
/// ```
pub fn extract(carrier: &(impl Extract + ?Sized)) -> SpanContext {
    context::default_tracer().extract(carrier)
}

/// Writes the context of the current span into a carrier, for another process to continue.
///
/// ```
/// let mut headers = std::collections::HashMap::<String, String>::new();
/// tracehound::inject(&mut headers);
/// ```
pub fn inject(carrier: &mut impl Inject) {
    current_span().inject(carrier);
}
