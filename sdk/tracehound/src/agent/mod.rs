//! The way to the agent.
//!
//! ```text
//! application's threads          the sender's thread
//!   Sender::push ───▶ Queue ───▶ Traces ────┐
//!   push_stats ─────▶ Records ─▶ StatsPost ─┼─▶ Courier ─▶ Client ─▶ agent
//!   flush, ready ◀── Shared ◀─── Discovery ─┘   (retries)  (HTTP/1.1)
//! ```
//!
//! One plain thread with blocking I/O does all the talking: no runtime that could deadlock with the application's, and
//! nothing of the application's that ever waits for the network. Everything has a bound: the queue, the bodies, the
//! tries, the time of each request.

mod batch;
mod container;
mod courier;
mod discovery;
mod endpoint;
mod failure;
mod headers;
mod http;
mod info;
mod options;
mod outcome;
mod queue;
mod records;
mod response;
mod sender;
mod shared;
mod stats_post;
mod stream;
mod traces;
mod worker;

pub(crate) use batch::FULL as FULL_BATCH_BYTES;
pub(crate) use endpoint::Endpoint;
pub(crate) use headers::Surroundings;
pub(crate) use info::Info;
pub(crate) use options::{OnInfo, OnRates, Pace, SenderOptions};
pub use outcome::{Count, FlushError, Flushed, Health, NotReady};
pub(crate) use queue::MAX_BYTES as QUEUE_BYTES;
pub(crate) use sender::Sender;

#[cfg(test)]
mod tests;
