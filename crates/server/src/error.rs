//! Why a start failed, or a stop was not clean.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use crate::listen::Purpose;

/// An error of the program. All of them end it with exit code 1.
#[derive(Debug)]
pub(crate) enum Error {
    /// A setting is out of bounds.
    Config(tracehound_config::Error),
    /// A listener could not be bound.
    Bind {
        /// What it is for.
        purpose: Purpose,
        /// Where to.
        address: SocketAddr,
        /// What the operating system said.
        error: io::Error,
    },
    /// No port is free in both address families.
    NoFreePort {
        /// What it is for.
        what: &'static str,
        /// The key that sets it.
        key: &'static str,
    },
    /// The operating system gives no threads, signals or sockets.
    Runtime(io::Error),
    /// The data directory cannot be made or opened.
    DataDir {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// The store cannot be opened.
    Open {
        /// The data directory.
        path: PathBuf,
        /// What the store said.
        error: tracehound_store::Error,
    },
    /// The store could not write everything when it was closed.
    Close(tracehound_store::Error),
    /// Flushing took longer than a stop may take.
    CloseTooSlow {
        /// How long it was waited for.
        after: Duration,
    },
    /// A part of the program panicked.
    Bug(String),
}

impl Error {
    /// What the user may do about it, a sentence.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Error::Bind { purpose, error, .. } if error.kind() == io::ErrorKind::AddrInUse => {
                let flag = purpose.key.flag.as_ref().map_or("", |flag| flag.long);
                Some(format!(
                    "Another Tracehound or a Datadog agent may be running. --{flag} takes another port, 0 any free one."
                ))
            }
            Error::Close(_) | Error::CloseTooSlow { .. } => {
                Some("What was acknowledged is in the log unless the disk failed; the next start reads it.".into())
            }
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Config(error) => error.fmt(f),
            Error::Bind { purpose: Purpose { what, key }, address, error } => {
                write!(f, "cannot bind {what} to {address}: {} ({})", Words(error), key.name)
            }
            Error::NoFreePort { what, key } => {
                write!(f, "cannot bind {what}: no port is free on both 127.0.0.1 and ::1 ({key})")
            }
            Error::Runtime(error) => write!(f, "cannot get threads, signals or sockets: {}", Words(error)),
            Error::DataDir { path, error } => {
                write!(f, "cannot open data directory {}: {} (data_dir)", path.display(), Words(error))
            }
            Error::Open { path, error } => {
                write!(f, "cannot open data directory {}: {error} (data_dir)", path.display())
            }
            Error::Close(error) => write!(f, "cannot write everything: {error}"),
            Error::CloseTooSlow { after } => write!(f, "cannot write everything: not done after {after:?}"),
            Error::Bug(what) => write!(f, "a defect in tracehound: {what}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<tracehound_config::Error> for Error {
    fn from(error: tracehound_config::Error) -> Error {
        Error::Config(error)
    }
}

/// What the operating system said, in lower case and without its number where std has words for it.
struct Words<'a>(&'a io::Error);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind() {
            // Kinds that say less than the message does.
            io::ErrorKind::Other | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => self.0.fmt(f),
            kind if kind.to_string() == "uncategorized error" => self.0.fmt(f),
            kind => kind.fmt(f),
        }
    }
}
