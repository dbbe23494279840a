//! Traces to send, and the memory of what was sent.

mod body;
mod generator;
mod ledger;
mod span;
mod vocabulary;

pub use body::{Format, TRACER_HEADERS};
pub use generator::Generator;
pub use ledger::{Numbering, Promise, Verdict};
pub use span::{HASH_TAG, Span};
