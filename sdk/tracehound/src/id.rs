//! Ids of traces and spans, and the generator they come from.
//!
//! A trace id has 128 bits: 32 of Unix seconds, 32 of zeros, 64 random ones; agents see the low half, and the high half as the tag
//! `_dd.p.tid`. A span id has 63 random bits and is never 0, so that languages without unsigned numbers can hold it. Source: sdk.md 2.2.
//!
//! Each thread has a generator of its own, seeded from the process' random state, its pid and the clock; a forked child seeds anew.

use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};

use crate::{clock, fork};

/// The 128-bit id of a trace. It prints as 32 hexadecimal digits, the form that logs carry.
///
/// ```
/// use tracehound::TraceId;
///
/// let id = TraceId::from(0x6909_f0d2_0000_0000_7a5c_41bc_0b36_0db0);
/// assert_eq!(id.to_string(), "6909f0d2000000007a5c41bc0b360db0");
/// assert_eq!(id.low(), 0x7a5c_41bc_0b36_0db0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId(u128);

impl TraceId {
    /// The low 64 bits: what agents call the trace id.
    ///
    /// ```
    /// assert_eq!(tracehound::TraceId::from(7).low(), 7);
    /// ```
    pub fn low(self) -> u64 {
        self.0 as u64
    }

    /// The high 64 bits: 0 for ids of 64 bits.
    ///
    /// ```
    /// assert_eq!(tracehound::TraceId::from(7).high(), 0);
    /// ```
    pub fn high(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// All 128 bits as a number; 0 where there is no trace.
    ///
    /// ```
    /// assert_eq!(tracehound::TraceId::from(7).as_u128(), 7);
    /// ```
    pub fn as_u128(self) -> u128 {
        self.0
    }
}

impl From<u128> for TraceId {
    fn from(id: u128) -> TraceId {
        TraceId(id)
    }
}

impl From<TraceId> for u128 {
    fn from(id: TraceId) -> u128 {
        id.0
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}

/// A new trace id for a trace that starts at `start_ns` since the epoch.
pub(crate) fn new_trace_id(start_ns: u64, wide: bool) -> TraceId {
    let low = u128::from(random().max(1));
    if !wide {
        return TraceId(low);
    }
    let seconds = u128::from(start_ns / clock::NANOS_PER_SECOND) & 0xffff_ffff;
    TraceId(seconds << 96 | low)
}

/// A new span id.
pub(crate) fn new_span_id() -> u64 {
    (random() >> 1).max(1)
}

/// A random UUID of version 4, as runtime ids are.
pub(crate) fn new_uuid() -> String {
    let (high, low) = (random(), random());
    let high = high & 0xffff_ffff_ffff_0fff | 0x4000;
    let low = low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// Where a thread's generator stands, and for which generation of the process it was seeded.
#[derive(Clone, Copy)]
struct Generator {
    state: u64,
    generation: u32,
}

thread_local! {
    static GENERATOR: Cell<Option<Generator>> = const { Cell::new(None) };
}

/// SplitMix64: a counter and a bijection, so that one thread repeats no id in 2^64.
fn random() -> u64 {
    let generation = fork::generation();
    let step = |cell: &Cell<Option<Generator>>| {
        let mut state = match cell.get() {
            Some(generator) if generator.generation == generation => generator.state,
            _ => seed(),
        };
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        cell.set(Some(Generator { state, generation }));
        mix(state)
    };
    // A thread that is being torn down has no generator any more; its last spans take a seed each.
    GENERATOR.try_with(step).unwrap_or_else(|_| seed())
}

fn mix(state: u64) -> u64 {
    let once = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let twice = (once ^ once >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    twice ^ twice >> 31
}

/// `RandomState` is seeded by the system, but a forked child inherits it: pid and clock tell the child from its parent.
fn seed() -> u64 {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.write_u64(clock::wall_ns());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_trace_id_holds_the_seconds_then_zeros_then_chance() {
        let id = new_trace_id(1_700_000_000 * clock::NANOS_PER_SECOND, true);
        assert_eq!(id.high(), 1_700_000_000 << 32);
        assert_ne!(id.low(), 0);
        assert_eq!(new_trace_id(1_700_000_000 * clock::NANOS_PER_SECOND, false).high(), 0);
    }

    #[test]
    fn span_ids_are_positive_and_differ_between_threads() {
        let threads: Vec<_> =
            (0..4).map(|_| std::thread::spawn(|| (0..1000).map(|_| new_span_id()).collect::<Vec<_>>())).collect();
        let ids: Vec<u64> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert!(ids.iter().all(|&id| id != 0 && id < 1 << 63));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 4000);
    }

    #[test]
    fn a_runtime_id_is_a_uuid_of_version_4() {
        let id = new_uuid();
        let groups: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
    }
}
