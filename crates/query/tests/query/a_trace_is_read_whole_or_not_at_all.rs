//! A trace that would not fit in memory is an error, not the end of the process.

use tracehound_query::Error;

use crate::support::{Stage, TestStore, batch, span};

const ID: &str = "0af7651916cd43dd8448eb211c80319c";

#[test]
fn a_million_spans_are_read_and_one_more_is_an_error() {
    let million = batch(&[(ID, (1..=1_000_000).map(span).collect())]);
    let mut store = TestStore::with(vec![million], Stage::Memtable);
    assert_eq!(store.trace(ID).unwrap().spans.len(), 1_000_000);
    store.append(batch(&[(ID, vec![span(1_000_001)])]));
    for _ in [Stage::Memtable, Stage::Parts] {
        assert!(matches!(store.trace(ID), Err(Error::TooLarge(1_000_001))));
        store.reopen();
    }
}
