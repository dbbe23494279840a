//! The keys that mean something to the pipeline, recognised once per symbol instead of once per tag.
//!
//! Source: agent-protocol 2.5, 3.2, 3.5 and 3.6.

use tracehound_model::{Symbol, Symbols};

use crate::memo::Memo;

/// What a key of `meta` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetaRole {
    /// Nothing in particular.
    Plain,
    /// Structured data that a cut would spoil: `_dd.*.json`, `_dd.*.msgpack`, `_dd.*.protobuf`.
    Structured,
    /// `env`
    Env,
    /// `peer.service`
    PeerService,
    /// `_dd.base_service`
    BaseService,
    /// `http.status_code`
    StatusCode,
    /// `_dd.p.tid`
    TraceIdHigh,
    /// `_dd.p.dm`
    DecisionMaker,
    /// `_dd.origin`
    Origin,
}

/// What a key of `metrics` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricRole {
    /// Nothing in particular.
    Plain,
    /// `_sampling_priority_v1`
    Priority,
    /// `_dd.top_level`
    TopLevel,
}

impl MetaRole {
    fn of(key: &str) -> MetaRole {
        match key {
            "env" => MetaRole::Env,
            "peer.service" => MetaRole::PeerService,
            "_dd.base_service" => MetaRole::BaseService,
            "http.status_code" => MetaRole::StatusCode,
            "_dd.p.tid" => MetaRole::TraceIdHigh,
            "_dd.p.dm" => MetaRole::DecisionMaker,
            "_dd.origin" => MetaRole::Origin,
            _ if is_structured(key) => MetaRole::Structured,
            _ => MetaRole::Plain,
        }
    }
}

impl MetricRole {
    fn of(key: &str) -> MetricRole {
        match key {
            "_sampling_priority_v1" => MetricRole::Priority,
            "_dd.top_level" => MetricRole::TopLevel,
            _ => MetricRole::Plain,
        }
    }
}

fn is_structured(key: &str) -> bool {
    key.starts_with("_dd.") && [".json", ".msgpack", ".protobuf"].iter().any(|suffix| key.ends_with(suffix))
}

/// The roles of a payload's keys.
#[derive(Default)]
pub(crate) struct Roles {
    meta: Memo<MetaRole>,
    metrics: Memo<MetricRole>,
}

impl Roles {
    /// The role of a key of `meta`.
    pub(crate) fn meta(&mut self, symbols: &Symbols<'_>, key: Symbol) -> MetaRole {
        self.meta.get(key, || MetaRole::of(symbols.get(key)))
    }

    /// The role of a key of `metrics`.
    pub(crate) fn metric(&mut self, symbols: &Symbols<'_>, key: Symbol) -> MetricRole {
        self.metrics.get(key, || MetricRole::of(symbols.get(key)))
    }

    /// The value a span has under a role in `meta`: of several, the last.
    pub(crate) fn last_meta(
        &mut self,
        symbols: &Symbols<'_>,
        tags: &[(Symbol, Symbol)],
        role: MetaRole,
    ) -> Option<Symbol> {
        tags.iter().rev().find(|&&(key, _)| self.meta(symbols, key) == role).map(|&(_, value)| value)
    }

    /// The value a span has under a role in `metrics`: of several, the last.
    pub(crate) fn last_metric(
        &mut self,
        symbols: &Symbols<'_>,
        metrics: &[(Symbol, f64)],
        role: MetricRole,
    ) -> Option<f64> {
        metrics.iter().rev().find(|&&(key, _)| self.metric(symbols, key) == role).map(|&(_, value)| value)
    }

    /// Memory in use, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.meta.bytes() + self.metrics.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_recognised_by_their_exact_text() {
        for (key, role) in [
            ("env", MetaRole::Env),
            ("Env", MetaRole::Plain),
            ("", MetaRole::Plain),
            ("_dd.p.dm", MetaRole::DecisionMaker),
            ("_dd.p.dm ", MetaRole::Plain),
            ("_dd.appsec.json", MetaRole::Structured),
            ("_dd.a.msgpack", MetaRole::Structured),
            ("_dd.a.protobuf", MetaRole::Structured),
            ("_dd.json", MetaRole::Structured),
            ("dd.appsec.json", MetaRole::Plain),
            ("_dd.appsec.jsonl", MetaRole::Plain),
        ] {
            assert_eq!(MetaRole::of(key), role, "{key:?}");
        }
    }

    #[test]
    fn equal_texts_of_different_symbols_have_one_role_and_the_last_value_counts() {
        let mut symbols = Symbols::default();
        let [first, second, other] = ["env", "env", "region"].map(|key| symbols.push(key.into()));
        let [a, b] = ["a", "b"].map(|value| symbols.intern(value.into()));
        let mut roles = Roles::default();
        let mut env = |tags: &[_]| roles.last_meta(&symbols, tags, MetaRole::Env);
        assert_eq!(env(&[(first, a), (second, b), (other, a)]), Some(b));
        assert_eq!(env(&[(second, b), (first, a)]), Some(a));
        assert_eq!(env(&[(other, a)]), None);
    }
}
