//! Client-side stats: counts and latency distributions of every span, also of those that sampling throws away.
//!
//! The work is split so that the application's thread only appends bytes, unless the sender's is held up for long:
//!
//! - [`facts`] reads from a finished span whether it counts and under which dimensions (with [`grpc`] and [`peer`], whose addresses
//!   [`ip`] makes alike);
//! - [`record`] is what is left of a span on its way to the sender's thread: two times, two flags and a key of all dimensions;
//! - [`concentrator`] adds records up on the sender's thread, in [`bucket`]s of ten seconds with a row per key;
//! - [`sketch`] holds the latencies of a row in the agent's own bins;
//! - [`payload`] writes what is due as the body of `/v0.6/stats`.
//!
//! What is held is bounded: four buckets at most, each of a limited number of rows with limited keys, and in the sketches no more bins
//! than spans were counted, nor more than 2,048 each.
//!
//! Source: agent-protocol 6.

mod bucket;
mod concentrator;
mod facts;
mod grpc;
mod ip;
mod payload;
mod peer;
mod record;
mod sketch;

pub(crate) use concentrator::Concentrator;
pub(crate) use facts::{StatsFacts, record_span};
pub(crate) use payload::Meta;
pub(crate) use peer::PeerKeys;

#[cfg(test)]
mod tests;
