//! Time per span to decode a body: 50 traces of 12 spans, each with 13 tags of 40 keys and 3 metrics.
//!
//! `cargo bench -p tracehound-wire`; a time divided by 600 is the time of a span, items per second are spans.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use tracehound_model::{Chunk, Span, Symbols};
use tracehound_wire::{Format, Sink, decode, v04, v05};

const TRACES: usize = 50;
const SPANS: usize = 12;
const TAGS: usize = 13;
const KEYS: usize = 40;
const METRICS: [&str; 3] = ["_dd.top_level", "_sampling_priority_v1", "process_id"];

fn main() {
    divan::main();
}

#[divan::bench]
fn v04_body(bencher: Bencher<'_, '_>) {
    bench(bencher, Format::TracesMsgpack, v04::encode);
}

#[divan::bench]
fn v05_body(bencher: Bencher<'_, '_>) {
    bench(bencher, Format::V05, v05::encode);
}

fn bench(bencher: Bencher<'_, '_>, format: Format, encode: fn(&[(&Symbols<'_>, &Chunk)]) -> Vec<u8>) {
    let (symbols, chunks) = payload();
    let pairs: Vec<_> = chunks.iter().map(|chunk| (&symbols, chunk)).collect();
    let body = encode(&pairs);
    bencher
        .counter(ItemsCount::new(TRACES * SPANS))
        .counter(BytesCount::of_slice(&body))
        .bench(|| decode(format, black_box(&body), &mut Ignore).map_err(|error| error.to_string()));
}

struct Ignore;

impl Sink for Ignore {
    fn chunk(&mut self, _: &Symbols<'_>, chunk: &Chunk) -> usize {
        black_box(chunk);
        0
    }
}

/// Tags as web services have them: few keys, and of each some values that come often and some that are new.
fn payload() -> (Symbols<'static>, Vec<Chunk>) {
    let mut symbols = Symbols::default();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % bound
    };
    let mut intern = |text: String| symbols.intern(text.into());
    let chunks = (0..TRACES).map(|trace| {
        let mut chunk = Chunk::default();
        for span in 0..SPANS {
            let (meta, metrics) = (chunk.meta.len() as u32, chunk.metrics.len() as u32);
            for tag in 0..TAGS {
                let key = (span * 5 + tag * 3) % KEYS;
                let value = match tag % 4 {
                    0 => format!("{:016x}-{trace}", below(u64::MAX)),
                    _ => format!("value {} of {key}", below(20)),
                };
                chunk.meta.push((intern(format!("http.request.key_{key}")), intern(value)));
            }
            for name in METRICS {
                chunk.metrics.push((intern(name.to_owned()), below(30_000) as f64));
            }
            chunk.spans.push(Span {
                trace_id: below(u64::MAX) | 1 << 62,
                span_id: below(u64::MAX) | 1 << 62,
                parent_id: below(u64::MAX) | 1 << 62,
                start: 1_700_000_000_000_000_000 + below(1_000_000_000) as i64,
                duration: below(1_000_000_000) as i64,
                error: span == 7,
                service: intern(format!("service-{}", span % 4)),
                name: intern("http.request".to_owned()),
                resource: intern(format!("GET /resource/{}", below(30))),
                kind: intern("web".to_owned()),
                meta: meta..chunk.meta.len() as u32,
                metrics: metrics..chunk.metrics.len() as u32,
                extras: None,
            });
        }
        chunk
    });
    let chunks = chunks.collect();
    (symbols, chunks)
}
