//! Spans with everything that is hard to keep: few ids that often meet, extremes, strange text, copies and odd parents.

use tracehound_platform::Random;

use crate::spans::{Span, extras};

const NUMBERS: [f64; 9] =
    [0.0, -0.0, 1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, f64::MAX, -1.5];
const TIMES: [i64; 5] = [i64::MIN, -1, 0, 1_700_000_000_000_000_000, i64::MAX];

/// Up to five batches of up to 300 spans.
pub(crate) fn batches(random: &mut Random) -> Vec<Vec<Span>> {
    (0..1 + random.below(5))
        .map(|_| {
            let count = 1 + random.below(300);
            spans(random, count)
        })
        .collect()
}

/// Some spans, in the order in which they come.
pub(crate) fn spans(random: &mut Random, count: u64) -> Vec<Span> {
    (0..count).map(|_| span(random)).collect()
}

fn span(random: &mut Random) -> Span {
    let trace = ([0, 0, 1, u64::MAX][random.below(4) as usize], [1, 2, 3, 40, u64::MAX][random.below(5) as usize]);
    let start = if random.one_in(20) { pick(random, &TIMES) } else { 1_000 + random.below(50) as i64 };
    let mut span = Span::plain(trace, 1 + random.below(30), start);
    span.span_id = if random.one_in(40) { u64::MAX } else { span.span_id };
    // Among 40 ids are those of other traces and of nobody; sometimes it is the span's own.
    span.parent_id = random.below(41);
    span.duration = if random.one_in(20) { i64::MAX } else { random.below(1_000_000) as i64 };
    span.error = random.one_in(10);
    span.texts[0] = format!("service-{}", random.below(2));
    span.texts[1] = if random.one_in(30) { String::new() } else { "operation".to_owned() };
    span.texts[2] = text(random);
    for _ in 0..random.below(8) {
        span.meta.insert(key(random), text(random));
    }
    for _ in 0..random.below(4) {
        span.metrics.insert(key(random), number(random));
    }
    if random.one_in(10) {
        span.metrics.insert("_dd.partial_version".to_owned(), number(random));
    }
    if random.one_in(4) {
        span.meta.insert("http.status_code".to_owned(), "404".to_owned());
    }
    if random.one_in(15) {
        span.extras = Some(extras());
    }
    span
}

fn number(random: &mut Random) -> u64 {
    if random.one_in(10) { f64::NAN.to_bits() | random.below(1_000) } else { pick(random, &NUMBERS).to_bits() }
}

/// Keys that are on many rows, and keys that are on few, of both kinds alike.
fn key(random: &mut Random) -> String {
    match random.below(4) {
        0 => format!("rare.{}", random.below(2_000)),
        1 => format!("{}\0\"key", "k".repeat(random.below(3) as usize)),
        _ => format!("key.{}", random.below(10)),
    }
}

fn text(random: &mut Random) -> String {
    match random.below(6) {
        0 => String::new(),
        1 => "a\0b\u{10ffff}é".to_owned(),
        2 if random.one_in(20) => "x".repeat(25_000),
        3 => format!("{:x}", random.next_u64()),
        _ => format!("value {}", random.below(5)),
    }
}

fn pick<T: Copy>(random: &mut Random, values: &[T]) -> T {
    values[random.below(values.len() as u64) as usize]
}
