//! Payloads written down as the spans a tracer would send.

use tracehound_model::{Batch, Chunk, Extras, Span, SpanRef, Symbols, UnixNanos};
use tracehound_pipeline::{ChunkAttributes, Context, Processor, Report};

pub(crate) const NOW: UnixNanos = 1_700_000_000_000_000_000;
pub(crate) const CONTEXT: Context<'static> = Context { language: "python", client_computed_top_level: false, now: NOW };

/// A span as sent; [`span`] gives one with nothing wrong.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) trace_id: u64,
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: i64,
    pub(crate) duration: i64,
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) resource: String,
    pub(crate) kind: String,
    pub(crate) meta: Vec<(String, String)>,
    pub(crate) metrics: Vec<(String, f64)>,
    pub(crate) extras: Option<Box<Extras>>,
}

pub(crate) fn span(span_id: u64, parent_id: u64) -> Sent {
    Sent {
        trace_id: 7,
        span_id,
        parent_id,
        start: NOW,
        duration: 1_000,
        service: "shop".into(),
        name: "web.request".into(),
        resource: "GET /".into(),
        kind: "web".into(),
        meta: Vec::new(),
        metrics: Vec::new(),
        extras: None,
    }
}

impl Sent {
    pub(crate) fn of_trace(self, trace_id: u64) -> Sent {
        Sent { trace_id, ..self }
    }

    pub(crate) fn service(self, service: &str) -> Sent {
        Sent { service: service.into(), ..self }
    }

    pub(crate) fn tag(mut self, key: &str, value: &str) -> Sent {
        self.meta.push((key.into(), value.into()));
        self
    }

    pub(crate) fn metric(mut self, key: &str, value: f64) -> Sent {
        self.metrics.push((key.into(), value));
        self
    }
}

/// Decoded chunks and the table of their strings. Every other string is written as v0.5 does, where equal texts may have
/// several symbols.
pub(crate) fn decode(chunks: &[Vec<Sent>]) -> (Symbols<'static>, Vec<Chunk>) {
    let mut symbols = Symbols::default();
    let mut odd = false;
    let mut symbol = |text: &str| {
        odd = !odd;
        let text = text.to_owned().into();
        if odd { symbols.intern(text) } else { symbols.push(text) }
    };
    let mut decode_chunk = |sent: &Vec<Sent>| {
        let mut chunk = Chunk::default();
        for span in sent {
            let (meta, metrics) = (chunk.meta.len() as u32, chunk.metrics.len() as u32);
            chunk.meta.extend(span.meta.iter().map(|(key, value)| (symbol(key), symbol(value))));
            chunk.metrics.extend(span.metrics.iter().map(|(key, value)| (symbol(key), *value)));
            chunk.spans.push(Span {
                trace_id: span.trace_id,
                span_id: span.span_id,
                parent_id: span.parent_id,
                start: span.start,
                duration: span.duration,
                error: false,
                service: symbol(&span.service),
                name: symbol(&span.name),
                resource: symbol(&span.resource),
                kind: symbol(&span.kind),
                meta: meta..chunk.meta.len() as u32,
                metrics: metrics..chunk.metrics.len() as u32,
                extras: span.extras.clone(),
            });
        }
        chunk
    };
    let chunks = chunks.iter().map(&mut decode_chunk).collect();
    (symbols, chunks)
}

/// Sends chunks through one processor.
pub(crate) fn process_in(context: Context<'_>, chunks: &[Vec<Sent>]) -> (Batch, Report) {
    let (symbols, chunks) = decode(chunks);
    let mut processor = Processor::new(context);
    for chunk in &chunks {
        processor.append(&symbols, chunk);
    }
    let (batch, report) = processor.finish();
    assert!(report.closes(), "{report:?}");
    assert_eq!(u64::from(batch.rows()), report.kept.spans);
    (batch, report)
}

pub(crate) fn process(chunks: &[Vec<Sent>]) -> (Batch, Report) {
    process_in(CONTEXT, chunks)
}

/// What one chunk says of its trace, with the texts of origin and decision maker.
pub(crate) fn attributes(chunk: Vec<Sent>) -> (ChunkAttributes, Option<String>, Option<String>) {
    let (symbols, chunks) = decode(&[chunk]);
    let attributes = Processor::new(CONTEXT).append(&symbols, &chunks[0]).expect("the chunk is kept");
    let text = |symbol| symbols.get(symbol).to_owned();
    (attributes, attributes.origin.map(text), attributes.decision_maker.map(text))
}

/// The counts that are not zero.
pub(crate) fn counted(counts: impl Iterator<Item = (&'static str, u64)>) -> Vec<(&'static str, u64)> {
    counts.filter(|&(_, count)| count > 0).collect()
}

/// The string tags of a row, sorted by key.
pub(crate) fn meta<'a>(row: SpanRef<'a>) -> Vec<(&'a str, &'a str)> {
    let mut meta: Vec<_> = row.meta().collect();
    meta.sort_unstable();
    meta
}

/// A seeded generator (xorshift64*), so that a failure names the seed that repeats it.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    pub(crate) fn pick<'t, T>(&mut self, table: &'t [T]) -> &'t T {
        &table[self.below(table.len() as u64) as usize]
    }

    /// Up to `max_chars` characters of all lengths and kinds, the troublesome ones more often.
    pub(crate) fn text(&mut self, max_chars: u64) -> String {
        const CHARS: &[char] = &[
            'a', 'Z', '0', '_', '_', '.', ':', '/', '-', ' ', '$', '\0', 'é', 'É', 'ſ', 'İ', 'ß', 'ǅ', '٣', '²', 'Ⅷ',
            '繋', '™', '🐶', '𝔸', '𐐀', '\u{301}', '\u{212a}', '\u{fffd}',
        ];
        let any = |random: &mut Random| char::from_u32(random.below(0x11_0000) as u32).unwrap_or('x');
        (0..self.below(max_chars + 1)).map(|_| if self.below(8) == 0 { any(self) } else { *self.pick(CHARS) }).collect()
    }
}
