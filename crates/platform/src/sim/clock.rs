//! A clock that stands until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::{Clock, UnixNanos};

/// A clock for tests. Clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct SimClock {
    now: Arc<AtomicI64>,
    monotonic_nanos: Arc<AtomicU64>,
}

impl SimClock {
    /// A clock that shows `now`.
    pub fn new(now: UnixNanos) -> SimClock {
        let clock = SimClock::default();
        clock.set(now);
        clock
    }

    /// Moves the wall clock alone, forth or back, as somebody does who corrects it.
    pub fn set(&self, now: UnixNanos) {
        self.now.store(now, Ordering::SeqCst);
    }

    /// Lets time pass, on both scales.
    pub fn advance(&self, by: Duration) {
        let nanos = by.as_nanos() as u64;
        self.now.fetch_add(nanos as i64, Ordering::SeqCst);
        self.monotonic_nanos.fetch_add(nanos, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now(&self) -> UnixNanos {
        self.now.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_nanos(self.monotonic_nanos.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_moves_both_scales_and_setting_only_the_wall_clock() {
        let clock = SimClock::new(1_000);
        let same = clock.clone();
        clock.advance(Duration::from_nanos(5));
        clock.set(-7);
        assert_eq!((same.now(), same.monotonic()), (-7, Duration::from_nanos(5)));
        clock.advance(Duration::from_secs(1));
        assert_eq!((same.now(), same.monotonic()), (999_999_993, Duration::from_nanos(1_000_000_005)));
    }
}
