//! Step 3: what a chunk says of its whole trace, lifted from the tags of its spans. The tags stay where they are.
//!
//! Source: agent-protocol 3.6; the high half of the trace id 2.5.

use tracehound_model::{Chunk, Span, Symbol, Symbols, TraceId};

use crate::roles::{MetaRole, MetricRole, Roles};

/// What a kept chunk says of its trace. Symbols are those of the payload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChunkAttributes {
    /// The trace. The high half is that of the first span with 16 hex digits in `_dd.p.tid`, else 0.
    pub trace_id: TraceId,
    /// `_sampling_priority_v1` of the root, else of the first span that has it, its fraction cut off.
    pub priority: Option<i32>,
    /// `_dd.origin` of the root.
    pub origin: Option<Symbol>,
    /// `_dd.p.dm` of the first span that has it.
    pub decision_maker: Option<Symbol>,
}

pub(crate) fn lift(chunk: &Chunk, root: usize, symbols: &Symbols<'_>, roles: &mut Roles) -> ChunkAttributes {
    let root = &chunk.spans[root];
    let high = first(chunk, |span| {
        let digits = roles.last_meta(symbols, chunk.meta_of(span), MetaRole::TraceIdHigh)?;
        parse_high_half(symbols.get(digits))
    });
    let mut priority = |span: &Span| {
        let number = roles.last_metric(symbols, chunk.metrics_of(span), MetricRole::Priority)?;
        (!number.is_nan()).then_some(number as i32)
    };
    let priority = priority(root).or_else(|| first(chunk, priority));
    ChunkAttributes {
        trace_id: TraceId { high: high.unwrap_or(0), low: root.trace_id },
        priority,
        origin: roles.last_meta(symbols, chunk.meta_of(root), MetaRole::Origin),
        decision_maker: first(chunk, |span| roles.last_meta(symbols, chunk.meta_of(span), MetaRole::DecisionMaker)),
    }
}

fn first<T>(chunk: &Chunk, of: impl FnMut(&Span) -> Option<T>) -> Option<T> {
    chunk.spans.iter().find_map(of)
}

/// Exactly 16 hex digits, of either case.
fn parse_high_half(digits: &str) -> Option<u64> {
    let valid = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    valid.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}
