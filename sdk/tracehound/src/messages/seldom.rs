//! Keeps a message that would come again and again down to one a minute.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const MILLIS_BETWEEN: u64 = 60_000;

/// One place in the code that says something, at most once a minute.
///
/// ```text
/// static LOST: Seldom = Seldom::new();
/// if let Some(suppressed) = LOST.allow() {
///     messages::warn(format_args!("a trace was lost, and {suppressed} more since this was last said"));
/// }
/// ```
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    /// When it was last said, in milliseconds of [`millis`] plus one; 0 for never.
    last: AtomicU64,
    /// How often it was not said since.
    suppressed: AtomicU64,
}

impl Seldom {
    pub(crate) const fn new() -> Seldom {
        Seldom { last: AtomicU64::new(0), suppressed: AtomicU64::new(0) }
    }

    /// Whether it may be said now, and how often it was not since the last time.
    pub(crate) fn allow(&self) -> Option<u64> {
        self.allow_at(millis())
    }

    fn allow_at(&self, now: u64) -> Option<u64> {
        let last = self.last.load(Ordering::Relaxed);
        let due = last == 0 || now + 1 >= last + MILLIS_BETWEEN;
        // Of several threads that find it due one says it.
        if due && self.last.compare_exchange(last, now + 1, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            Some(self.suppressed.swap(0, Ordering::Relaxed))
        } else {
            self.suppressed.fetch_add(1, Ordering::Relaxed);
            None
        }
    }
}

/// Milliseconds since the first call.
fn millis() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_at_once_and_then_once_a_minute() {
        let seldom = Seldom::new();
        let answers: Vec<_> = [0, 1, 30_000, 59_999, 60_000, 60_001, 500_000].map(|now| seldom.allow_at(now)).into();
        assert_eq!(answers, [Some(0), None, None, None, Some(3), None, Some(1)]);
    }

    #[test]
    fn the_first_call_is_always_allowed() {
        assert_eq!(Seldom::new().allow(), Some(0));
        assert_eq!(Seldom::new().allow_at(1_000_000), Some(0));
    }
}
