//! Turns spans of the tracing crate into Datadog spans.
