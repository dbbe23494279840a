//! The processor's own counter of time, where the kernel itself trusts it.
//!
//! A reading takes a third of the time that the system's clock takes, and a span reads the clock twice. The counter is used only while
//! the kernel takes its time from the counter too (`tsc`): then it runs at one speed, whatever sleeps, and the same on all processors.
//!
//! How long a tick lasts is measured against the system's monotonic clock, anew each second, so that what time servers correct is
//! followed. Where a measurement contradicts the one before, because the machine was asleep or moved to another one, the system's clock is
//! used until the next one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, TryLockError};
use std::time::{Duration, Instant};

use super::NANOS_PER_SECOND;

/// What the kernel takes its time from.
const CLOCK_SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/// The shortest time over which is measured: readings that are 50 ns apart then mean an error of 5 in a million.
const SHORTEST: Duration = Duration::from_millis(10);

/// How far apart the two clocks are read at most, for a measurement to count: a tenth of the tolerance over the shortest time. A thread
/// that lost the processor between them, for as long as a container's quota says, would take that for the speed of the counter.
const LONGEST_LOOK: Duration = Duration::from_micros(1);

/// Two measurements that differ by more than one part in this many are not of one counter at one speed. Time servers correct by less.
const TOLERANCE: u64 = 1_000;

/// How long a tick lasts, in nanoseconds times 2^32; 0 while that is not known.
static LENGTH: AtomicU64 = AtomicU64::new(0);
/// The counter at the last measurement.
static MEASURED_AT: AtomicU64 = AtomicU64::new(0);
/// Ticks until the next one; it never comes until [`prepare`] has found that the counter can be trusted.
static DUE_AFTER: AtomicU64 = AtomicU64::new(u64::MAX);

/// Lets the counter be used from now on, if it can be trusted.
pub(super) fn prepare() {
    if DUE_AFTER.load(Ordering::Relaxed) == u64::MAX
        && std::fs::read_to_string(CLOCK_SOURCE).is_ok_and(|source| source.trim_end() == "tsc")
    {
        DUE_AFTER.store(0, Ordering::Relaxed);
    }
}

/// A moment by the counter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticks {
    counter: u64,
    /// How long a tick lasted then.
    length: u64,
}

impl Ticks {
    /// The present, if the counter can be used. Once a second whoever asks measures.
    #[inline]
    pub(super) fn now() -> Option<Ticks> {
        let (counter, length) = (counter(), LENGTH.load(Ordering::Relaxed));
        if counter.wrapping_sub(MEASURED_AT.load(Ordering::Relaxed)) >= DUE_AFTER.load(Ordering::Relaxed) {
            measure();
        }
        (length != 0).then_some(Ticks { counter, length })
    }

    /// Nanoseconds since then.
    #[inline]
    pub(super) fn elapsed_ns(&self) -> u64 {
        let ticks = counter().saturating_sub(self.counter);
        ((u128::from(ticks) * u128::from(self.length)) >> 32) as u64
    }
}

#[cold]
fn measure() {
    static LAST: Mutex<Option<(u64, Instant)>> = Mutex::new(None);
    // A forked child may find it locked for ever: it goes on with what was measured before.
    let mut last = match LAST.try_lock() {
        Ok(last) => last,
        Err(TryLockError::Poisoned(last)) => last.into_inner(),
        Err(TryLockError::WouldBlock) => return,
    };
    let Some((counter, instant)) = both_clocks(Instant::now, counter) else { return };
    let Some((counter_before, instant_before)) = *last else {
        *last = Some((counter, instant));
        return;
    };
    let elapsed = instant.saturating_duration_since(instant_before);
    if elapsed < SHORTEST {
        return;
    }
    let ticks = counter.saturating_sub(counter_before);
    LENGTH.store(agreed(LENGTH.load(Ordering::Relaxed), tick_length(ticks, elapsed)), Ordering::Relaxed);
    DUE_AFTER.store(per_second(ticks, elapsed), Ordering::Relaxed);
    MEASURED_AT.store(counter, Ordering::Relaxed);
    *last = Some((counter, instant));
}

/// One moment on both clocks; nothing if too much time passed while they were read.
fn both_clocks(now: impl Fn() -> Instant, counter: impl Fn() -> u64) -> Option<(u64, Instant)> {
    let (before, counter, after) = (now(), counter(), now());
    (after.saturating_duration_since(before) <= LONGEST_LOOK).then_some((counter, before))
}

/// How long a tick lasts if so many take that time; 0 if there were none.
fn tick_length(ticks: u64, elapsed: Duration) -> u64 {
    let length = (elapsed.as_nanos() << 32).checked_div(u128::from(ticks));
    length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

/// The new length of a tick, unless it contradicts the one before.
fn agreed(before: u64, new: u64) -> u64 {
    if before == 0 || before.abs_diff(new) <= before / TOLERANCE { new } else { 0 }
}

fn per_second(ticks: u64, elapsed: Duration) -> u64 {
    let ticks = u128::from(ticks) * u128::from(NANOS_PER_SECOND) / elapsed.as_nanos().max(1);
    // Not "never": a counter that makes no sense now may do so again.
    u64::try_from(ticks).unwrap_or(u64::MAX - 1)
}

#[inline]
#[expect(unsafe_code, reason = "reading the counter is an instruction, not a function of the standard library")]
fn counter() -> u64 {
    // SAFETY: every x86-64 processor has the instruction. It touches no memory, and Linux lets programs use it: one that was forbidden to,
    // by `prctl(PR_SET_TSC)`, could not ask its kernel for the time either where that takes it from the counter.
    unsafe { core::arch::x86_64::_rdtsc() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_tick_is_time_by_ticks() {
        let one_ns = 1 << 32;
        for (ticks, elapsed, length) in [
            (1_000, Duration::from_micros(1), one_ns),
            (3_000_000_000, Duration::from_secs(1), one_ns / 3),
            (0, Duration::from_secs(1), 0),
            (1, Duration::MAX, 0),
        ] {
            assert_eq!(tick_length(ticks, elapsed), length, "{ticks} in {elapsed:?}");
        }
        assert_eq!(per_second(30_000_000, Duration::from_millis(10)), 3_000_000_000);
    }

    #[test]
    fn clocks_between_which_the_thread_had_to_wait_are_not_held_against_each_other() {
        let begun = Instant::now();
        for (apart_ns, counts) in [(0, true), (50, true), (1_000, true), (1_001, false), (50_000_000, false)] {
            let now = std::cell::Cell::new(begun);
            let wait = || now.set(begun + Duration::from_nanos(apart_ns));
            let read = both_clocks(|| now.get(), || (wait(), 7).1);
            assert_eq!(read, counts.then_some((7, begun)), "{apart_ns} ns");
        }
    }

    #[test]
    fn a_measurement_that_contradicts_the_one_before_does_not_count() {
        for (before, new, agrees) in [
            (0, 1_000_000, true),
            (1_000_000, 1_000_900, true),
            (1_000_000, 999_100, true),
            (1_000_000, 1_002_000, false),
            (1_000_000, 500_000, false),
            (1_000_000, 0, false),
        ] {
            assert_eq!(agreed(before, new) == new && new != 0, agrees, "{before} and then {new}");
        }
    }

    #[test]
    fn the_counter_says_what_the_clock_says() {
        prepare();
        let begun = Instant::now();
        let ticks = loop {
            match Ticks::now() {
                Some(ticks) => break ticks,
                None if DUE_AFTER.load(Ordering::Relaxed) == u64::MAX => return eprintln!("skipped: no counter here"),
                None if begun.elapsed() > Duration::from_secs(10) => panic!("it was never measured"),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        let before = Instant::now();
        std::thread::sleep(Duration::from_millis(200));
        let at_least = before.elapsed().as_nanos() as u64;
        let elapsed = ticks.elapsed_ns();
        let at_most = begun.elapsed().as_nanos() as u64;
        // A millisecond in two hundred is far more than two clocks may differ, and far less than a wrong speed.
        let tolerance = 1_000_000;
        assert!(at_least - tolerance <= elapsed && elapsed <= at_most + tolerance, "{at_least} {elapsed} {at_most}");
    }
}
