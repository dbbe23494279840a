//! What an application learns about the delivery of its traces.

use std::error::Error;
use std::fmt;

/// Traces and the spans in them. A trace that is sent in several parts counts once for each.
///
/// ```
/// let sent = tracehound::tracer().health().sent;
/// println!("{} spans in {} traces", sent.spans, sent.traces);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// Traces, or parts of them.
    pub traces: u64,
    /// Spans.
    pub spans: u64,
}

impl Count {
    pub(crate) fn add(&mut self, traces: u64, spans: u64) {
        self.traces = self.traces.saturating_add(traces);
        self.spans = self.spans.saturating_add(spans);
    }

    /// What was added since `before`.
    pub(super) fn since(self, before: Self) -> Self {
        Self { traces: self.traces.saturating_sub(before.traces), spans: self.spans.saturating_sub(before.spans) }
    }
}

/// What a flush did.
///
/// ```no_run
/// # use std::time::Duration;
/// match tracehound::flush(Duration::from_secs(1)) {
///     Ok(flushed) => println!("{} traces sent", flushed.sent.traces),
///     Err(error) => eprintln!("not all traces were sent: {error}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flushed {
    /// What the agent took while the flush went on.
    pub sent: Count,
    /// What was dropped meanwhile, for whatever reason.
    pub dropped: Count,
    /// Stats payloads the agent took meanwhile.
    pub stats_payloads: u64,
}

/// Why a flush did not deliver everything.
///
/// ```no_run
/// # use std::time::Duration;
/// use tracehound::FlushError;
///
/// if let Err(FlushError::Unreachable { address, cause }) = tracehound::flush(Duration::from_secs(1)) {
///     eprintln!("is there an agent at {address}? {cause}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlushError {
    /// The time was up while the agent was being talked to. What is left is sent later.
    Timeout {
        /// Traces that still wait.
        traces: u64,
        /// Bytes that still wait or are under way.
        bytes: u64,
    },
    /// The agent cannot be reached, or does not answer as an agent does. What is left is sent later.
    Unreachable {
        /// The agent's address.
        address: String,
        /// What happened, in the system's words.
        cause: String,
    },
    /// The agent answered with an error. With a status of 429 or from 500 on the rest is sent later, else it was
    /// dropped.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The tracer was shut down, or the system had no thread for it, or this process is a forked child that has not begun a trace of its
    /// own.
    Stopped,
}

impl fmt::Display for FlushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout { traces, bytes } => {
                write!(f, "the time was up with {traces} traces ({bytes} bytes) still to be sent")
            }
            Self::Unreachable { address, cause } => write!(f, "the agent at {address} cannot be reached: {cause}"),
            Self::Refused { status } => write!(f, "the agent answered with status {status}"),
            Self::Stopped => f.write_str("the tracer does not run"),
        }
    }
}

impl Error for FlushError {}

/// Why the agent's abilities are not known yet.
///
/// ```no_run
/// # use std::time::Duration;
/// if let Err(reason) = tracehound::ready(Duration::from_secs(1)) {
///     eprintln!("going on without: {reason}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotReady {
    /// The time was up before the agent answered.
    Timeout,
    /// The agent cannot be reached, or does not answer as an agent does.
    Unreachable {
        /// The agent's address.
        address: String,
        /// What happened, in the system's words.
        cause: String,
    },
    /// The tracer was shut down, or the system had no thread for it, or this process is a forked child that has not begun a trace of its
    /// own.
    Stopped,
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("the agent has not answered yet"),
            Self::Unreachable { address, cause } => write!(f, "the agent at {address} cannot be reached: {cause}"),
            Self::Stopped => f.write_str("the tracer does not run"),
        }
    }
}

impl Error for NotReady {}

/// How the delivery has gone since the tracer started.
///
/// ```no_run
/// let health = tracehound::tracer().health();
/// assert_eq!(health.dropped_full.traces, 0, "the agent keeps up");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// What the agent took.
    pub sent: Count,
    /// Bytes of trace bodies the agent took.
    pub sent_bytes: u64,
    /// What found no room in the queue.
    pub dropped_full: Count,
    /// What the agent refused for good, or failed at time and again.
    pub dropped_refused: Count,
    /// Traces too large for the agent all by themselves.
    pub dropped_too_large: Count,
    /// What ended after the tracer had been shut down.
    pub dropped_stopped: Count,
    /// What was rejected by sampling and not sent, because the agent offers that; their stats were sent.
    pub dropped_p0: Count,
    /// Stats payloads the agent took.
    pub stats_sent: u64,
    /// Stats payloads that were dropped: refused, or too many waiting.
    pub stats_dropped: u64,
    /// Bytes of stats records that found no room before they were counted.
    pub stats_lost_bytes: u64,
    /// Traces that wait to be sent.
    pub waiting_traces: u64,
    /// Bytes that wait to be sent or are under way.
    pub waiting_bytes: u64,
}

impl Health {
    /// Everything dropped that should have been sent.
    pub(super) fn dropped(&self) -> Count {
        let mut all = Count::default();
        for count in [self.dropped_full, self.dropped_refused, self.dropped_too_large, self.dropped_stopped] {
            all.add(count.traces, count.spans);
        }
        all
    }

    /// What happened between `before` and now.
    pub(super) fn since(&self, before: &Self) -> Flushed {
        Flushed {
            sent: self.sent.since(before.sent),
            dropped: self.dropped().since(before.dropped()),
            stats_payloads: self.stats_sent.saturating_sub(before.stats_sent),
        }
    }
}
