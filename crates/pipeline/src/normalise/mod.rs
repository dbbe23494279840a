//! Step 2: repairing what was sent into what the product can rely on.
//!
//! Source: agent-protocol 3.2 to 3.4.

pub(crate) mod link;
pub(crate) mod name;
pub(crate) mod service;
mod span;
pub(crate) mod status_code;
pub(crate) mod tag;

pub(crate) use span::heads;
