//! What can go wrong in the store, and what the caller does about it.

use std::{fmt, io};

/// An error of the store.
#[derive(Debug, Clone)]
pub enum Error {
    /// Both memtables are full: the flush is behind.
    Full,
    /// No space is left on the disk. Heals when there is some.
    DiskFull,
    /// A sync failed, so what the disk holds is not known: nothing is taken until a restart.
    Poisoned,
    /// The store is being closed.
    Closed,
    /// The batch is larger than the log takes in one frame.
    TooLarge(String),
    /// The data directory is not one of ours, or of a later format, and was left untouched.
    Format(String),
    /// Another process holds the data directory.
    Locked,
    /// A part cannot be read as it was written.
    Damaged(String),
    /// The operating system refused something.
    Io {
        /// What was tried, and with which file.
        doing: String,
        /// What it said.
        kind: io::ErrorKind,
        /// The same in words.
        message: String,
    },
    /// A mistake of our own.
    Bug(String),
}

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Send something else.
    Invalid,
    /// Try again later.
    Busy,
    /// Try again once somebody made room on the disk.
    DiskFull,
    /// Nothing more is taken.
    Closed,
    /// Data on disk is not as it was written.
    Damaged,
    /// Somebody has to change the surroundings: permissions, the directory, another process.
    Environment,
    /// Nothing but to report it.
    Bug,
}

impl Error {
    /// What the caller does about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Full => ErrorKind::Busy,
            Error::TooLarge(_) => ErrorKind::Invalid,
            Error::DiskFull => ErrorKind::DiskFull,
            Error::Poisoned | Error::Closed => ErrorKind::Closed,
            Error::Damaged(_) => ErrorKind::Damaged,
            Error::Format(_) | Error::Locked | Error::Io { .. } => ErrorKind::Environment,
            Error::Bug(_) => ErrorKind::Bug,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Full => f.write_str("both memtables are full"),
            Error::DiskFull => f.write_str("no space is left on the disk of the data directory"),
            Error::Poisoned => f.write_str("a sync of the log failed, nothing is taken until a restart"),
            Error::Closed => f.write_str("the store is closed"),
            Error::TooLarge(what) | Error::Format(what) | Error::Damaged(what) | Error::Bug(what) => f.write_str(what),
            Error::Locked => f.write_str("another process holds the data directory"),
            Error::Io { doing, message, .. } => write!(f, "cannot {doing}: {message}"),
        }
    }
}

impl std::error::Error for Error {}

/// Makes an error of what the operating system said while `verb` was done to `path`.
pub(crate) fn io_error(verb: &str, path: &str) -> impl FnOnce(io::Error) -> Error {
    let doing = format!("{verb} {}", if path.is_empty() { "the data directory" } else { path });
    move |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull,
        kind => Error::Io { doing, kind, message: error.to_string() },
    }
}

/// Makes an error of what the part crate said.
pub(crate) fn part_error(error: tracehound_part::Error) -> Error {
    match error {
        tracehound_part::Error::Environment { path, action, source } => io_error(action, &path)(source),
        error if error.kind() == tracehound_part::ErrorKind::Damaged => Error::Damaged(error.to_string()),
        error if error.kind() == tracehound_part::ErrorKind::Unsupported => Error::Format(error.to_string()),
        // What is asked of parts comes from their own indexes, so nothing but a mistake makes it wrong.
        error => Error::Bug(error.to_string()),
    }
}

impl From<tracehound_wal::Error> for Error {
    fn from(error: tracehound_wal::Error) -> Error {
        use tracehound_wal::Error as Wal;
        match error {
            Wal::DiskFull => Error::DiskFull,
            Wal::Busy { .. } => Error::Full,
            Wal::SyncFailed { .. } | Wal::Poisoned => Error::Poisoned,
            Wal::Closed => Error::Closed,
            Wal::Format { .. } => Error::Format(error.to_string()),
            Wal::PayloadSize { .. } => Error::TooLarge(error.to_string()),
            Wal::Io { doing, message } => Error::Io { doing, kind: io::ErrorKind::Other, message },
        }
    }
}
