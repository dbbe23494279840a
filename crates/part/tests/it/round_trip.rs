//! Written rows come back equal, sorted and folded, whole or in pieces.

use std::collections::BTreeMap;

use tracehound_model::Extras;
use tracehound_part::Columns;
use tracehound_platform::Random;

use crate::awkward;
use crate::spans::{Span, part_of, read, spans, summary};

#[test]
fn awkward_rows_come_back_equal_whatever_the_seed() {
    for seed in 0..40 {
        let mut random = Random::from_seed(seed);
        let mut batches = awkward::batches(&mut random);
        let total: usize = batches.iter().map(Vec::len).sum();
        let (part, expected) = part_of(&mut batches);
        assert!(read(&part, &[0..part.meta().rows]) == expected, "seed {seed}");
        assert_eq!(part.meta().folded as usize, total - expected.len(), "seed {seed}");
        assert_eq!(part.meta().rows as usize, expected.len(), "seed {seed}");
        part.verify().unwrap();
    }
}

#[test]
fn any_ranges_in_any_order_give_their_rows_once_in_the_order_of_the_part() {
    for seed in 0..40 {
        let mut random = Random::from_seed(seed);
        let (part, expected) = part_of(&mut awkward::batches(&mut random));
        let rows = u64::from(part.meta().rows);
        let ranges: Vec<_> = (0..random.below(6))
            .map(|_| {
                let start = random.below(rows) as u32;
                start..start + random.below(rows - u64::from(start) + 1) as u32
            })
            .collect();
        let wanted = (0..).zip(&expected).filter(|(row, _)| ranges.iter().any(|range| range.contains(row)));
        let wanted: Vec<_> = wanted.map(|(_, span)| span.clone()).collect();
        assert!(read(&part, &ranges) == wanted, "seed {seed}: {ranges:?}");
    }
}

#[test]
fn a_summary_has_of_the_tags_only_status_code_and_partial_version() {
    for seed in 0..20 {
        let (part, expected) = part_of(&mut awkward::batches(&mut Random::from_seed(seed)));
        let rows = part.read(&[0..part.meta().rows], Columns::Summary);
        let expected: Vec<_> = expected.into_iter().map(summary).collect();
        assert!(spans(&rows.unwrap()) == expected, "seed {seed}");
    }
}

#[test]
fn rows_of_one_low_half_stand_side_by_side_by_first_start_and_the_others_around_them() {
    let mut batches = [vec![
        Span::plain((0, 7), 1, 50),
        Span::plain((0, 8), 2, 20),
        Span::plain((9, 7), 3, 10),
        Span::plain((0, 7), 4, 15),
        Span::plain((3, 7), 5, 10),
        Span::plain((0, 6), 6, 10),
    ]];
    let (part, _) = part_of(&mut batches);
    let order: Vec<_> = read(&part, &[0..6]).iter().map(|s| (s.trace.high, s.trace.low, s.span_id)).collect();
    assert_eq!(order, [(0, 6, 6), (3, 7, 5), (9, 7, 3), (0, 7, 4), (0, 7, 1), (0, 8, 2)]);
}

#[test]
fn of_copies_the_final_one_stays_then_the_latest_snapshot_then_the_first_that_came() {
    let copy = |span_id, duration, partial: Option<f64>| {
        let mut span = Span { duration, ..Span::plain((0, 1), span_id, 10) };
        span.metrics.extend(partial.map(|version| ("_dd.partial_version".to_owned(), version.to_bits())));
        span
    };
    let other_name = Span { texts: ["service", "other", "", ""].map(str::to_owned), ..copy(1, 9, None) };
    let mut batches = [
        vec![copy(1, 1, Some(1.0)), copy(2, 2, Some(1.0)), copy(3, 3, None)],
        vec![copy(1, 4, None), copy(2, 5, Some(2.0)), copy(3, 6, None), other_name],
        vec![copy(1, 7, Some(3.0)), copy(2, 8, Some(1.0))],
    ];
    let (part, _) = part_of(&mut batches);
    let kept: Vec<_> = read(&part, &[0..part.meta().rows]).iter().map(|s| (s.span_id, s.duration)).collect();
    assert_eq!(kept, [(1, 4), (1, 9), (2, 5), (3, 3)]);
    assert_eq!(part.meta().folded, 5);
}

#[test]
fn more_keys_than_columns_and_one_key_of_both_kinds_come_back() {
    let keys = |from: u32| (from..from + 150).map(|n| format!("key.{n}"));
    let mut spans: Vec<_> = (1..=1_000).map(|id| Span::plain((0, id % 7 + 1), id, id as i64)).collect();
    for span in spans.iter_mut().step_by(3) {
        let from = span.span_id as u32 % 500;
        span.meta = keys(from).map(|key| (key, String::new())).collect();
        span.metrics = keys(from).map(|key| (key, (-0.0_f64).to_bits())).collect::<BTreeMap<_, _>>();
    }
    let (part, expected) = part_of(&mut [spans]);
    assert!(read(&part, &[0..1_000]) == expected);
}

#[test]
fn rows_of_more_bytes_than_a_row_group_come_back() {
    let mut random = Random::from_seed(8);
    let mut spans: Vec<_> = (1..=1_600).map(|id| Span::plain((0, id / 3 + 1), id, id as i64)).collect();
    for span in &mut spans {
        let mut bytes = vec![0; 20_000];
        random.fill(&mut bytes);
        span.extras = Some(Extras { meta_struct: vec![("noise".into(), bytes.into())], ..Extras::default() });
        span.meta.insert("id".to_owned(), span.span_id.to_string());
    }
    let (part, expected) = part_of(&mut [spans]);
    assert!(part.meta().bytes > 30 << 20);
    assert!(read(&part, &[0..part.meta().rows]) == expected);
    assert!(read(&part, &[3..4, 1_590..1_593]) == [&expected[3..4], &expected[1_590..1_593]].concat());
}

#[test]
fn long_text_that_many_rows_share_and_more_rows_than_a_page_come_back() {
    let stack = "at some.function(file.py:12)\n".repeat(800);
    let mut spans: Vec<_> = (1..=20_000).map(|id| Span::plain((0, id / 5 + 1), id, id as i64)).collect();
    for span in spans.iter_mut().filter(|span| span.span_id % 20 < 2) {
        span.meta.insert("error.stack".to_owned(), stack.clone());
    }
    let (part, expected) = part_of(&mut [spans]);
    for rows in [0..1, 8_190..8_195, 16_383..16_385, 19_999..20_000] {
        let wanted = &expected[rows.start as usize..rows.end as usize];
        assert!(read(&part, &[rows]) == wanted);
    }
}
