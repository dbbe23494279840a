//! Traces as the body of a request.

use std::borrow::Cow;
use std::fmt;

use tracehound_model::{self as model, Chunk, Symbols};
use tracehound_wire::{v04, v05};

use super::Span;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Maps, every string where it is used.
    V04,
    /// Rows, every string once.
    V05,
}

impl Format {
    /// The route that takes it.
    pub fn path(self) -> &'static str {
        match self {
            Format::V04 => "/v0.4/traces",
            Format::V05 => "/v0.5/traces",
        }
    }

    /// The body that carries these traces, a chunk each.
    pub fn encode(self, traces: &[Vec<Span>]) -> Vec<u8> {
        let chunks: Vec<_> = traces.iter().map(|trace| chunk(trace)).collect();
        let chunks: Vec<_> = chunks.iter().map(|(symbols, chunk)| (symbols, chunk)).collect();
        match self {
            Format::V04 => v04::encode(&chunks),
            Format::V05 => v05::encode(&chunks),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::V04 => "v0.4",
            Format::V05 => "v0.5",
        })
    }
}

/// What a tracer says about itself and its body. With the last header a refusal has a status of its own, and so a 200 means
/// that everything was taken. Source: agent-protocol 1.3.
pub const TRACER_HEADERS: [(&str, &str); 4] = [
    ("Content-Type", "application/msgpack"),
    ("Datadog-Meta-Lang", "python"),
    ("Datadog-Meta-Tracer-Version", "4.16.0"),
    ("Datadog-Send-Real-Http-Status", "true"),
];

fn chunk(trace: &[Span]) -> (Symbols<'_>, Chunk) {
    let (mut symbols, mut chunk) = (Symbols::default(), Chunk::default());
    let mut intern = |text| symbols.intern(Cow::Borrowed(text));
    for span in trace {
        let (meta, metrics) = (chunk.meta.len() as u32, chunk.metrics.len() as u32);
        chunk.meta.extend(span.meta.iter().map(|(key, value)| (intern(key), intern(value))));
        chunk.metrics.extend(span.metrics.iter().map(|(key, value)| (intern(key), *value)));
        chunk.spans.push(model::Span {
            trace_id: span.trace_id.low,
            span_id: span.span_id,
            parent_id: span.parent_id,
            start: span.start,
            duration: span.duration,
            error: span.error,
            service: intern(&span.service),
            name: intern(&span.name),
            resource: intern(&span.resource),
            kind: intern(&span.kind),
            meta: meta..chunk.meta.len() as u32,
            metrics: metrics..chunk.metrics.len() as u32,
            extras: None,
        });
    }
    (symbols, chunk)
}

#[cfg(test)]
mod tests {
    use tracehound_wire::{Decoded, Sink, decode};

    use super::super::Generator;
    use super::*;

    /// Collects what it is shown.
    #[derive(Default)]
    struct Shown(Vec<Span>);

    impl Sink for Shown {
        fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize {
            let text = |symbol| symbols.get(symbol).to_owned();
            self.0.extend(chunk.spans.iter().map(|span| Span {
                trace_id: model::TraceId { high: 0, low: span.trace_id },
                span_id: span.span_id,
                parent_id: span.parent_id,
                start: span.start,
                duration: span.duration,
                error: span.error,
                service: text(span.service),
                name: text(span.name),
                resource: text(span.resource),
                kind: text(span.kind),
                meta: chunk.meta_of(span).iter().map(|&(key, value)| (text(key), text(value))).collect(),
                metrics: chunk.metrics_of(span).iter().map(|&(key, value)| (text(key), value)).collect(),
            }));
            0
        }
    }

    #[test]
    fn either_format_carries_every_value() {
        let mut generator = Generator::new(1, 1_795_000_000_000_000_000);
        let traces = [generator.trace(), generator.trace()];
        for (format, wire) in
            [(Format::V04, tracehound_wire::Format::TracesMsgpack), (Format::V05, tracehound_wire::Format::V05)]
        {
            let mut shown = Shown::default();
            let decoded = decode(wire, &format.encode(&traces), &mut shown).unwrap();
            let mut expected = traces.concat();
            assert_eq!(decoded, Decoded { chunks: 2, spans: expected.len(), nil_spans: 0 });
            expected.iter_mut().for_each(|span| span.trace_id.high = 0);
            assert_eq!(shown.0, expected, "{format}");
        }
    }
}
