//! What `wire` promises, one behaviour per file.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and say so")]

mod bounds;
mod captures;
mod golden;
mod json;
mod links_and_events;
mod mutations;
mod nesting;
mod refusals;
mod rmpv_reader;
mod support;
mod targets;
mod tolerance;
mod v01;
mod v05;
