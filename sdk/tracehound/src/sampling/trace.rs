//! The sampler of whole traces.

use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use super::decision::{Decision, Mechanism};
use super::facts::{SpanFacts, Tag};
use super::knuth;
use super::limiter::Limiter;
use super::rates::AgentRates;
use super::rules::Rule;

/// Traces per second that the user's rates keep, if the user does not say. Source: sdk.md 2.1, `DD_TRACE_RATE_LIMIT`.
const DEFAULT_LIMIT: f64 = 100.0;

/// Decides on traces by the facts of their local root.
#[derive(Debug)]
pub(crate) struct TraceSampler {
    rules: Vec<Rule>,
    /// The rate of traces that no rule matches, if the user set one.
    rate: Option<f64>,
    limiter: Limiter,
    /// The user set a limit, and so is told what it does.
    limit_is_set: bool,
    env: String,
    agent: RwLock<AgentRates>,
}

impl TraceSampler {
    /// `sample_rate` is from 0 to 1; `rate_limit` is in traces per second, where 0 keeps none and less than 0 sets no limit.
    pub(crate) fn new(rules: Vec<Rule>, sample_rate: Option<f64>, rate_limit: Option<f64>, env: &str) -> Self {
        Self {
            rules,
            rate: sample_rate,
            limiter: Limiter::new(rate_limit.unwrap_or(DEFAULT_LIMIT)),
            limit_is_set: rate_limit.is_some(),
            env: env.to_owned(),
            agent: RwLock::default(),
        }
    }

    /// Decides on a trace. Each call counts against the limit per second; the clock is asked only where that limit holds.
    pub(crate) fn decide(&self, trace_id: u128, root: &dyn SpanFacts, now: impl FnOnce() -> Instant) -> Decision {
        let (mechanism, rate) = self.choose(root);
        let kept = knuth::keeps(trace_id as u64, rate);
        if matches!(mechanism, Mechanism::Default | Mechanism::AgentRate) {
            return Decision::new(mechanism, rate, kept);
        }
        let (allowed, share) = if kept { self.limiter.allow(now()) } else { (false, self.limiter.rate()) };
        // A limit that nobody set and that holds nothing back is not worth a tag on every trace.
        let tell = self.limit_is_set || kept && share < 1.0;
        Decision { limit_rate: tell.then_some(share), ..Decision::new(mechanism, rate, allowed) }
    }

    /// The priority a trace would get, were it not for the limit per second, which this does not count against.
    pub(crate) fn expected_priority(&self, trace_id: u128, root: &dyn SpanFacts) -> i8 {
        let (mechanism, rate) = self.choose(root);
        Decision::new(mechanism, rate, knuth::keeps(trace_id as u64, rate)).priority
    }

    /// Takes over the rates of an agent's answer, such as `service:shop,env:prod`; those of the answer before are forgotten.
    pub(crate) fn set_agent_rates(&self, answer: &[(String, f64)]) {
        let fresh = AgentRates::new(answer);
        let mut rates = self.agent.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *rates, fresh);
        drop(rates);
        // Thousands of names are given back without anyone waiting.
        drop(old);
    }

    fn choose(&self, root: &dyn SpanFacts) -> (Mechanism, f64) {
        if let Some(rule) = self.rules.iter().find(|rule| rule.conditions.hold(root)) {
            return (rule.mechanism, rule.rate);
        }
        if let Some(rate) = self.rate {
            return (Mechanism::LocalRule, rate);
        }
        let rates = self.agent.read().unwrap_or_else(PoisonError::into_inner);
        if rates.is_empty() {
            return (Mechanism::Default, 1.0);
        }
        let env = match root.tag("env") {
            Some(Tag::Text(env)) => env,
            _ => &self.env,
        };
        rates.rate(root.service(), env).map_or((Mechanism::Default, 1.0), |rate| (Mechanism::AgentRate, rate))
    }
}

#[cfg(test)]
mod tests;
