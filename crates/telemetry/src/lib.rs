//! What Tracehound says about itself.
//!
//! Three voices: numbers ([`Metrics`], one list of names, shown as Prometheus text), what clients ask for in vain
//! ([`UnknownRoutes`]), and log lines on standard error ([`start_logging`]). Pure crates return what happened; the crates
//! that act on it hold an `Arc<Metrics>` and count it.

mod counter;
mod log;
mod metrics;
mod throttle;
mod unknown;

pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;

pub use crate::counter::CounterBy;
pub use crate::log::start_logging;
pub use crate::metrics::{CONTENT_TYPE, Described, METRICS, Metrics};
pub use crate::unknown::{UnknownRoute, UnknownRoutes, UnknownRoutesSnapshot};
