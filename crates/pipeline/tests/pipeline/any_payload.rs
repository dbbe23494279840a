//! Whatever is sent, the ledger closes, limits hold and repaired values need no repair.

use std::collections::BTreeSet;

use crate::support::*;
use tracehound_model::SpanRef;

const SEEDS: u64 = 300;
const KEYS: &[&str] = &[
    "env",
    "peer.service",
    "_dd.base_service",
    "http.status_code",
    "_dd.p.tid",
    "_dd.p.dm",
    "_dd.origin",
    "_dd.appsec.json",
    "version",
    "_sampling_priority_v1",
    "_dd.top_level",
    "_top_level",
];

fn any_span(random: &mut Random) -> Sent {
    let times = [0, -1, 1, NOW, i64::MIN, i64::MAX, i64::MAX - NOW];
    let numbers = [0.0, 1.0, -1.0, 2.0, 1e300, f64::NAN, f64::INFINITY];
    let key = |random: &mut Random| match random.below(3) {
        0 => random.text(300),
        _ => (*random.pick(KEYS)).to_owned(),
    };
    Sent {
        trace_id: if random.below(30) == 0 { random.below(2) } else { 7 },
        span_id: if random.below(60) == 0 { 0 } else { 1 + random.below(9) },
        parent_id: random.below(10),
        start: *random.pick(&times),
        duration: *random.pick(&times),
        service: random.text(150),
        name: random.text(150),
        resource: random.text(20).repeat(random.below(200) as usize),
        kind: random.text(80),
        meta: (0..random.below(8)).map(|_| (key(random), random.text(40).repeat(random.below(500) as usize))).collect(),
        metrics: (0..random.below(5)).map(|_| (key(random), *random.pick(&numbers))).collect(),
        extras: None,
    }
}

fn any_payload(seed: u64) -> Vec<Vec<Sent>> {
    let random = &mut Random::new(seed);
    (0..random.below(6)).map(|_| (0..random.below(8)).map(|_| any_span(random)).collect()).collect()
}

/// What is stored of a row, as a tracer could send it, without what was cut: dots may move when it is cut again.
fn resent(row: SpanRef<'_>) -> Sent {
    let uncut = row.meta().filter(|(key, value)| key.len() <= 200 && value.len() <= 25_000);
    Sent {
        service: row.service().into(),
        name: row.name().into(),
        resource: row.resource().into(),
        kind: row.kind().into(),
        meta: uncut.map(|(key, value)| (key.into(), value.into())).collect(),
        ..span(row.head().span_id, row.head().parent_id)
    }
}

#[test]
fn the_ledger_closes_on_any_payload() {
    for seed in 0..SEEDS {
        println!("seed {seed}");
        let payload = any_payload(seed);
        let (batch, report) = process(&payload);
        let spans = |chunks: &[Vec<Sent>]| chunks.iter().map(Vec::len).sum::<usize>() as u64;
        assert_eq!((report.received.chunks, report.received.spans), (payload.len() as u64, spans(&payload)));
        let dropped: u64 = report.dropped().map(|(_, spans)| spans).sum();
        assert_eq!(report.received.spans, u64::from(batch.rows()) + dropped);
        assert_eq!(batch.chunks().len() as u64, report.kept.chunks);
    }
}

#[test]
fn limits_hold_for_every_row_of_any_payload() {
    for seed in 0..SEEDS {
        println!("seed {seed}");
        let (batch, _) = process(&any_payload(seed));
        for row in (0..batch.rows()).map(|row| batch.span(row)) {
            assert!((1..=100).contains(&row.service().len()), "{:?}", row.service());
            assert!((1..=100).contains(&row.name().len()), "{:?}", row.name());
            assert!((1..=5_000).contains(&row.resource().len()), "{:?}", row.resource());
            assert!(row.kind().len() <= 100, "{:?}", row.kind());
            assert!(row.head().span_id != 0 && row.head().duration >= 0, "{:?}", row.head());
            for (key, value) in row.meta() {
                assert!(key.len() <= 203, "{key:?}");
                assert!(value.len() <= 25_003 || key == "_dd.appsec.json", "{key:?} of {} bytes", value.len());
            }
            assert!(row.metrics().all(|(key, _)| key.len() <= 203));
            let keys: BTreeSet<_> = row.meta().map(|(key, _)| key).collect();
            assert_eq!(keys.len(), row.meta().len(), "every key once");
        }
    }
}

#[test]
fn what_was_repaired_needs_no_repair_when_it_comes_again() {
    for seed in 0..SEEDS {
        println!("seed {seed}");
        let (first, _) = process(&any_payload(seed));
        let chunks: Vec<Vec<_>> = first
            .chunks()
            .iter()
            .map(|chunk| chunk.rows.clone().map(|row| resent(first.span(row))).collect())
            .collect();
        let (second, report) = process(&chunks);
        for row in 0..first.rows() {
            let (sent, kept) = (resent(first.span(row)), resent(second.span(row)));
            assert_eq!((kept.service, kept.name), (sent.service, sent.name));
            assert_eq!((kept.resource, kept.kind), (sent.resource, sent.kind));
            assert_eq!(BTreeSet::from_iter(kept.meta), BTreeSet::from_iter(sent.meta));
        }
        assert!(counted(report.repaired()).iter().all(|(name, _)| *name == "duplicate_span_id"), "{report:?}");
    }
}
