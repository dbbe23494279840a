//! Rows without the high half of their trace id join the one trace that has the same low half; with two such traces they
//! are a third. Whatever came first, and wherever the rows stand.

use crate::support::{STAGES, Stage, TestStore, batch, span};
use tracehound_query::Error;

const UNKNOWN: &str = "00000000000000008448eb211c80319c";
const FIRST: &str = "0af7651916cd43dd8448eb211c80319c";
const SECOND: &str = "1af7651916cd43dd8448eb211c80319c";
const LOW_HEX: &str = "8448eb211c80319c";
const LOW_DECIMAL: &str = "9532127138774266268";

/// A store with one span per id, its span id its place in the list.
fn store(ids: &[&str], stage: Stage) -> TestStore {
    let batches = ids.iter().zip(1..).map(|(id, n)| batch(&[(id, vec![span(n)])])).collect();
    TestStore::with(batches, stage)
}

#[test]
fn the_known_half_widens_the_others_in_both_orders() {
    for stage in STAGES {
        for ids in [[UNKNOWN, FIRST], [FIRST, UNKNOWN]] {
            let store = store(&ids, stage);
            for id in [FIRST, UNKNOWN, LOW_HEX, LOW_DECIMAL] {
                assert_eq!(store.span_ids(id), [1, 2], "{id} of {ids:?} in {stage:?}");
                assert_eq!(store.trace(id).unwrap().id.to_string(), FIRST);
            }
            assert!(matches!(store.trace(SECOND), Err(Error::NotFound)), "another half is known");
        }
    }
}

#[test]
fn two_known_halves_are_two_traces_and_the_rest_a_third() {
    for stage in STAGES {
        for ids in [[UNKNOWN, FIRST, SECOND], [FIRST, SECOND, UNKNOWN], [SECOND, UNKNOWN, FIRST]] {
            let store = store(&ids, stage);
            let place = |id| ids.iter().position(|&other| other == id).unwrap() as u64 + 1;
            assert_eq!(store.span_ids(FIRST), [place(FIRST)], "{ids:?} in {stage:?}");
            assert_eq!(store.span_ids(SECOND), [place(SECOND)], "{ids:?} in {stage:?}");
            for id in [UNKNOWN, LOW_HEX, LOW_DECIMAL] {
                let Err(Error::Ambiguous(found)) = store.trace(id) else { panic!("{id} of {ids:?} in {stage:?}") };
                assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [UNKNOWN, FIRST, SECOND]);
            }
        }
    }
}

#[test]
fn an_unknown_half_finds_rows_that_have_none() {
    for stage in STAGES {
        let store = store(&[UNKNOWN, UNKNOWN], stage);
        for id in [UNKNOWN, FIRST, SECOND, LOW_HEX, LOW_DECIMAL] {
            assert_eq!(store.span_ids(id), [1, 2], "{id} in {stage:?}");
            assert_eq!(store.trace(id).unwrap().id.to_string(), UNKNOWN, "the widest that is known");
        }
        assert!(matches!(store.trace("8448eb211c80319d"), Err(Error::NotFound)));
    }
}

#[test]
fn sixteen_digits_are_hex_and_decimal_if_hex_finds_nothing() {
    let store = store(&["00000000000000001234567890123456"], Stage::Memtable);
    assert_eq!(store.span_ids("1234567890123456"), [1]);
    let decimal = 1_234_567_890_123_456_u64;
    let store = TestStore::with(vec![batch(&[(&format!("{decimal:032x}"), vec![span(7)])])], Stage::Memtable);
    assert_eq!(store.span_ids("1234567890123456"), [7]);
}

#[test]
fn a_trace_has_all_its_chunks_wherever_they_stand() {
    for stage in STAGES {
        let store = TestStore::with(
            vec![
                batch(&[(FIRST, vec![span(1), span(2)]), (UNKNOWN, vec![span(3)])]),
                batch(&[("0000000000000000000000000000000a", vec![span(9)]), (FIRST, vec![span(4)])]),
            ],
            stage,
        );
        assert_eq!(store.span_ids(FIRST), [1, 2, 3, 4], "{stage:?}");
    }
}
