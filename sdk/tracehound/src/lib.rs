//! The Datadog tracer for Rust applications: one line to start, a fraction of the cost.

mod msgpack;
