//! Why a question has no answer.

use std::fmt;

use tracehound_model::TraceId;

use crate::trace::MAX_TRACE_SPANS;

/// An error of a query.
#[derive(Debug)]
pub enum Error {
    /// The id is not one: what was given.
    MalformedId(String),
    /// The cursor was not made by an earlier page.
    MalformedCursor,
    /// There is no such trace.
    NotFound,
    /// Several traces share the half of the id that was given.
    Ambiguous(Vec<TraceId>),
    /// The trace has more spans than are read at once: how many.
    TooLarge(usize),
    /// The store cannot read.
    Store(tracehound_store::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::MalformedId(id) => {
                write!(f, "{id:?} is no trace id: expected 32 or 16 hex digits or a decimal number below 2^64")
            }
            Error::MalformedCursor => f.write_str("the cursor is not one that an earlier page gave as next"),
            Error::NotFound => f.write_str("no span with this trace id is stored"),
            Error::Ambiguous(ids) => {
                let ids: Vec<String> = ids.iter().map(TraceId::to_string).collect();
                write!(f, "several traces have these low 64 bits: {}", ids.join(", "))
            }
            Error::TooLarge(spans) => {
                write!(f, "the trace has {spans} spans, more than the {MAX_TRACE_SPANS} that can be read at once")
            }
            Error::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<tracehound_store::Error> for Error {
    fn from(error: tracehound_store::Error) -> Error {
        Error::Store(error)
    }
}
