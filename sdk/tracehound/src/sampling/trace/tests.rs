//! Which rate decides on a trace, and what is told of it.

use std::time::Duration;

use super::*;
use crate::sampling::{TestSpan, parse_trace_rules};

/// Kept at every rate above 0.42, rejected below: see the tests of the hash.
const ID: u128 = 0xffff_0000_0000_0000_0000_0000_0000_0000 + 1_234_567_890_123_456_789;

const ROOT: TestSpan<'_> = TestSpan { service: "webserver", name: "web.request", resource: "/bar", tags: &[] };

fn sampler(rules: &str, rate: Option<f64>, limit: Option<f64>) -> TraceSampler {
    let (rules, problems) = parse_trace_rules(rules);
    assert_eq!(problems, Vec::<String>::new());
    TraceSampler::new(rules, rate, limit, "prod")
}

fn answer(sampler: &TraceSampler, rates: &[(&str, f64)]) {
    let rates: Vec<_> = rates.iter().map(|(key, rate)| ((*key).to_owned(), *rate)).collect();
    sampler.set_agent_rates(&rates);
}

fn decide(sampler: &TraceSampler) -> Decision {
    sampler.decide(ID, &ROOT, Instant::now)
}

#[test]
fn without_any_rate_everything_is_kept_and_nothing_told() {
    let decision = decide(&sampler("", None, None));
    assert_eq!(decision, Decision::new(Mechanism::Default, 1.0, true));
    assert_eq!(decision.priority, 1);
}

#[test]
fn the_first_rule_that_matches_decides() {
    for (rules, priority, rate) in [
        (r#"[{"service": "other", "sample_rate": 0}, {"service": "webserver", "sample_rate": 1}]"#, 2, 1.0),
        (r#"[{"service": "webserver", "sample_rate": 0}, {"service": "webserver", "sample_rate": 1}]"#, -1, 0.0),
        (r#"[{"name": "web.*", "sample_rate": 0.5}, {"sample_rate": 0}]"#, 2, 0.5),
        (r#"[{"name": "web.*", "sample_rate": 0.4}, {"sample_rate": 1}]"#, -1, 0.4),
        (r#"[{"name": "other", "sample_rate": 1}]"#, -1, 0.1),
    ] {
        let decision = decide(&sampler(rules, Some(0.1), None));
        assert_eq!((decision.priority, decision.rule_rate), (priority, Some(rate)), "{rules}");
        assert_eq!((decision.mechanism, decision.ksr), (Mechanism::LocalRule, Some(rate)), "{rules}");
        assert_eq!((decision.agent_rate, decision.limit_rate), (None, None), "{rules}");
    }
}

#[test]
fn a_rule_from_afar_decides_in_the_name_of_who_made_it() {
    for (provenance, mechanism) in [("customer", Mechanism::RemoteUserRule), ("dynamic", Mechanism::RemoteDynamicRule)]
    {
        let rules = format!(r#"[{{"provenance": "{provenance}", "sample_rate": 0.5}}]"#);
        let decision = decide(&sampler(&rules, None, None));
        assert_eq!((decision.mechanism, decision.priority, decision.rule_rate), (mechanism, 2, Some(0.5)));
    }
}

#[test]
fn a_rate_for_all_traces_comes_before_the_agents() {
    let sampler = sampler("", Some(1e-6), None);
    answer(&sampler, &[("service:,env:", 1.0)]);
    let decision = decide(&sampler);
    assert_eq!((decision.mechanism, decision.priority, decision.rule_rate), (Mechanism::LocalRule, -1, Some(1e-6)));
}

#[test]
fn the_agents_rates_decide_where_no_rule_does() {
    let sampler = sampler(r#"[{"service": "other", "sample_rate": 0}]"#, None, None);
    for (rates, mechanism, priority, rate) in [
        (&[("service:webserver,env:prod", 0.5), ("service:,env:", 0.1)][..], Mechanism::AgentRate, 1, Some(0.5)),
        (&[("service:webserver,env:prod", 0.4), ("service:,env:", 1.0)], Mechanism::AgentRate, 0, Some(0.4)),
        (&[("service:webserver,env:test", 0.4), ("service:,env:", 1.0)], Mechanism::AgentRate, 1, Some(1.0)),
        (&[("service:webserver,env:test", 0.4)], Mechanism::Default, 1, None),
        (&[("service:,env:", 0.0)], Mechanism::AgentRate, 0, Some(0.0)),
        (&[], Mechanism::Default, 1, None),
    ] {
        answer(&sampler, rates);
        let decision = decide(&sampler);
        assert_eq!(
            (decision.mechanism, decision.priority, decision.agent_rate),
            (mechanism, priority, rate),
            "{rates:?}"
        );
        assert_eq!((decision.ksr, decision.rule_rate, decision.limit_rate), (rate, None, None), "{rates:?}");
    }
}

#[test]
fn the_roots_own_environment_counts() {
    let sampler = sampler("", None, None);
    answer(&sampler, &[("service:webserver,env:prod", 1.0), ("service:webserver,env:test", 0.0)]);
    let tags = [("env", Tag::Text("test"))];
    let decision = sampler.decide(ID, &TestSpan { tags: &tags, ..ROOT }, Instant::now);
    assert_eq!((decision.priority, decision.agent_rate), (0, Some(0.0)));
}

#[test]
fn the_low_half_of_a_trace_id_decides() {
    let sampler = sampler("", Some(0.5), Some(-1.0));
    for high in [0, 1, u64::MAX] {
        let id = |low: u64| u128::from(high) << 64 | u128::from(low);
        assert_eq!(sampler.decide(id(1_234_567_890_123_456_789), &ROOT, Instant::now).priority, 2);
        assert_eq!(sampler.decide(id(10_428_415_896_243_638_596), &ROOT, Instant::now).priority, -1);
    }
}

#[test]
fn the_limit_rejects_what_goes_over_it() {
    let sampler = sampler(r#"[{"sample_rate": 1}]"#, Some(1.0), Some(1.0));
    let start = Instant::now();
    let at = |millis| sampler.decide(ID, &ROOT, || start + Duration::from_millis(millis));
    for (millis, priority, share) in [(0, 2, 1.0), (1, -1, 0.5), (2_500, 2, 1.0)] {
        let decision = at(millis);
        assert_eq!((decision.priority, decision.limit_rate), (priority, Some(share)), "at {millis} ms");
        assert_eq!((decision.mechanism, decision.rule_rate), (Mechanism::LocalRule, Some(1.0)), "at {millis} ms");
    }
}

#[test]
fn a_limit_of_zero_keeps_nothing() {
    let decision = decide(&sampler("", Some(1.0), Some(0.0)));
    assert_eq!((decision.priority, decision.rule_rate, decision.limit_rate), (-1, Some(1.0), Some(0.0)));
}

#[test]
fn without_a_limit_set_a_hundred_traces_a_second_are_kept() {
    let sampler = sampler("", Some(1.0), None);
    let now = Instant::now();
    for _ in 0..100 {
        let decision = sampler.decide(ID, &ROOT, || now);
        assert_eq!((decision.priority, decision.limit_rate), (2, None));
    }
    let decision = sampler.decide(ID, &ROOT, || now);
    assert_eq!((decision.priority, decision.limit_rate), (-1, Some(100.0 / 101.0)));
}

#[test]
fn a_limit_that_is_set_is_told_also_where_the_rate_rejected() {
    let decision = decide(&sampler(r#"[{"sample_rate": 0}]"#, Some(1.0), Some(3.0)));
    assert_eq!((decision.priority, decision.rule_rate, decision.limit_rate), (-1, Some(0.0), Some(1.0)));
    let decision = decide(&sampler(r#"[{"sample_rate": 0}]"#, Some(1.0), None));
    assert_eq!((decision.priority, decision.limit_rate), (-1, None));
}

#[test]
fn the_limit_is_none_of_the_agents_business() {
    let sampler = sampler("", None, Some(1.0));
    answer(&sampler, &[("service:,env:", 1.0)]);
    let now = Instant::now();
    for _ in 0..3 {
        let decision = sampler.decide(ID, &ROOT, || now);
        assert_eq!((decision.priority, decision.limit_rate), (1, None));
    }
}

#[test]
fn a_forecast_does_not_count_against_the_limit() {
    let sampler = sampler("", Some(0.5), Some(1.0));
    for _ in 0..10 {
        assert_eq!(sampler.expected_priority(ID, &ROOT), 2);
    }
    assert_eq!(sampler.expected_priority(10_428_415_896_243_638_596, &ROOT), -1);
    assert_eq!(decide(&sampler).priority, 2);
}

#[test]
fn rates_may_change_while_others_decide() {
    let sampler = sampler("", None, None);
    answer(&sampler, &[("service:,env:", 0.0)]);
    std::thread::scope(|scope| {
        scope.spawn(|| (0..1_000).for_each(|n| answer(&sampler, &[("service:,env:", f64::from(n % 2))])));
        for _ in 0..1_000 {
            let decision = decide(&sampler);
            assert_eq!(decision.agent_rate, Some(f64::from(decision.priority)));
        }
    });
}
