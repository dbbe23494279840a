//! Single spans that are kept though their trace is rejected.

use std::time::Instant;

use super::facts::SpanFacts;
use super::knuth;
use super::rules::SpanRule;

/// Why a single span is kept, for its tags `_dd.span_sampling.*`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SingleSpan {
    /// The rule's rate, from 0 to 1.
    pub(crate) rate: f64,
    /// The rule's limit, if it has one.
    pub(crate) max_per_second: Option<f64>,
}

/// Applies the rules for single spans.
#[derive(Debug, Default)]
pub(crate) struct SpanSampler {
    rules: Vec<SpanRule>,
}

impl SpanSampler {
    pub(crate) fn new(rules: Vec<SpanRule>) -> Self {
        Self { rules }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether the first rule that matches a span keeps it; a span that no rule matches is not kept.
    ///
    /// The span's own id decides, not that of its trace: a trace was rejected for its id being high, and so would be all its spans.
    pub(crate) fn decide(&self, span_id: u64, span: &dyn SpanFacts, now: Instant) -> Option<SingleSpan> {
        let rule = self.rules.iter().find(|rule| rule.conditions.hold(span))?;
        let kept = knuth::keeps(span_id, rule.rate) && rule.limiter.allow(now).0;
        kept.then_some(SingleSpan { rate: rule.rate, max_per_second: rule.max_per_second })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sampling::{TestSpan, parse_span_rules};

    const SPAN: TestSpan<'_> = TestSpan { service: "webserver", name: "web.request", resource: "/bar", tags: &[] };
    const ALL: SingleSpan = SingleSpan { rate: 1.0, max_per_second: None };

    fn sampler(rules: &str) -> SpanSampler {
        let (rules, problems) = parse_span_rules(rules);
        assert_eq!(problems, Vec::<String>::new());
        SpanSampler::new(rules)
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        for (rules, expected) in [
            ("[]", None),
            (r#"[{"service": "webserver", "name": "web.request"}]"#, Some(ALL)),
            (r#"[{"service": "webse*", "name": "web.re?uest"}]"#, Some(ALL)),
            (r#"[{"service": "notmatching", "name": "notmatching"}]"#, None),
            (r#"[{"service": "webserver"}]"#, Some(ALL)),
            (r#"[{"name": "no_match"}]"#, None),
            (r#"[{"resource": "/bar", "tags": {"a": "*"}}]"#, None),
            (r#"[{"service": "webserver"}, {"service": "webserver", "sample_rate": 0}]"#, Some(ALL)),
            (r#"[{"service": "webserver", "sample_rate": 0}, {"service": "webserver"}]"#, None),
            (r#"[{"max_per_second": 50}]"#, Some(SingleSpan { max_per_second: Some(50.0), ..ALL })),
        ] {
            let sampler = sampler(rules);
            assert_eq!(sampler.decide(1, &SPAN, Instant::now()), expected, "{rules}");
            assert_eq!(sampler.is_empty(), rules == "[]");
        }
    }

    // The ids are from the tests of the hash.
    #[test]
    fn the_spans_id_decides_at_a_rate() {
        let sampler = sampler(r#"[{"sample_rate": 0.5}]"#);
        let kept = Some(SingleSpan { rate: 0.5, max_per_second: None });
        assert_eq!(sampler.decide(1_234_567_890_123_456_789, &SPAN, Instant::now()), kept);
        assert_eq!(sampler.decide(10_428_415_896_243_638_596, &SPAN, Instant::now()), None);
    }

    #[test]
    fn each_rule_has_a_limit_of_its_own() {
        let sampler =
            sampler(r#"[{"name": "web.request", "max_per_second": 1}, {"name": "other", "max_per_second": 2}]"#);
        let other = TestSpan { name: "other", ..SPAN };
        let start = Instant::now();
        let kept = |span, millis| sampler.decide(1, span, start + Duration::from_millis(millis)).is_some();
        assert_eq!([0, 1, 2].map(|millis| kept(&SPAN, millis)), [true, false, false]);
        assert_eq!([3, 4, 5].map(|millis| kept(&other, millis)), [true, true, false]);
        assert_eq!([2_000, 2_001].map(|millis| kept(&SPAN, millis)), [true, false]);
    }
}
