//! The tracer of the program, which [`init`] starts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Builder, FlushError, Flushed, NotReady, Tracer};
use crate::config::Config;
use crate::fork::{self, PerProcess};
use crate::{context, messages};

/// How long a dropped [`Guard`] waits for what is left to be sent. Source: sdk.md 4.2, "Shutdown".
const DROP_TIMEOUT: Duration = Duration::from_secs(1);

/// A child has its parent's, which starts anew there when it is first used; or makes its own, if its parent was still making it.
static GLOBAL: PerProcess<Global> = PerProcess::of_all();
static DISABLED: Tracer = Tracer::disabled();

struct Global {
    tracer: Tracer,
    /// What the code said, to notice a second start that says something else.
    builder: Builder,
}

/// Starts tracing with the settings of the environment (`DD_SERVICE`, `DD_TRACE_AGENT_URL` and the others). This one line is all that
/// a program needs:
///
/// ```no_run
/// let _tracing = tracehound::init();
/// ```
///
/// It cannot fail: if the agent is not there, that is told on stderr and the program runs on. Before it is called nothing is traced,
/// so libraries may use this crate freely and leave the choice to the program. A second call returns the same tracer.
///
/// The guard sends what is left when it is dropped, which takes a second at most; tracing goes on, even if it is dropped at once.
pub fn init() -> Guard {
    Builder::default().init()
}

/// The global tracer: disabled before [`init`]. Inside of [`testing`](crate::testing) it is the one in memory.
///
/// ```
/// assert!(!tracehound::tracer().is_enabled());
/// tracehound::testing::capture(|| assert!(tracehound::tracer().is_enabled()));
/// ```
pub fn tracer() -> Tracer {
    context::default_tracer()
}

/// Sends what the global tracer has finished: see [`Tracer::flush`].
///
/// # Errors
/// If not everything could be sent in that time, with the reason.
///
/// ```
/// let done = tracehound::flush(std::time::Duration::from_secs(1));
/// ```
pub fn flush(timeout: Duration) -> Result<Flushed, FlushError> {
    tracer().flush(timeout)
}

/// Sends the global tracer's statistics: see [`Tracer::flush_stats`].
///
/// # Errors
/// If not everything could be sent in that time, with the reason.
///
/// ```
/// let done = tracehound::flush_stats(std::time::Duration::from_secs(1));
/// ```
pub fn flush_stats(timeout: Duration) -> Result<Flushed, FlushError> {
    tracer().flush_stats(timeout)
}

/// Waits until the agent has said what it offers: see [`Tracer::ready`].
///
/// # Errors
/// If it did not by then, with the reason.
///
/// ```
/// let ready = tracehound::ready(std::time::Duration::from_millis(1));
/// ```
pub fn ready(timeout: Duration) -> Result<(), NotReady> {
    tracer().ready(timeout)
}

/// The settings of the global tracer: see [`Tracer::config`].
///
/// ```
/// let service = tracehound::config().get("DD_SERVICE");
/// ```
pub fn config() -> Arc<Config> {
    tracer().config()
}

#[inline]
pub(crate) fn global() -> &'static Tracer {
    GLOBAL.inherited().map_or(&DISABLED, |global| &global.tracer)
}

/// Makes the tracer of `builder` the global one, unless there is one. While this very thread makes it, the guard is of no tracer.
pub(super) fn install(builder: Builder) -> Guard {
    // Before anything is half-made that a child must not wait for.
    fork::watch();
    let make = || Global { tracer: builder.clone().build(), builder: builder.clone() };
    let Some(global) = GLOBAL.inherited().or_else(|| GLOBAL.get_or_init(make)) else {
        return Guard { tracer: Tracer::disabled() };
    };
    if !global.builder.agrees(&builder) {
        messages::warn(format_args!("the tracer was already started with other settings; those stay"));
    }
    Guard { tracer: global.tracer.clone() }
}

/// Sends what is left when it is dropped: see [`init`].
///
/// ```no_run
/// let tracing = tracehound::init();
/// // … the program …
/// tracing.shutdown();
/// ```
#[derive(Debug)]
pub struct Guard {
    tracer: Tracer,
}

impl Guard {
    /// The tracer that was started.
    ///
    /// ```no_run
    /// let tracing = tracehound::init();
    /// let span = tracing.tracer().span("work").start();
    /// ```
    pub fn tracer(&self) -> &Tracer {
        &self.tracer
    }

    /// Sends what is left and stops tracing.
    ///
    /// ```no_run
    /// tracehound::init().shutdown();
    /// ```
    pub fn shutdown(self) {
        tell(self.tracer.shutdown(DROP_TIMEOUT));
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let started = Instant::now();
        tell(self.tracer.flush(DROP_TIMEOUT));
        // It goes the same way, so it is not told twice.
        let _ = self.tracer.flush_stats(DROP_TIMEOUT.saturating_sub(started.elapsed()));
    }
}

/// Says what could not be sent. A program may end sooner than the sender gives up a round and says so itself: without this, a command
/// line tool would never hear that its agent is away.
fn tell(result: Result<Flushed, FlushError>) {
    if let Err(error @ (FlushError::Timeout { .. } | FlushError::Unreachable { .. })) = result {
        messages::warn(format_args!("not everything was sent: {error}"));
    }
}
