//! Step 9: which spans are the entry into their service.
//!
//! Source: agent-protocol 3.6.

use tracehound_model::{Chunk, RowHead, Symbols};

use crate::Context;
use crate::roles::{MetricRole, Roles};
use crate::span_ids::SpanIds;

/// Whether each span is top-level: as its tracer marked it with `_dd.top_level`, or if it marks none, as the chunk shows.
pub(crate) fn find(
    chunk: &Chunk,
    heads: &[RowHead],
    ids: &SpanIds,
    context: Context<'_>,
    symbols: &Symbols<'_>,
    roles: &mut Roles,
) -> Vec<bool> {
    if context.client_computed_top_level {
        let mut mark = |span| roles.last_metric(symbols, chunk.metrics_of(span), MetricRole::TopLevel);
        chunk.spans.iter().map(|span| mark(span) == Some(1.0)).collect()
    } else {
        heads.iter().map(|head| enters_its_service(head, heads, ids)).collect()
    }
}

/// Whether the span has no parent, one that is not in the chunk, or one of another service.
fn enters_its_service(head: &RowHead, heads: &[RowHead], ids: &SpanIds) -> bool {
    let parent = ids.row(head.parent_id).map(|row| &heads[row]);
    head.parent_id == 0 || parent.is_none_or(|parent| parent.service != head.service)
}
