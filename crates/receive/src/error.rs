//! Why a request was not answered with 200. The statuses stand in [`answer`](crate::answer).

use std::fmt;
use std::time::Duration;

use tracehound_model::limits::MAX_TEXT_BYTES;
use tracehound_wire::DecodeError;

use crate::Refused;

/// An error of one request.
#[derive(Debug)]
pub enum Error {
    /// A web page of another site made the browser send this.
    CrossSite,
    /// The route does not take this kind of body.
    MediaType {
        /// The media type of the body.
        media_type: &'static str,
    },
    /// The body is as large as the cap or larger.
    TooLarge,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body ended early or its chunks make no sense.
    Incomplete(hyper::Error),
    /// The body is whole and cannot be decoded.
    Decode(DecodeError),
    /// The spans have too much text, although few strings hold it.
    TooMuchText {
        /// How much there would be if each span had its own copy, in bytes.
        text_bytes: u64,
    },
    /// The memory budget had no room for the body.
    NoBytes {
        /// How long it was waited for.
        waited: Duration,
    },
    /// No decode slot was free.
    NoSlot {
        /// How long it was waited for.
        waited: Duration,
    },
    /// The batch was not durable in time.
    Late {
        /// How long it was waited for.
        waited: Duration,
    },
    /// The batch was not taken.
    Refused(Refused),
    /// The work on this request panicked.
    Bug,
}

/// What the sender can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Fix the request.
    Invalid,
    /// Try again later.
    Busy,
    /// Nothing, until the process was started again.
    Closed,
    /// Nothing, until somebody makes room on the disk.
    Environment,
    /// Nothing: report it.
    Bug,
}

impl Error {
    /// What the sender can do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::CrossSite | Error::MediaType { .. } | Error::TooLarge => ErrorKind::Invalid,
            Error::BodyTimeout | Error::Incomplete(_) => ErrorKind::Invalid,
            Error::Decode(_) | Error::TooMuchText { .. } => ErrorKind::Invalid,
            Error::NoBytes { .. } | Error::NoSlot { .. } | Error::Late { .. } => ErrorKind::Busy,
            Error::Refused(Refused::Starting | Refused::Busy) => ErrorKind::Busy,
            Error::Refused(Refused::DiskFull) => ErrorKind::Environment,
            Error::Refused(Refused::Closed) => ErrorKind::Closed,
            Error::Bug => ErrorKind::Bug,
        }
    }
}

/// The agent's own texts where it has one (agent-protocol 1.1 and 1.4), in our words else.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::CrossSite => write!(f, "cross-site request rejected"),
            Error::MediaType { media_type } => write!(f, "unsupported media type: \"{media_type}\""),
            Error::TooLarge => write!(f, "payload-too-large"),
            Error::BodyTimeout => write!(f, "timeout"),
            Error::Incomplete(error) => write!(f, "unexpected-eof: {error}"),
            Error::Decode(error) => error.fmt(f),
            Error::TooMuchText { text_bytes } => {
                write!(f, "spans with {text_bytes} bytes of text, copies of a string counted; at most {MAX_TEXT_BYTES}")
            }
            Error::NoBytes { waited } => write!(f, "no room in memory for the body within {waited:?}"),
            Error::NoSlot { waited } => write!(f, "no turn to be decoded within {waited:?}"),
            Error::Late { waited } => write!(f, "not stored within {waited:?}"),
            Error::Refused(refused) => refused.fmt(f),
            Error::Bug => write!(f, "a bug ended the work on this request"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Incomplete(error) => Some(error),
            Error::Decode(error) => Some(error),
            Error::Refused(refused) => Some(refused),
            _ => None,
        }
    }
}
