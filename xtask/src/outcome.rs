//! Why a part did not pass.

use std::fmt;
use std::io;

/// Why a part did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Something is wrong with what was tested.
    Failed(String),
    /// It could not run, because this machine lacks something; with what to do about it.
    Missing(String),
    /// What it tests is not in this checkout, nor expected to be: it is skipped.
    Absent(String),
}

impl Problem {
    /// Something is wrong with what was tested.
    pub(crate) fn failed(message: impl Into<String>) -> Problem {
        Problem::Failed(message.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Failed(message) => write!(f, "failed: {message}"),
            Problem::Missing(message) => write!(f, "could not run: {message}"),
            Problem::Absent(message) => write!(f, "skipped: {message}"),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        Problem::Failed(error.to_string())
    }
}
