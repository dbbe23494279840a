//! Step 3: which span of a chunk is its root.
//!
//! Source: agent-protocol 3.6. Of several spans whose parent is absent the agent takes any; here it is the first.

use tracehound_model::RowHead;

use crate::span_ids::SpanIds;

/// The row of the root: the last span without a parent, else the first whose parent is not in the chunk, else the last.
pub(crate) fn find(heads: &[RowHead], ids: &SpanIds) -> usize {
    heads
        .iter()
        .rposition(|head| head.parent_id == 0)
        .or_else(|| heads.iter().position(|head| !ids.contains(head.parent_id)))
        .unwrap_or(heads.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;

    #[test]
    fn the_root_is_the_last_without_parent_else_the_first_whose_parent_is_absent_else_the_last() {
        let table: &[(&[(u64, u64)], usize)] = &[
            (&[(1, 0)], 0),
            (&[(1, 0), (2, 1)], 0),
            (&[(2, 1), (1, 0)], 1),
            (&[(1, 0), (2, 0), (3, 1)], 1),
            (&[(2, 9), (1, 0)], 1),
            (&[(3, 2), (2, 9), (4, 8)], 1),
            (&[(2, 9), (3, 9)], 0),
            (&[(1, 2), (2, 1), (3, 3)], 2),
        ];
        for &(spans, expected) in table {
            let head = |&(span_id, parent_id): &_| RowHead { span_id, parent_id, ..RowHead::default() };
            let heads: Vec<_> = spans.iter().map(head).collect();
            let ids = SpanIds::of(&heads, &mut Report::default());
            assert_eq!(find(&heads, &ids), expected, "{spans:?}");
        }
    }
}
