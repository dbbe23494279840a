//! What a chunk says of its whole trace.

use crate::support::*;

const TID: &str = "66AAbbcc00000000";

#[test]
fn the_first_span_with_16_hex_digits_widens_the_trace_id() {
    let high = |tags: &[&str]| {
        let spans = tags.iter().zip(1..).map(|(tag, id)| span(id, 0).tag("_dd.p.tid", tag)).collect();
        attributes(spans).0.trace_id.high
    };
    for (tags, expected) in [
        (&[TID][..], 0x66aa_bbcc_0000_0000),
        (&["ffffffffffffffff"], u64::MAX),
        (&["", "123", TID], 0x66aa_bbcc_0000_0000),
        (&[TID, "1111111111111111"], 0x66aa_bbcc_0000_0000),
        (&["0000000000000000"], 0),
        (&["66aabbcc0000000", "66aabbcc000000000", "66aabbcc0000000g", "+6aabbcc00000000", " 6aabbcc00000000"], 0),
        (&["0x66aabbcc000000", "éaabbcc00000000"], 0),
    ] {
        assert_eq!(high(tags), expected, "{tags:?}");
    }
}

#[test]
fn a_trace_id_without_the_tag_is_64_bits_and_the_tag_stays_where_it_was() {
    let (batch, _) = process(&[vec![span(1, 0), span(2, 1).tag("_dd.p.tid", TID)], vec![span(3, 0)]]);
    assert_eq!(
        batch.chunks().iter().map(|chunk| (chunk.id.high, chunk.id.low)).collect::<Vec<_>>(),
        [(0x66aa_bbcc_0000_0000, 7), (0, 7)]
    );
    assert_eq!(meta(batch.span(0)), []);
    assert_eq!(meta(batch.span(1)), [("_dd.p.tid", TID)]);
}

#[test]
fn of_a_repeated_tid_in_one_span_the_last_counts() {
    let tid = |first, last| attributes(vec![span(1, 0).tag("_dd.p.tid", first).tag("_dd.p.tid", last)]).0.trace_id.high;
    assert_eq!(tid("1111111111111111", TID), 0x66aa_bbcc_0000_0000);
    assert_eq!(tid(TID, "invalid"), 0);
}

#[test]
fn priority_is_that_of_the_root_else_of_the_first_span_that_has_it() {
    let key = "_sampling_priority_v1";
    for (chunk, expected) in [
        (vec![span(1, 0)], None),
        (vec![span(1, 0).metric(key, 2.0)], Some(2)),
        (vec![span(2, 1).metric(key, 2.0), span(1, 0).metric(key, -1.0)], Some(-1)),
        (vec![span(2, 1).metric(key, 2.0), span(3, 1).metric(key, 1.0), span(1, 0)], Some(2)),
        (vec![span(1, 0).metric(key, 1.9)], Some(1)),
        (vec![span(1, 0).metric(key, -0.9)], Some(0)),
        (vec![span(1, 0).metric(key, 1.0).metric(key, 2.0)], Some(2)),
        (vec![span(1, 0).metric(key, f64::INFINITY)], Some(i32::MAX)),
        (vec![span(1, 0).metric(key, f64::NAN), span(2, 1).metric(key, 1.0)], Some(1)),
        (vec![span(1, 0).tag(key, "1")], None),
    ] {
        assert_eq!(attributes(chunk).0.priority, expected);
    }
}

#[test]
fn kept_chunks_are_counted_by_their_priority() {
    let chunk = |priority| vec![span(1, 0).metric("_sampling_priority_v1", priority)];
    let (_, report) = process(&[chunk(1.0), chunk(1.0), chunk(-1.0), chunk(9.0), vec![span(1, 0)], vec![]]);
    assert_eq!(counted(report.kept_by_priority()), [("-1", 1), ("1", 2), ("none", 1), ("other", 1)]);
}

#[test]
fn origin_is_taken_from_the_root_and_the_decision_maker_from_the_first_span_that_has_one() {
    let (_, origin, decision_maker) = attributes(vec![
        span(2, 1).tag("_dd.origin", "lambda"),
        span(3, 1).tag("_dd.p.dm", "-3").tag("_dd.p.dm", "-4"),
        span(1, 0).tag("_dd.origin", "rum").tag("_dd.p.dm", "-0"),
    ]);
    assert_eq!((origin.as_deref(), decision_maker.as_deref()), (Some("rum"), Some("-4")));

    let (_, origin, decision_maker) = attributes(vec![span(1, 0), span(2, 1).tag("_dd.origin", "lambda")]);
    assert_eq!((origin, decision_maker), (None, None));
}

#[test]
fn a_dropped_chunk_says_nothing() {
    let (symbols, chunks) = decode(&[vec![span(0, 0)]]);
    assert_eq!(tracehound_pipeline::Processor::new(CONTEXT).append(&symbols, &chunks[0]), None);
}
