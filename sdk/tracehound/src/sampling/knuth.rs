//! The hash that turns an id and a rate into a decision.
//!
//! Multiplying by a large odd number spreads ids evenly over all 64-bit numbers; the lowest `rate` of these are kept. All tracers and
//! the agent use the same number, so a rate has the same meaning everywhere, and what a low rate keeps a higher one keeps too.

/// Source: the samplers of the vendor's tracers and agent.
const FACTOR: u64 = 1_111_111_111_111_111_111;

/// 2^64, how many ids there are.
const ALL_IDS: f64 = 18_446_744_073_709_551_616.0;

/// Where an id lies among all 64-bit numbers.
pub(super) fn hash(id: u64) -> u64 {
    id.wrapping_mul(FACTOR)
}

/// Whether a rate from 0 to 1 keeps an id. Of a 128-bit trace id the low half counts.
pub(super) fn keeps(id: u64, rate: f64) -> bool {
    rate >= 1.0 || rate > 0.0 && hash(id) <= (rate * ALL_IDS) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expectations from the tests of the vendor's Java tracer, which Python's big integers confirm.
    #[test]
    fn ids_are_kept_as_other_tracers_keep_them() {
        for id in [
            10428415896243638596,
            11199607447739267382,
            12432680895096110463,
            15505210698284655633,
            18317291550776694829,
            1874068156324778273,
            2227583514184312746,
            3409814636252858217,
        ] {
            assert!(!keeps(id, 0.5), "{id}");
        }
        for (id, rate, expected) in KEPT {
            assert_eq!(keeps(id, rate), expected, "{id} at {rate}");
        }
    }

    // Worked out with Python: `id * 1111111111111111111 % 2**64 <= int(rate * 2**64)`.
    const KEPT: [(u64, f64, bool); 10] = [
        (1, 0.05, false),
        (1, 0.07, true),
        (10, 0.5, false),
        (10, 0.7, true),
        (1234567890123456789, 0.5, true),
        (1234567890123456789, 0.25, false),
        (u64::MAX, 0.9, false),
        (u64::MAX, 0.95, true),
        (0, 1e-9, true),
        (0, 0.0, false),
    ];

    #[test]
    fn the_ends_of_the_scale_keep_all_and_nothing() {
        for id in [0, 1, 10428415896243638596, u64::MAX] {
            assert!(keeps(id, 1.0), "{id}");
            assert!(!keeps(id, 0.0), "{id}");
            assert!(!keeps(id, f64::NAN), "{id}");
        }
    }

    #[test]
    fn a_rate_keeps_its_share_of_ids() {
        for rate in [0.01, 0.1, 0.5, 0.9] {
            let kept = (1..=100_000_u64).filter(|id| keeps(id.wrapping_mul(0x9e37_79b9_7f4a_7c15), rate)).count();
            let share = kept as f64 / 100_000.0;
            assert!((share - rate).abs() < 0.005, "{share} of {rate}");
        }
    }

    #[test]
    fn what_a_low_rate_keeps_a_higher_one_keeps_too() {
        for id in (1..=10_000_u64).map(|id| id.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
            assert!(!keeps(id, 0.3) || keeps(id, 0.6), "{id}");
        }
    }
}
