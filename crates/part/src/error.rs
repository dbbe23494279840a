//! What can go wrong with a part.

use std::{fmt, io};

/// Why a part could not be written, opened or read. The file is named by its path below the data directory.
#[derive(Debug)]
pub enum Error {
    /// The bytes are not those that were written.
    Damaged {
        /// Which file.
        path: String,
        /// What does not fit.
        what: String,
    },
    /// The file is of a later format than this program knows. It was not touched.
    Unsupported {
        /// Which file.
        path: String,
        /// Its format.
        format: u32,
    },
    /// The outside world refused: disk full, file gone, no permission.
    Environment {
        /// Which file.
        path: String,
        /// What was tried, such as `write`.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The caller asked for what a part does not have or cannot hold.
    Invalid(String),
    /// Our own mistake.
    Bug(String),
}

/// What a caller can do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Set the file aside and go on without it.
    Damaged,
    /// Stop, and leave the files as they are.
    Unsupported,
    /// Try again when the cause is gone.
    Environment,
    /// Ask for something else.
    Invalid,
    /// Report it.
    Bug,
}

impl Error {
    /// What the caller can do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Damaged { .. } => ErrorKind::Damaged,
            Error::Unsupported { .. } => ErrorKind::Unsupported,
            Error::Environment { .. } => ErrorKind::Environment,
            Error::Invalid(_) => ErrorKind::Invalid,
            Error::Bug(_) => ErrorKind::Bug,
        }
    }

    pub(crate) fn damaged(path: &str, what: impl fmt::Display) -> Error {
        Error::Damaged { path: path.to_owned(), what: what.to_string() }
    }

    /// For `map_err` of a file operation. A file that ends too early is damaged, whatever else fails is the
    /// environment's doing.
    pub(crate) fn io(path: &str, action: &'static str) -> impl FnOnce(io::Error) -> Error {
        move |source| match source.kind() {
            io::ErrorKind::UnexpectedEof => Error::damaged(path, "file ends too early"),
            _ => Error::Environment { path: path.to_owned(), action, source },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Damaged { path, what } => write!(f, "{path} is damaged: {what}"),
            Error::Unsupported { path, format } => {
                write!(f, "{path} has format {format}, this program knows {}", crate::seal::FORMAT)
            }
            Error::Environment { path, action, source } => write!(f, "cannot {action} {path}: {source}"),
            Error::Invalid(what) => f.write_str(what),
            Error::Bug(what) => write!(f, "a mistake in Tracehound: {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Environment { source, .. } => Some(source),
            _ => None,
        }
    }
}
