//! What a sampler decided, and in whose name.

use std::borrow::Cow;

/// Keep: a sampler's decision without the user's word.
const AUTO_KEEP: i8 = 1;
/// Reject: a sampler's decision without the user's word.
const AUTO_REJECT: i8 = 0;
/// Keep, as the user's rate says.
const USER_KEEP: i8 = 2;
/// Reject, as the user's rate says.
const USER_REJECT: i8 = -1;

/// Who decided, as `_dd.p.dm` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// Nobody: no rule matched and the agent has named no rate yet.
    Default,
    /// A rate the agent answered with.
    AgentRate,
    /// A rule or rate of the process's own configuration.
    LocalRule,
    /// A rule the user made elsewhere.
    RemoteUserRule,
    /// A rule the vendor worked out.
    RemoteDynamicRule,
}

impl Mechanism {
    /// The value of `_dd.p.dm`. Source: sdk.md 2.2.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Mechanism::Default => "-0",
            Mechanism::AgentRate => "-1",
            Mechanism::LocalRule => "-3",
            Mechanism::RemoteUserRule => "-11",
            Mechanism::RemoteDynamicRule => "-12",
        }
    }

    /// Whether the decision stands for the user's will, which the agent then does not correct.
    fn is_users(self) -> bool {
        !matches!(self, Mechanism::Default | Mechanism::AgentRate)
    }
}

/// A decision on a trace. Rates are from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decision {
    pub(crate) priority: i8,
    pub(crate) mechanism: Mechanism,
    /// `_dd.rule_psr`: the rate of the rule, or of all traces.
    pub(crate) rule_rate: Option<f64>,
    /// `_dd.limit_psr`: the share that the limit per second lets through, as far as there is something to tell.
    pub(crate) limit_rate: Option<f64>,
    /// `_dd.agent_psr`: the rate the agent wished for.
    pub(crate) agent_rate: Option<f64>,
    /// `_dd.p.ksr`: the rate that was held against the id, which downstream services learn.
    pub(crate) ksr: Option<f64>,
}

impl Decision {
    pub(super) fn new(mechanism: Mechanism, rate: f64, keep: bool) -> Self {
        let of = |is: bool| is.then_some(rate);
        Self {
            priority: match (mechanism.is_users(), keep) {
                (true, true) => USER_KEEP,
                (true, false) => USER_REJECT,
                (false, true) => AUTO_KEEP,
                (false, false) => AUTO_REJECT,
            },
            mechanism,
            rule_rate: of(mechanism.is_users()),
            limit_rate: None,
            agent_rate: of(mechanism == Mechanism::AgentRate),
            ksr: of(mechanism != Mechanism::Default),
        }
    }
}

/// A rate as `_dd.p.ksr` writes it: at most six decimals and no zeros at the end.
pub(crate) fn format_rate(rate: f64) -> Cow<'static, str> {
    // What most agents ask for, without the work.
    if rate == 1.0 {
        return Cow::Borrowed("1");
    }
    let fixed = format!("{rate:.6}");
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_six_decimals_at_most_and_no_zeros_at_the_end() {
        for (rate, expected) in [
            (1.0, "1"),
            (0.0, "0"),
            (0.5, "0.5"),
            (0.7654321, "0.765432"),
            (0.1234567, "0.123457"),
            (0.100000, "0.1"),
            (0.000001, "0.000001"),
            (0.0000001, "0"),
            (0.00000051, "0.000001"),
            (0.9999999, "1"),
        ] {
            assert_eq!(format_rate(rate), expected);
        }
    }

    #[test]
    fn the_users_rates_decide_more_firmly_than_the_agents() {
        for (mechanism, keep, priority) in [
            (Mechanism::Default, true, 1),
            (Mechanism::AgentRate, true, 1),
            (Mechanism::AgentRate, false, 0),
            (Mechanism::LocalRule, true, 2),
            (Mechanism::LocalRule, false, -1),
            (Mechanism::RemoteUserRule, true, 2),
            (Mechanism::RemoteDynamicRule, false, -1),
        ] {
            assert_eq!(Decision::new(mechanism, 0.5, keep).priority, priority, "{mechanism:?} {keep}");
        }
    }

    #[test]
    fn each_mechanism_tells_the_rate_it_went_by() {
        let rates = |mechanism| {
            let decision = Decision::new(mechanism, 0.25, true);
            (decision.rule_rate, decision.agent_rate, decision.ksr)
        };
        assert_eq!(rates(Mechanism::Default), (None, None, None));
        assert_eq!(rates(Mechanism::AgentRate), (None, Some(0.25), Some(0.25)));
        for rule in [Mechanism::LocalRule, Mechanism::RemoteUserRule, Mechanism::RemoteDynamicRule] {
            assert_eq!(rates(rule), (Some(0.25), None, Some(0.25)));
        }
    }
}
