//! What time it is, and how much has passed.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment: nanoseconds since 1970-01-01T00:00:00Z.
pub type UnixNanos = i64;

/// A source of time.
pub trait Clock: Send + Sync {
    /// The wall clock. It can jump, in both directions.
    fn now(&self) -> UnixNanos;

    /// Time since some moment before the first call. Never goes back: what timeouts and measurements use.
    fn monotonic(&self) -> Duration;
}

/// The machine's clock.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose [`monotonic`](Clock::monotonic) time starts here.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is to use")]
    pub fn new() -> SystemClock {
        SystemClock { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    /// A time outside of what 64 bits hold, before 1677 or after 2262, is taken as the nearest they do.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is to use")]
    fn now(&self) -> UnixNanos {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
        }
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_lives_after_this_was_written() {
        const YEAR_2026: UnixNanos = 1_767_225_600_000_000_000;
        assert!(SystemClock::new().now() >= YEAR_2026);
    }

    #[test]
    fn monotonic_time_does_not_go_back() {
        let clock = SystemClock::new();
        let readings: Vec<_> = (0..1_000).map(|_| clock.monotonic()).collect();
        assert!(readings.is_sorted());
    }
}
