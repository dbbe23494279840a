//! What a sender is told when it is made.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::headers::Surroundings;
use super::info::Info;
use crate::stats::Concentrator;

/// The longest timeout that is told apart from for ever, so that sums with the clock stay far from its end.
pub(super) const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Called on the sender's thread with what `/info` said: at the first answer, at each change, and once with `None` if
/// nothing came in the second that traces wait for it.
pub(crate) type OnInfo = Box<dyn Fn(Option<&Info>) + Send>;

/// Called on the sender's thread with the agent's sampling rates: `service:<service>,env:<env>` and the rate.
pub(crate) type OnRates = Box<dyn Fn(&[(String, f64)]) + Send>;

/// How a sender works. The callbacks must not own what owns the sender: neither would ever go.
pub(crate) struct SenderOptions {
    pub(crate) endpoint: Endpoint,
    pub(crate) surroundings: Surroundings,
    /// For a whole request and its answer: `DD_TRACE_AGENT_TIMEOUT`.
    pub(crate) timeout: Duration,
    pub(crate) pace: Pace,
    /// `None` if no stats are wanted, whatever the agent offers.
    pub(crate) stats: Option<Concentrator>,
    pub(crate) on_info: OnInfo,
    pub(crate) on_rates: OnRates,
}

/// How often things are done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// From the first chunk that waits to the request that brings it.
    pub(crate) traces: Duration,
    /// Between two looks for stats buckets that are over; a bucket's length.
    pub(crate) stats: Duration,
    /// How long traces wait for the first answer of `/info`.
    pub(crate) info_patience: Duration,
    /// Between two questions for `/info` once it is known.
    pub(crate) info: Duration,
    /// After the first failure; doubles with each further one.
    pub(crate) retry: Duration,
    /// After a round of tries that failed; doubles with each further one up to [`Pace::max_backoff`].
    pub(crate) backoff: Duration,
    pub(crate) max_backoff: Duration,
    /// From a start of the sender's thread that failed to the next try.
    pub(crate) relaunch: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            traces: Duration::from_secs(1),
            stats: Duration::from_secs(10),
            info_patience: Duration::from_secs(1),
            info: Duration::from_secs(60),
            retry: Duration::from_millis(100),
            backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(5),
            relaunch: Duration::from_secs(1),
        }
    }
}
