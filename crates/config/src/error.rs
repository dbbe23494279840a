//! What can be wrong with what the user said.

use std::fmt;

use crate::{API_PORT, Origin, RECEIVER_PORT};

/// An error of the settings. The user has to say something else; there is no other kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A value is not what its key takes.
    BadValue {
        /// The key's name.
        key: &'static str,
        /// The value, with what is not UTF-8 replaced.
        text: String,
        /// Where it comes from.
        origin: Origin,
        /// What the key takes.
        bounds: &'static str,
    },
    /// Tracers and people cannot share a port.
    SamePort {
        /// The port that both were given.
        port: u16,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::BadValue { key, text, origin, bounds } => {
                write!(f, "{key} is {text:?} ({origin}), it takes {bounds}")
            }
            Error::SamePort { port } => {
                write!(f, "{} and {} are both {port}, each needs its own", RECEIVER_PORT.name, API_PORT.name)
            }
        }
    }
}

impl std::error::Error for Error {}
