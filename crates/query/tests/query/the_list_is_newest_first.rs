//! One row per trace, newest first by the start of its earliest span, page by page.

use crate::support::{STAGES, Stage, TestSpan, TestStore, batch, span};
use tracehound_query::{Cursor, Page, TraceRow, list};

fn at(span_id: u64, start: i64) -> TestSpan {
    TestSpan { start, ..span(span_id) }
}

fn id(n: u64) -> String {
    format!("{n:032x}")
}

fn page(store: &TestStore, limit: usize, cursor: Option<Cursor>) -> Page {
    list(&store.store().snapshot(), limit, cursor).unwrap()
}

/// All rows, read in pages of `limit`.
fn all(store: &TestStore, limit: usize) -> Vec<TraceRow> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = page(store, limit, cursor);
        rows.extend(page.traces);
        cursor = match page.next {
            Some(next) => Some(next.to_string().parse().unwrap()),
            None => return rows,
        };
    }
}

#[test]
fn pages_of_every_size_give_the_same_rows() {
    // Chunks of one trace come apart and out of order, starts are equal and negative, ids differ in one half.
    let chunks: Vec<(String, i64)> = (0..60_u64).map(|n| (id(1 + n * 7 % 20), (n * 13 % 17) as i64 - 5)).collect();
    let spans: Vec<_> = chunks.iter().zip(1..).map(|((id, start), n)| (id.as_str(), vec![at(n, *start)])).collect();
    let batches = || spans.chunks(20).map(batch).collect();
    let mut expected: Vec<(i64, String)> = Vec::new();
    for n in 1..=20 {
        let starts = chunks.iter().filter(|(trace, _)| *trace == id(n)).map(|&(_, start)| start);
        expected.extend(starts.min().map(|start| (start, id(n))));
    }
    expected.sort();
    expected.reverse();

    for stage in STAGES {
        let store = TestStore::with(batches(), stage);
        for limit in [1, 2, 7, 20, 1_000] {
            let rows: Vec<_> = all(&store, limit).into_iter().map(|row| (row.start, row.id.to_string())).collect();
            assert_eq!(rows, expected, "pages of {limit} in {stage:?}");
        }
    }
}

#[test]
fn a_row_says_what_its_trace_is() {
    let root = TestSpan { duration: 100, status: Some("500"), error: true, resource: "GET /pair", ..at(1, 1_000) };
    let child = TestSpan { parent_id: 1, service: "db", start: 1_050, duration: 90, ..span(2) };
    let early = TestSpan { parent_id: 1, start: 990, duration: 1, ..span(3) };
    for stage in STAGES {
        let store = TestStore::with(
            vec![batch(&[(&id(5), vec![child.clone()])]), batch(&[(&id(5), vec![root.clone(), early.clone()])])],
            stage,
        );
        let rows = page(&store, 50, None).traces;
        let [row] = &rows[..] else { panic!("{} rows in {stage:?}", rows.len()) };
        assert_eq!((row.start, row.duration), (990, 150), "earliest start to latest end");
        assert_eq!(
            (row.root.span_id, row.root.resource.as_str(), row.http_status.as_deref()),
            (1, "GET /pair", Some("500"))
        );
        assert_eq!((row.spans, row.errors), (3, 1));
        assert_eq!(row.services, ["db", "web"]);
    }
}

#[test]
fn the_root_is_the_earliest_without_a_parent_else_the_earliest_whose_parent_is_absent() {
    let child = |span_id, parent_id, start| TestSpan { parent_id, ..at(span_id, start) };
    let cases: [(&str, Vec<TestSpan>, u64); 4] = [
        ("parent 0 wins over an earlier orphan", vec![child(1, 77, 5), at(2, 10), at(3, 20)], 2),
        ("the earliest orphan", vec![child(1, 77, 30), child(2, 77, 20), child(3, 2, 10)], 2),
        ("a ring has its earliest", vec![child(1, 2, 30), child(2, 1, 20)], 2),
        ("its own parent", vec![child(1, 1, 30)], 1),
    ];
    for stage in STAGES {
        for (what, spans, root) in &cases {
            let store = TestStore::with(vec![batch(&[(&id(5), spans.clone())])], stage);
            assert_eq!(page(&store, 50, None).traces[0].root.span_id, *root, "{what} in {stage:?}");
        }
    }
}

#[test]
fn a_trace_that_was_joined_is_one_row_with_its_widest_id() {
    for stage in STAGES {
        let wide = "0af7651916cd43dd8448eb211c80319c";
        let narrow = "00000000000000008448eb211c80319c";
        let store =
            TestStore::with(vec![batch(&[(wide, vec![at(1, 10)])]), batch(&[(narrow, vec![at(2, 20)])])], stage);
        let rows = all(&store, 1);
        assert_eq!(rows.iter().map(|row| (row.id.to_string(), row.spans)).collect::<Vec<_>>(), [(wide.to_owned(), 2)]);
    }
}

#[test]
fn an_empty_store_has_an_empty_page() {
    let store = TestStore::new();
    assert!(page(&store, 50, None).traces.is_empty());
    assert!(page(&store, 50, None).next.is_none());
}

#[test]
fn a_cursor_of_somebody_elses_making_is_an_error() {
    for text in ["", "x", "5", "5-", "-5", "5-xyz", "99999999999999999999-0af7651916cd43dd8448eb211c80319c"] {
        assert!(text.parse::<Cursor>().is_err(), "{text:?}");
    }
    let cursor: Cursor = "-5-0af7651916cd43dd8448eb211c80319c".parse().unwrap();
    assert_eq!(cursor.to_string(), "-5-0af7651916cd43dd8448eb211c80319c");
}

#[test]
fn a_trace_of_very_many_chunks_is_one_row() {
    // Asked for at each of its chunks, it would take hours.
    let chunks: Vec<_> = (1..=100_000).map(|n| ("0af7651916cd43dd8448eb211c80319c", vec![at(n, n as i64)])).collect();
    let store = TestStore::with(vec![batch(&chunks)], Stage::Memtable);
    let rows = all(&store, 50);
    assert_eq!(rows.iter().map(|row| row.spans).collect::<Vec<_>>(), [100_000]);
}

#[test]
fn traces_that_differ_in_their_high_half_alone_are_a_row_each() {
    let ids: Vec<String> = (1..=1_000).map(|high| format!("{high:016x}8448eb211c80319c")).collect();
    let chunks: Vec<_> = ids.iter().zip(1..).map(|(id, n)| (id.as_str(), vec![at(n, n as i64)])).collect();
    for stage in [Stage::Memtable, Stage::Parts] {
        let store = TestStore::with(vec![batch(&chunks)], stage);
        let mut listed: Vec<_> = all(&store, 300).iter().map(|row| row.id.to_string()).collect();
        listed.reverse();
        assert_eq!(listed, ids, "{stage:?}");
    }
}

#[test]
fn of_a_trace_with_very_many_spans_the_earliest_tell_the_rest() {
    let root = TestSpan { service: "root", duration: 9_000_000, ..at(1, 0) };
    let late = (0..260_000).map(|n| TestSpan { parent_id: 1, service: "late", ..at(2 + n, 10 + n as i64) });
    let batches =
        vec![batch(&[(&id(5), late.collect())]), batch(&[(&id(5), vec![root])]), batch(&[(&id(6), vec![at(1, 5)])])];
    for stage in [Stage::Memtable, Stage::Parts] {
        let store = TestStore::with(batches.clone(), stage);
        let rows: Vec<_> = page(&store, 50, None).traces;
        let told: Vec<_> = rows.iter().map(|row| (row.root.service.as_str(), row.duration, row.spans)).collect();
        assert_eq!(told, [("web", 10, 1), ("root", 9_000_000, 260_001)], "{stage:?}");
    }
}
