//! What can go wrong with the log, and what the caller does about it.

use std::{fmt, io};

use crate::MAX_PAYLOAD_BYTES;

/// An error of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No space is left for this frame. Heals when there is some.
    DiskFull,
    /// Too many frames wait for their commit.
    Busy {
        /// How many may wait.
        limit: usize,
    },
    /// A payload is empty or larger than any may be.
    PayloadSize {
        /// Its length.
        bytes: usize,
    },
    /// A sync failed, so what the disk holds is not known. The log takes nothing more.
    SyncFailed {
        /// What was synced.
        path: String,
        /// What the system said.
        message: String,
    },
    /// A sync failed earlier: nothing is taken until a restart.
    Poisoned,
    /// The log was stopped.
    Closed,
    /// A segment was written by a later version. Nothing was touched.
    Format {
        /// The segment.
        path: String,
        /// Its format.
        found: u32,
        /// The latest format that is understood.
        supported: u32,
    },
    /// The system refused something else.
    Io {
        /// What was tried, and with which file.
        doing: String,
        /// What the system said.
        message: String,
    },
}

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Send something else, or start another version.
    Invalid,
    /// Try again in a moment.
    Busy,
    /// Try again once somebody made room on the disk.
    DiskFull,
    /// Nothing more is taken.
    Closed,
    /// Somebody has to look at the disk or the directory.
    Environment,
}

impl Error {
    /// What the caller does about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::PayloadSize { .. } | Error::Format { .. } => ErrorKind::Invalid,
            Error::Busy { .. } => ErrorKind::Busy,
            Error::DiskFull => ErrorKind::DiskFull,
            Error::SyncFailed { .. } | Error::Poisoned | Error::Closed => ErrorKind::Closed,
            Error::Io { .. } => ErrorKind::Environment,
        }
    }

    /// Makes an error of what the system said while `verb` was done to `path`.
    pub(crate) fn io<'a>(verb: &'a str, path: &'a str) -> impl FnOnce(io::Error) -> Error + 'a {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull,
            _ => Error::Io { doing: format!("{verb} {path}"), message: error.to_string() },
        }
    }

    /// Makes an error of what the system said to a sync of `path`.
    pub(crate) fn sync(path: &str) -> impl FnOnce(io::Error) -> Error {
        move |error| Error::SyncFailed { path: path.to_owned(), message: error.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::DiskFull => f.write_str("no space is left on the disk of the log"),
            Error::Busy { limit } => write!(f, "{limit} frames wait for their commit already"),
            Error::PayloadSize { bytes } => {
                write!(f, "a frame of {bytes} bytes is not within 1 to {MAX_PAYLOAD_BYTES}")
            }
            Error::SyncFailed { path, message } => write!(f, "cannot sync {path}: {message}"),
            Error::Poisoned => f.write_str("a sync of the log failed, nothing is taken until a restart"),
            Error::Closed => f.write_str("the log is closed"),
            Error::Format { path, found, supported } => {
                write!(f, "{path} has format {found}, this version reads formats up to {supported}")
            }
            Error::Io { doing, message } => write!(f, "cannot {doing}: {message}"),
        }
    }
}

impl std::error::Error for Error {}
