//! Which traces, and which spans of rejected traces, are kept.
//!
//! | who says it | rate | priority | mechanism |
//! |---|---|---|---|
//! | first rule of `DD_TRACE_SAMPLING_RULES` that matches the local root | the rule's | 2 or -1 | -3, or -11, -12 for a rule that came from afar |
//! | `DD_TRACE_SAMPLE_RATE` | the same for all | 2 or -1 | -3 |
//! | the agent, for a service and an environment | changes with every answer | 1 or 0 | -1 |
//! | nobody | all are kept | 1 | -0 |
//!
//! A rate keeps the ids whose hash lies below it, so every tracer that sees the id and the rate comes to the same decision. What the
//! user's own rates keep passes a limit per second; what goes over it is rejected. The user's word for one trace (`manual.keep`,
//! `manual.drop`) and what upstream decided stand above all this and do not come here.
//!
//! Source: sdk.md 2.2 and 2.3, agent-protocol 1.6.

mod conditions;
mod consistent;
mod decision;
mod facts;
mod knuth;
mod limiter;
mod parse;
mod rates;
mod rules;
mod span;
mod trace;

pub(crate) use consistent::probability_fields;
pub(crate) use decision::{Decision, Mechanism, format_rate};
#[cfg(test)]
pub(crate) use facts::fixture::TestSpan;
pub(crate) use facts::{SpanFacts, Tag};
pub(crate) use rules::{parse_span_rules, parse_trace_rules};
pub(crate) use span::{SingleSpan, SpanSampler};
pub(crate) use trace::TraceSampler;
