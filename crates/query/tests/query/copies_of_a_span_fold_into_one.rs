//! Of rows with the same trace id, span id, service and name one is shown: a final before a snapshot, a later snapshot
//! before an earlier one, else the first that came.

use crate::support::{STAGES, TestSpan, TestStore, batch, span};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const NARROW: &str = "00000000000000008448eb211c80319c";

fn copy(duration: i64, partial: Option<f64>) -> TestSpan {
    TestSpan { duration, partial, ..span(1) }
}

#[test]
fn the_same_copy_is_shown_at_every_stage() {
    let cases: [(&str, Vec<TestSpan>, i64); 5] = [
        ("the first of equals", vec![copy(1, None), copy(2, None)], 1),
        ("a final after a snapshot", vec![copy(1, Some(1.0)), copy(2, None)], 2),
        ("a final before a snapshot", vec![copy(1, None), copy(2, Some(9.0))], 1),
        ("the higher snapshot", vec![copy(1, Some(1.0)), copy(2, Some(3.0)), copy(3, Some(2.0))], 2),
        ("the first of equal snapshots", vec![copy(1, Some(1.0)), copy(2, Some(1.0))], 1),
    ];
    for stage in STAGES {
        for (what, copies, shown) in &cases {
            for ids in [[TRACE, TRACE, TRACE], [NARROW, TRACE, NARROW]] {
                let batches = copies.iter().zip(ids).map(|(copy, id)| batch(&[(id, vec![copy.clone()])]));
                let store = TestStore::with(batches.collect(), stage);
                let trace = store.trace(TRACE).unwrap();
                let durations: Vec<i64> = trace.spans.iter().map(|found| found.span().head().duration).collect();
                assert_eq!(durations, [*shown], "{what} over {ids:?} in {stage:?}");
            }
        }
    }
}

#[test]
fn copies_in_one_payload_fold_as_well() {
    for stage in STAGES {
        let store = TestStore::with(vec![batch(&[(TRACE, vec![copy(1, None), copy(2, None)])])], stage);
        let trace = store.trace(TRACE).unwrap();
        assert_eq!(trace.spans.len(), 1, "{stage:?}");
        assert_eq!(trace.spans[0].span().head().duration, 1);
    }
}

#[test]
fn spans_that_share_only_their_id_are_two() {
    for stage in STAGES {
        let server = TestSpan { service: "db", ..span(1) };
        let store = TestStore::with(vec![batch(&[(TRACE, vec![span(1)])]), batch(&[(TRACE, vec![server])])], stage);
        assert_eq!(store.span_ids(TRACE), [1, 1], "{stage:?}");
    }
}
