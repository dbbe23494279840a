//! Which row of a chunk has which span id.

use tracehound_model::RowHead;

use crate::report::Report;

/// Rows by span id: a sorted vector, which for the usual dozen spans beats a map and cannot be made slow by chosen ids.
pub(crate) struct SpanIds {
    sorted: Vec<(u64, usize)>,
}

impl SpanIds {
    /// Sorts the ids of a chunk and counts those that come again.
    pub(crate) fn of(heads: &[RowHead], report: &mut Report) -> SpanIds {
        let mut sorted: Vec<_> = heads.iter().enumerate().map(|(row, head)| (head.span_id, row)).collect();
        sorted.sort_unstable();
        report.duplicate_span_ids(sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).count());
        SpanIds { sorted }
    }

    /// The row of the span with this id; of several, the last that was sent.
    pub(crate) fn row(&self, span_id: u64) -> Option<usize> {
        let after = self.sorted.partition_point(|&(id, _)| id <= span_id);
        let &(id, row) = self.sorted[..after].last()?;
        (id == span_id).then_some(row)
    }

    /// Whether a span with this id is in the chunk.
    pub(crate) fn contains(&self, span_id: u64) -> bool {
        self.row(span_id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_to_its_last_row_and_repeated_ids_are_counted() {
        let heads = [9, 2, 5, 2, 2].map(|span_id| RowHead { span_id, ..RowHead::default() });
        let mut report = Report::default();
        let ids = SpanIds::of(&heads, &mut report);
        assert_eq!([0, 2, 3, 5, 9, u64::MAX].map(|id| ids.row(id)), [None, Some(4), None, Some(2), Some(0), None]);
        assert!(report.repaired().any(|counted| counted == ("duplicate_span_id", 2)));
    }
}
