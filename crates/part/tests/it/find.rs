//! Traces are found by id and by time.

use std::collections::BTreeMap;

use tracehound_model::TraceId;
use tracehound_part::{Position, TraceEntry};
use tracehound_platform::Random;

use crate::awkward;
use crate::spans::{Span, part_of, read};

/// The traces of spans in a part's order.
fn entries(spans: &[Span]) -> Vec<TraceEntry> {
    let mut entries: BTreeMap<TraceId, TraceEntry> = BTreeMap::new();
    for (span, row) in spans.iter().zip(0..) {
        let new = TraceEntry { id: span.trace, first_start: span.start, rows: row..row };
        entries.entry(span.trace).or_insert(new).rows.end = row + 1;
    }
    entries.into_values().collect()
}

#[test]
fn a_trace_is_found_with_all_that_share_its_low_half() {
    for seed in 0..20 {
        let (part, expected) = part_of(&mut awkward::batches(&mut Random::from_seed(seed)));
        let entries = entries(&expected);
        assert_eq!(part.meta().traces as usize, entries.len());
        for low in (0..50).chain([u64::MAX]) {
            let mut wanted: Vec<_> = entries.iter().filter(|entry| entry.id.low == low).cloned().collect();
            wanted.sort_by_key(|entry| entry.rows.start);
            assert_eq!(part.traces(low).unwrap(), wanted, "seed {seed}, low {low}");
        }
    }
}

#[test]
fn the_newest_begin_anywhere_and_fall() {
    for seed in 0..20 {
        let (part, expected) = part_of(&mut awkward::batches(&mut Random::from_seed(seed)));
        let mut entries = entries(&expected);
        entries.sort_by_key(TraceEntry::position);
        entries.reverse();
        let oldest = Position { start: i64::MIN, id: TraceId::default() };
        for from in entries.iter().map(TraceEntry::position).chain([Position::MAX, oldest]) {
            let wanted: Vec<_> = entries.iter().filter(|entry| entry.position() <= from).cloned().collect();
            let newest: Result<Vec<_>, _> = part.newest(from).unwrap().collect();
            assert_eq!(newest.unwrap(), wanted, "seed {seed}, from {from:?}");
        }
    }
}

#[test]
fn among_thousands_of_traces_each_is_found_in_both_orders() {
    let mut random = Random::from_seed(3);
    let traces = (0..3_000).map(|n| Span::plain((n % 2, 1 + random.below(2_500)), n + 1, random.below(1_000) as i64));
    let (part, expected) = part_of(&mut [traces.collect()]);
    let mut entries = entries(&expected);
    entries.sort_by_key(TraceEntry::position);
    entries.reverse();
    let newest: Result<Vec<_>, _> = part.newest(Position::MAX).unwrap().collect();
    assert_eq!(newest.unwrap(), entries);
    for (at, entry) in entries.iter().enumerate().step_by(97) {
        let newest: Result<Vec<_>, _> = part.newest(entry.position()).unwrap().take(200).collect();
        assert_eq!(newest.unwrap(), entries[at..entries.len().min(at + 200)]);
        assert!(part.traces(entry.id.low).unwrap().contains(entry));
        let ids: Vec<_> = read(&part, std::slice::from_ref(&entry.rows)).iter().map(|span| span.trace).collect();
        assert_eq!(ids, vec![entry.id; entry.rows.len()]);
    }
}
