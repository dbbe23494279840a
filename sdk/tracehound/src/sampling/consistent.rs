//! A decision by rate in the terms of OpenTelemetry's consistent probability sampling.
//!
//! There a trace has 56 bits of randomness, and is kept if they reach a threshold. Our hash turned over is such a randomness, and what
//! a rate lacks of 1 is the threshold. Both are cut from 64 bits to 56, so at the very edge they could tell the opposite of what was
//! decided; there the randomness gives way, because the threshold is what receivers weigh the trace by. Source: OpenTelemetry, TraceState
//! probability sampling.

use super::knuth;

/// 2^56, how many values randomness has.
const VALUES: f64 = 72_057_594_037_927_936.0;

/// The fields `rv` and `th` of a trace that a rate from 0 to 1 kept or rejected. `None` where the rate alone did not decide, or is 0,
/// which no threshold stands for.
pub(crate) fn probability_fields(trace_id: u128, rate: f64, kept: bool) -> Option<String> {
    let id = trace_id as u64;
    if rate.is_nan() || rate <= 0.0 || knuth::keeps(id, rate) != kept {
        return None;
    }
    let threshold = ((1.0 - rate) * VALUES).round() as u64;
    let randomness = !knuth::hash(id) >> 8;
    let randomness = if kept { randomness.max(threshold) } else { randomness.min(threshold.saturating_sub(1)) };
    let digits = format!("{threshold:014x}");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    Some(format!("rv:{randomness:014x};th:{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Randomness and thresholds as other tracers tell them for these ids and rates.
    #[test]
    fn a_decision_is_told_as_other_tracers_tell_it() {
        for (id, rate, kept, expected) in [
            (1, 0.01, false, "rv:f0948a54d43b8e;th:fd70a3d70a3d7"),
            (1, 0.1, true, "rv:f0948a54d43b8e;th:e6666666666668"),
            (10, 0.2, false, "rv:65cd67504a538e;th:ccccccccccccd"),
            (1000, 0.5, true, "rv:c43c5b5d08a38e;th:8"),
            (83, 0.99, false, "rv:0028d980cf4f1c;th:028f5c28f5c29"),
            (u64::MAX, 0.99, true, "rv:0f6b75ab2bc471;th:028f5c28f5c29"),
            (1, 1.0, true, "rv:f0948a54d43b8e;th:0"),
        ] {
            assert_eq!(probability_fields(u128::from(id), rate, kept).as_deref(), Some(expected), "{id} at {rate}");
        }
    }

    #[test]
    fn at_the_edge_the_randomness_gives_way() {
        let kept = probability_fields(0x03a9_3ee8_b199_9f00, 0.1, true);
        assert_eq!(kept.as_deref(), Some("rv:e6666666666668;th:e6666666666668"));
        let rejected = probability_fields(5_401_449_561_355_763_072, 0.05, false);
        assert_eq!(rejected.as_deref(), Some("rv:f333333333332f;th:f333333333333"));
    }

    #[test]
    fn what_the_rate_alone_did_not_decide_is_not_told() {
        for (id, rate, kept) in [(1, 0.1, false), (1, 0.01, true), (1, 0.0, false), (1, f64::NAN, false)] {
            assert_eq!(probability_fields(id, rate, kept), None, "{id} at {rate}");
        }
    }
}
