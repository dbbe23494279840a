//! The time of spans: the wall clock read once per local trace, and monotonic steps from there.
//!
//! A wall clock may be set back while a trace runs, so that a child would begin before its parent; a monotonic one knows no date. Each
//! local root therefore anchors the one in the other, anew, so that drift never lasts longer than a trace.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub(crate) const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    wall_ns: u64,
    instant: Instant,
}

impl Anchor {
    pub(crate) fn now() -> Anchor {
        Anchor { wall_ns: wall_ns(), instant: Instant::now() }
    }

    /// The moment of the anchor, in nanoseconds since the epoch.
    pub(crate) fn wall_ns(&self) -> u64 {
        self.wall_ns
    }

    /// The present, in nanoseconds since the epoch.
    #[inline]
    pub(crate) fn now_ns(&self) -> u64 {
        let elapsed = self.instant.elapsed();
        self.wall_ns + elapsed.as_secs() * NANOS_PER_SECOND + u64::from(elapsed.subsec_nanos())
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
