//! Trace payloads: one file per thing that is sent, decode and encode side by side.

pub(crate) mod event;
pub(crate) mod json;
pub(crate) mod link;
mod span;
mod v01;
pub mod v04;
pub mod v05;
