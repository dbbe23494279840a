//! Which of several copies of one span counts.
//!
//! A client that got no answer in time sends its payload again; a tracer sends snapshots of a span that is still running.
//! Both make rows of equal identity: trace id, span id, service and name. One of them is shown, by the same rule wherever
//! rows meet: in the memtable, at a read, in compaction.

use std::cmp::Ordering;

/// When a row came: the sequence number of its batch, then its place in it. Smaller is earlier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    /// Sequence number of the batch.
    pub sequence: u64,
    /// Row in the batch.
    pub ordinal: u32,
}

/// What decides between copies of a span.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// The metric `_dd.partial_version` if the row is a snapshot of a running span, else none.
    pub partial: Option<f64>,
    /// When the row came.
    pub arrival: Arrival,
}

impl Version {
    /// Whether this row is shown instead of `other`: a final one beats a snapshot, a later snapshot an earlier one, and
    /// else the first that came stays.
    pub fn supersedes(&self, other: &Version) -> bool {
        let rank =
            |version: &Version| version.partial.map_or(f64::INFINITY, |n| if n.is_finite() { n } else { f64::MIN });
        match rank(self).total_cmp(&rank(other)) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => self.arrival < other.arrival,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_beats_a_partial_and_a_higher_partial_a_lower_one_else_the_first_that_came() {
        let version = |partial, sequence| Version { partial, arrival: Arrival { sequence, ordinal: 0 } };
        let ranking = [
            version(None, 3),
            version(None, 9),
            version(Some(2.0), 5),
            version(Some(1.0), 4),
            version(Some(1.0), 6),
            version(Some(f64::NAN), 1),
        ];
        for (i, better) in ranking.iter().enumerate() {
            for (j, other) in ranking.iter().enumerate() {
                assert_eq!(better.supersedes(other), i < j, "{better:?} over {other:?}");
            }
        }
    }
}
