//! Log lines: on standard error, one line each, a constant message with values as fields.

use std::io;
use std::time::Duration;

use tracing::Level;
use tracing_subscriber::fmt::format::Format;

use crate::throttle::Throttled;

/// Sends the process's log lines of this level and above to standard error; repeating ones are throttled.
///
/// - `monotonic`: time since some fixed moment, for the throttle.
///
/// A second call changes nothing.
pub fn start_logging(level: Level, monotonic: impl Fn() -> Duration + Send + Sync + 'static) {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .event_format(Throttled::new(Format::default(), monotonic))
        .finish();
    // An error says that logging was started before, which is what the caller wants.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
