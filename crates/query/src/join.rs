//! Which rows make one trace.
//!
//! Tracers put the high half of a trace id on some chunks only, and old ones send 64 bits. So rows cluster by the low
//! half. As long as one high half is known for it, rows without one belong to that trace; once two different ones are
//! known, those are two traces, and the rows without one, which could belong to either, are a third. Nothing is rewritten:
//! the next row that comes can change the answer.

use tracehound_model::{TraceId, UnixNanos};
use tracehound_store::Run;

/// The runs of one trace.
pub(crate) struct Joined {
    /// The widest id known for it.
    pub(crate) id: TraceId,
    /// When its earliest span began.
    pub(crate) first_start: UnixNanos,
    pub(crate) runs: Vec<Run>,
}

impl Joined {
    /// How many rows it has, copies of a span counted.
    pub(crate) fn rows(&self) -> usize {
        self.runs.iter().map(Run::len).sum()
    }

    /// Its runs, the earliest first, as far as they have at most so many rows.
    pub(crate) fn earliest(&self, rows: usize) -> Vec<Run> {
        let mut runs = self.runs.clone();
        runs.sort_by_key(|run| run.first_start);
        let mut left = rows;
        for run in &mut runs {
            run.truncate(left);
            left -= run.len();
        }
        runs.retain(|run| !run.is_empty());
        runs
    }
}

/// Splits all runs of one low half into traces, ordered by high half.
pub(crate) fn join(low: u64, runs: Vec<Run>) -> Vec<Joined> {
    let highs = highs(runs.iter().map(|run| run.id.high));
    let empty = |&high| Joined { id: TraceId { high, low }, first_start: UnixNanos::MAX, runs: Vec::new() };
    let mut traces: Vec<Joined> = highs.iter().map(empty).collect();
    for run in runs {
        // Rows without a high half that are no trace of their own belong to the only one there is.
        let trace = &mut traces[highs.binary_search(&run.id.high).unwrap_or(0)];
        trace.first_start = trace.first_start.min(run.first_start);
        trace.runs.push(run);
    }
    traces
}

/// The high halves of the traces that rows with these high halves make, ascending. Zero is among them only if zero rows
/// are a trace of their own.
fn highs(rows: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut highs: Vec<u64> = rows.collect();
    highs.sort_unstable();
    highs.dedup();
    if let [0, _one] = highs[..] {
        highs.remove(0);
    }
    highs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_high_half_join_the_only_known_one() {
        let cases: [(&[u64], &[u64]); 7] = [
            (&[], &[]),
            (&[0, 0], &[0]),
            (&[5], &[5]),
            (&[0, 5, 0], &[5]),
            (&[5, 0], &[5]),
            (&[7, 5], &[5, 7]),
            (&[7, 0, 5], &[0, 5, 7]),
        ];
        for (rows, traces) in cases {
            assert_eq!(highs(rows.iter().copied()), traces, "{rows:?}");
        }
    }
}
