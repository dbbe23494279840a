//! Time per payload of 50 traces of 12 spans, each with 13 tags and 3 metrics; divide by 600 for the time per span.

use std::hint::black_box;

use tracehound_model::{Chunk, Span, Symbols, UnixNanos};
use tracehound_pipeline::{Context, Processor};

const TRACES: u64 = 50;
const SPANS: u64 = 12;
const NOW: UnixNanos = 1_700_000_000_000_000_000;

/// The allocator of the product: with another one, a third of the time would be that of getting memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

#[divan::bench]
fn payload_of_600_spans(bencher: divan::Bencher<'_, '_>) {
    let (symbols, chunks) = payload();
    let context = Context { language: "python", client_computed_top_level: false, now: NOW };
    bencher.counter(divan::counter::ItemsCount::new(TRACES * SPANS)).bench(|| {
        let mut processor = Processor::new(context);
        for chunk in &chunks {
            processor.append(black_box(&symbols), black_box(chunk));
        }
        processor.finish()
    });
}

/// Tags as tracers send them: most values come again and again, three are different in every span.
fn payload() -> (Symbols<'static>, Vec<Chunk>) {
    const SHARED: [(&str, &str); 10] = [
        ("env", "prod"),
        ("version", "1.4.2"),
        ("component", "flask"),
        ("span.kind", "server"),
        ("language", "python"),
        ("http.method", "GET"),
        ("http.status_code", "200"),
        ("peer.service", "orders-db"),
        ("_dd.base_service", "shop"),
        ("runtime-id", "5b2f3a1c9d8e4f70a6b1c2d3e4f50617"),
    ];
    let mut symbols = Symbols::default();
    let mut intern = |text: String| symbols.intern(text.into());
    let mut chunks = Vec::new();
    for trace_id in 1..=TRACES {
        let mut chunk = Chunk::default();
        for i in 0..SPANS {
            let span_id = trace_id * 1_000 + i;
            let (meta, metrics) = (chunk.meta.len() as u32, chunk.metrics.len() as u32);
            let mut pair = |(key, value): (&str, &str)| (intern(key.into()), intern(value.into()));
            chunk.meta.extend(SHARED.map(&mut pair));
            for key in ["http.url", "request.id", "user.id"] {
                chunk.meta.push(pair((key, &format!("{key}/{span_id:016x}"))));
            }
            if i == 0 {
                chunk.meta.extend([("_dd.p.tid", "66aabbcc00000000"), ("_dd.p.dm", "-0")].map(&mut pair));
            }
            for key in ["_dd.measured", "_sampling_priority_v1", "process_id"] {
                chunk.metrics.push((intern(key.into()), 1.0));
            }
            chunk.spans.push(Span {
                trace_id,
                span_id,
                parent_id: if i == 0 { 0 } else { span_id - 1 },
                start: NOW,
                duration: 1_000,
                service: intern(format!("service-{}", i % 4)),
                name: intern(format!("operation.{}", i % 6)),
                resource: intern(format!("GET /resource/{}", i % 9)),
                kind: intern("web".into()),
                meta: meta..chunk.meta.len() as u32,
                metrics: metrics..chunk.metrics.len() as u32,
                ..Span::default()
            });
        }
        chunks.push(chunk);
    }
    (symbols, chunks)
}
