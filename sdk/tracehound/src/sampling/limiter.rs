//! A limit per second: a bucket of tokens that fills steadily and starts full.
//!
//! It also tells the rate it amounts to: of what came in this second and the one before, the share that passed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The span of time that is counted at once.
const PERIOD: Duration = Duration::from_secs(1);

/// Lets at most so many through in a second. Cheap, and safe to use from many threads.
#[derive(Debug)]
pub(super) struct Limiter {
    /// Per second; none if everything passes.
    limit: Option<f64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tokens: f64,
    /// When tokens were last added; nothing before the first use.
    filled: Option<Instant>,
    period: Option<Instant>,
    current: Counts,
    previous: Counts,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    seen: f64,
    allowed: f64,
}

impl Limiter {
    /// `limit` is per second. 0 lets nothing through; what is negative, or no number, everything.
    pub(super) fn new(limit: f64) -> Self {
        Self { limit: (limit >= 0.0).then_some(limit), state: Mutex::default() }
    }

    /// Whether one more may pass, and the share of all that passes.
    pub(super) fn allow(&self, now: Instant) -> (bool, f64) {
        let Some(limit) = self.limit else { return (true, 1.0) };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.fill(limit, now);
        state.turn(now);
        state.current.seen += 1.0;
        let allowed = state.tokens >= 1.0;
        if allowed {
            state.tokens -= 1.0;
            state.current.allowed += 1.0;
        }
        (allowed, state.rate())
    }

    /// The share of all that passes at the moment; 1 if nothing has come.
    pub(super) fn rate(&self) -> f64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).rate()
    }
}

impl State {
    fn fill(&mut self, limit: f64, now: Instant) {
        // Fractions of a token would let nothing through, ever.
        let full = limit.ceil();
        self.tokens = match self.filled {
            None => full,
            Some(filled) => full.min(self.tokens + now.saturating_duration_since(filled).as_secs_f64() * limit),
        };
        // Another thread may have come with a later time, which must not be given twice.
        self.filled = self.filled.max(Some(now));
    }

    fn turn(&mut self, now: Instant) {
        let elapsed = self.period.map(|period| now.saturating_duration_since(period));
        if elapsed.is_some_and(|elapsed| elapsed < PERIOD) {
            return;
        }
        // What lies further back says nothing of now.
        let adjoins = elapsed.is_some_and(|elapsed| elapsed < 2 * PERIOD);
        self.previous = if adjoins { self.current } else { Counts::default() };
        self.current = Counts::default();
        self.period = Some(now);
    }

    fn rate(&self) -> f64 {
        let seen = self.previous.seen + self.current.seen;
        if seen > 0.0 { (self.previous.allowed + self.current.allowed) / seen } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a list of (milliseconds since the start, expected).
    fn play(limit: f64, steps: &[(u64, bool)]) -> Limiter {
        let limiter = Limiter::new(limit);
        let start = Instant::now();
        for &(millis, expected) in steps {
            let (allowed, _) = limiter.allow(start + Duration::from_millis(millis));
            assert_eq!(allowed, expected, "limit {limit} at {millis} ms");
        }
        limiter
    }

    #[test]
    fn a_limit_lets_so_many_through_and_then_one_at_a_time() {
        play(1.0, &[(0, true), (0, false), (999, false), (1_000, true), (1_001, false)]);
        play(
            2.0,
            &[(0, true), (1, true), (2, false), (400, false), (500, true), (501, false), (1_500, true), (1_500, true)],
        );
        play(0.5, &[(0, true), (1_000, false), (2_000, true), (2_001, false)]);
    }

    #[test]
    fn time_without_traffic_saves_up_for_a_second_only() {
        play(2.0, &[(0, true), (60_000, true), (60_000, true), (60_000, false)]);
    }

    #[test]
    fn zero_lets_nothing_through_and_less_than_zero_everything() {
        play(0.0, &[(0, false), (5_000, false)]);
        play(-1.0, &[(0, true); 1_000]);
        play(f64::NAN, &[(0, true); 1_000]);
        play(f64::INFINITY, &[(0, true); 1_000]);
    }

    #[test]
    fn the_rate_is_the_share_that_passed_in_this_second_and_the_one_before() {
        let limiter = Limiter::new(1.0);
        let start = Instant::now();
        let rate = |millis| limiter.allow(start + Duration::from_millis(millis)).1;
        assert_eq!(rate(0), 1.0);
        assert_eq!(rate(10), 1.0 / 2.0);
        assert_eq!(rate(20), 1.0 / 3.0);
        assert_eq!(rate(30), 1.0 / 4.0);
        // The next second begins: 1 of 4 before, 1 of 1 now.
        assert_eq!(rate(1_000), 2.0 / 5.0);
        assert_eq!(rate(1_010), 2.0 / 6.0);
        assert_eq!(limiter.rate(), 2.0 / 6.0);
        // After a pause the past does not count.
        assert_eq!(rate(9_000), 1.0);
    }

    #[test]
    fn a_clock_that_seems_to_run_backwards_gives_no_tokens_twice() {
        play(1.0, &[(5_000, true), (0, false), (5_000, false), (5_999, false), (6_000, true)]);
    }
}
