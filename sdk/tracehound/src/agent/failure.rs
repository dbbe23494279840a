//! What an answer, or its absence, means for what was sent.

use std::fmt;

use super::endpoint::Endpoint;
use super::http::HttpError;
use super::outcome::{FlushError, NotReady};

/// How many rounds an agent that is there may fail at one body before the body goes: it may be this one that it fails
/// at.
const MAX_FAILURES: u32 = 5;

/// Why something was not delivered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failure {
    /// Nobody listens.
    Absent(String),
    /// Somebody listens but does not answer as an agent does.
    Broken(String),
    /// The agent has no time now: 408, 429 and 5xx.
    Busy(u16),
    /// The agent does not want it, now or later.
    Refused(u16),
}

/// What a status asks of the sender. Source: agent-protocol 1.4.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    /// Taken.
    Accepted,
    /// Too large in one piece.
    TooLarge,
    /// The path is unknown to this agent, or takes no MessagePack.
    NoSuchEndpoint,
    /// To be tried again.
    Busy,
    /// To be dropped.
    Refused,
}

impl Meaning {
    pub(super) fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Accepted,
            404 | 405 | 415 => Self::NoSuchEndpoint,
            413 => Self::TooLarge,
            408 | 429 | 500..=599 => Self::Busy,
            _ => Self::Refused,
        }
    }
}

impl Failure {
    /// Whether a body is kept for another round. `failures` counts the rounds in which an agent that was there failed
    /// at it.
    pub(super) fn keeps(&self, failures: &mut u32) -> bool {
        match self {
            Self::Absent(_) => true,
            Self::Broken(_) | Self::Busy(_) => {
                *failures += 1;
                *failures < MAX_FAILURES
            }
            Self::Refused(_) => false,
        }
    }

    /// Whether what was sent is lost.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// What happened, where it goes without saying that the agent is at fault.
    fn cause(&self) -> String {
        match self {
            Self::Absent(cause) | Self::Broken(cause) => cause.clone(),
            Self::Busy(status) | Self::Refused(status) => format!("it answered with status {status}"),
        }
    }

    pub(super) fn into_flush_error(self, endpoint: &Endpoint) -> FlushError {
        match self {
            Self::Absent(cause) | Self::Broken(cause) => {
                FlushError::Unreachable { address: endpoint.to_string(), cause }
            }
            Self::Busy(status) | Self::Refused(status) => FlushError::Refused { status },
        }
    }

    pub(super) fn into_not_ready(self, endpoint: &Endpoint) -> NotReady {
        NotReady::Unreachable { address: endpoint.to_string(), cause: self.cause() }
    }
}

/// What the agent does, for people.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(cause) => write!(f, "cannot be reached: {cause}"),
            Self::Broken(cause) => write!(f, "does not answer as an agent does: {cause}"),
            Self::Busy(status) => write!(f, "has no time: status {status}"),
            Self::Refused(404) => {
                write!(f, "knows no traces or stats, status 404: is another program listening there?")
            }
            Self::Refused(status) => write!(f, "refused traces or stats for good: status {status}"),
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Connect(_) => Self::Absent(error.to_string()),
            HttpError::Io(_) | HttpError::Garbage(_) => Self::Broken(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_to_do() {
        for (statuses, expected) in [
            (&[200, 202, 204][..], Meaning::Accepted),
            (&[404, 405, 415], Meaning::NoSuchEndpoint),
            (&[413], Meaning::TooLarge),
            (&[408, 429, 500, 502, 503, 599], Meaning::Busy),
            (&[301, 307, 400, 401, 403, 406, 418, 600, 999], Meaning::Refused),
        ] {
            for &status in statuses {
                assert_eq!(Meaning::of(status), expected, "{status}");
            }
        }
    }
}
