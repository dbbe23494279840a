//! Rules for traces (`DD_TRACE_SAMPLING_RULES`) and for single spans (`DD_SPAN_SAMPLING_RULES`).
//!
//! Both are lists of JSON objects; the first that matches decides:
//!
//! ```json
//! [{"service": "shop-*", "name": "web.request", "resource": "GET /?art", "tags": {"tier": "premium"}, "sample_rate": 0.5}]
//! ```

use super::Mechanism;
use super::conditions::Conditions;
use super::limiter::Limiter;
use super::parse;
use crate::json::Value;

/// Keeps a share of the traces whose local root it matches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(super) conditions: Conditions,
    /// From 0 to 1.
    pub(super) rate: f64,
    pub(super) mechanism: Mechanism,
}

/// Keeps a share of the spans it matches, and at most so many a second, of traces that are rejected.
#[derive(Debug)]
pub(crate) struct SpanRule {
    pub(super) conditions: Conditions,
    /// From 0 to 1.
    pub(super) rate: f64,
    /// None if there is no limit.
    pub(super) max_per_second: Option<f64>,
    pub(super) limiter: Limiter,
}

/// The rules for traces, and what is to be told about those that are not used.
pub(crate) fn parse_trace_rules(json: &str) -> (Vec<Rule>, Vec<String>) {
    let mut rules = Vec::new();
    let problems = parse::each_rule(json, &mut |rule| {
        let conditions = Conditions::read(rule)?;
        rules.push(Rule { conditions, rate: parse::sample_rate(rule)?, mechanism: mechanism(rule) });
        Ok(())
    });
    (rules, problems)
}

/// The rules for single spans, and what is to be told about those that are not used.
pub(crate) fn parse_span_rules(json: &str) -> (Vec<SpanRule>, Vec<String>) {
    let mut rules = Vec::new();
    let problems = parse::each_rule(json, &mut |rule| {
        let max_per_second = parse::number(rule, "max_per_second")?.filter(|limit| *limit >= 0.0);
        rules.push(SpanRule {
            conditions: Conditions::read(rule)?,
            rate: parse::sample_rate(rule)?,
            max_per_second,
            limiter: Limiter::new(max_per_second.unwrap_or(-1.0)),
        });
        Ok(())
    });
    (rules, problems)
}

/// Rules that came from afar say so; all others are the user's own.
fn mechanism(rule: &Value) -> Mechanism {
    let provenance = rule.get("provenance").and_then(Value::as_str).unwrap_or_default();
    match provenance.trim().to_ascii_lowercase().as_str() {
        "customer" => Mechanism::RemoteUserRule,
        "dynamic" => Mechanism::RemoteDynamicRule,
        _ => Mechanism::LocalRule,
    }
}

#[cfg(test)]
mod tests;
