//! Whether a trace is kept: who decided, and what others are told of it.
//!
//! The priority is provisional until it is passed on, a part of the trace is sent, or the local root ends. Then it is decided from the
//! local root as it is, and frozen: only the user's `keep` or `drop` changes it later. What came from upstream stands from the start.

use std::time::Instant;

use super::Trace;
use crate::sampling;
use crate::trace::facts::Facts;

/// No priority yet, for the atomic that readers look at.
pub(super) const UNDECIDED: i8 = i8::MIN;

/// Keep, because the user said so.
const USER_KEEP: i8 = 2;
/// Reject, because the user said so.
const USER_REJECT: i8 = -1;
/// The mechanism of manual decisions, as in `_dd.p.dm`.
const MANUAL: &str = "-4";

/// The user's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manual {
    Keep,
    Drop,
}

/// Who decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Maker {
    /// Whoever the received tags name, if any.
    #[default]
    Received,
    /// This tracer, by the mechanism of this `_dd.p.dm`.
    Here(&'static str),
}

/// The rates that led to a decision, for the tags that tell them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rates {
    pub(super) rule: Option<f64>,
    pub(super) limit: Option<f64>,
    pub(super) agent: Option<f64>,
    /// The rate that downstream services learn, `_dd.p.ksr`.
    pub(super) kept: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Decision {
    priority: Option<i8>,
    pub(super) maker: Maker,
    /// Upstream named a decision maker, if not a decision.
    maker_came: bool,
    pub(super) rates: Rates,
    /// Cached: whether the trace looks like it will be kept.
    expected: Option<bool>,
}

impl Decision {
    pub(super) fn priority(&self) -> Option<i8> {
        self.priority
    }

    pub(super) fn keeps(&self) -> bool {
        self.priority.is_none_or(|priority| priority > 0)
    }

    /// Whether the trace will be kept, or was expected to be when somebody asked before.
    pub(super) fn keeps_so_far(&self) -> Option<bool> {
        self.priority.map(|priority| priority > 0).or(self.expected)
    }

    /// Whether the user's own word stands.
    pub(super) fn is_manual(&self) -> bool {
        self.maker == Maker::Here(MANUAL)
    }

    /// Takes over what upstream decided, if it did, and what it said of that.
    pub(super) fn receive(&mut self, priority: Option<i8>, tags: &[(String, String)]) {
        self.priority = priority;
        self.maker_came = tags.iter().any(|(key, _)| key == "_dd.p.dm");
    }

    pub(super) fn set_manual(&mut self, manual: Manual) {
        let priority = match manual {
            Manual::Keep => USER_KEEP,
            Manual::Drop => USER_REJECT,
        };
        *self = Decision { priority: Some(priority), maker: Maker::Here(MANUAL), ..Decision::default() };
    }

    fn take(&mut self, decided: &sampling::Decision) {
        self.priority = Some(decided.priority);
        // Whoever was named before the trace came here is told on for as long as it is kept, as other tracers do.
        if !self.maker_came || decided.priority <= 0 {
            self.maker = Maker::Here(decided.mechanism.tag());
        }
        self.rates =
            Rates { rule: decided.rule_rate, limit: decided.limit_rate, agent: decided.agent_rate, kept: decided.ksr };
    }
}

impl Trace {
    /// Decides once and for all, unless it was done.
    pub(super) fn settle(&self, decision: &mut Decision, root: &Facts<'_>) {
        if decision.priority.is_none() {
            decision.take(&self.engine.sampler.decide(self.id.as_u128(), root, Instant::now));
            self.publish(decision);
        }
    }

    /// Whether the trace will probably be kept, to choose what to do with its spans until that is certain.
    pub(super) fn expects_to_keep(&self, decision: &mut Decision, root: &Facts<'_>) -> bool {
        let keeps = self.engine.sampler.expected_priority(self.id.as_u128(), root) > 0;
        *decision.expected.insert(keeps)
    }

    /// The priority as it stands: the one that was decided, or else the one that the local root, as it is now, leads to.
    pub(crate) fn priority_so_far(&self) -> Option<i8> {
        if self.priority().is_some() || !self.is_of_this_process() {
            return self.priority();
        }
        let root = self.lock().root.clone();
        let root = root.cell()?.lock();
        let facts = Facts { state: &root, settings: &self.engine.settings };
        Some(self.engine.sampler.expected_priority(self.id.as_u128(), &facts))
    }
}

/// Priorities on the wire are whole numbers of any size; only the sign and the four known values mean something.
pub(crate) fn clamp_priority(priority: i32) -> i8 {
    priority.clamp(i32::from(i8::MIN) + 1, i32::from(i8::MAX)) as i8
}
