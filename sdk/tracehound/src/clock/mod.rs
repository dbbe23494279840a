//! The time of spans: the wall clock read once per local trace, and monotonic steps from there.
//!
//! A wall clock may be set back while a trace runs, so that a child would begin before its parent; a monotonic one knows no date. Each
//! local root therefore anchors the one in the other, anew, so that drift never lasts longer than a trace.

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod ticks;
/// Elsewhere there is no such counter, or nobody who says whether to trust it.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(miri))))]
mod ticks {
    #[derive(Clone, Copy, Debug)]
    pub(super) enum Ticks {}

    impl Ticks {
        pub(super) fn now() -> Option<Ticks> {
            None
        }

        pub(super) fn elapsed_ns(&self) -> u64 {
            match *self {}
        }
    }

    pub(super) fn prepare() {}
}

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ticks::Ticks;

pub(crate) const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Looks for the fastest clock that this machine has.
pub(crate) fn prepare() {
    ticks::prepare();
}

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    wall_ns: u64,
    monotonic: Monotonic,
}

#[derive(Clone, Copy, Debug)]
enum Monotonic {
    Ticks(Ticks),
    Instant(Instant),
}

impl Anchor {
    #[inline]
    pub(crate) fn now() -> Anchor {
        let wall_ns = wall_ns();
        let monotonic = Ticks::now().map_or_else(|| Monotonic::Instant(Instant::now()), Monotonic::Ticks);
        Anchor { wall_ns, monotonic }
    }

    /// The moment of the anchor, in nanoseconds since the epoch.
    pub(crate) fn wall_ns(&self) -> u64 {
        self.wall_ns
    }

    /// The present, in nanoseconds since the epoch.
    #[inline]
    pub(crate) fn now_ns(&self) -> u64 {
        let elapsed_ns = match &self.monotonic {
            Monotonic::Ticks(ticks) => ticks.elapsed_ns(),
            Monotonic::Instant(instant) => {
                let elapsed = instant.elapsed();
                elapsed.as_secs() * NANOS_PER_SECOND + u64::from(elapsed.subsec_nanos())
            }
        };
        self.wall_ns + elapsed_ns
    }
}

/// The wall clock in nanoseconds since the epoch.
pub(crate) fn wall_ns() -> u64 {
    nanos(SystemTime::now())
}

/// A time in nanoseconds since the epoch; 0 for times before it, and the last one that agents can hold for times after year 2262.
pub(crate) fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    since.min(i64::MAX as u128) as u64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_that_no_agent_can_hold_are_clamped() {
        assert_eq!(nanos(UNIX_EPOCH - Duration::from_secs(1)), 0);
        assert_eq!(nanos(UNIX_EPOCH + Duration::from_nanos(7)), 7);
        assert_eq!(nanos(UNIX_EPOCH + Duration::from_secs(1 << 40)), i64::MAX as u64);
    }

    #[test]
    fn an_anchored_clock_starts_at_its_anchor_and_never_goes_back() {
        let anchor = Anchor::now();
        let (first, second) = (anchor.now_ns(), anchor.now_ns());
        assert!(anchor.wall_ns() <= first && first <= second);
    }
}
