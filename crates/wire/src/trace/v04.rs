//! v0.3 and v0.4: an array of traces, each an array of spans, each a map by field name.
//!
//! ```text
//! [ [ {service, name, resource, trace_id, …}, … ], … ]
//! ```
//!
//! Source: agent-protocol 2.1.

use tracehound_model::{Chunk, Span, Symbols};

use super::span::Traces;
use super::{event, link};
use crate::error::DecodeError;
use crate::msgpack::{Msgpack, Reader, Writer};
use crate::payload::Payload;
use crate::value::Value;

pub(crate) fn decode<'body>(body: &'body [u8], payload: &mut Payload<'body, '_>) -> Result<(), Box<DecodeError>> {
    let mut reader = Reader::new(body);
    Msgpack::outermost(&mut reader).array(&mut Traces(payload)).map(drop)
}

/// Writes chunks, each with the table of its strings, as one body of v0.4.
///
/// Events whose attributes hold maps, or lists of lists, cannot be said in `span_events`; those of such a span are left to
/// the tag `events` from which they came.
pub fn encode(chunks: &[(&Symbols<'_>, &Chunk)]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.array(chunks.len());
    for (symbols, chunk) in chunks {
        writer.array(chunk.spans.len());
        for span in &chunk.spans {
            write_span(&mut writer, symbols, chunk, span);
        }
    }
    writer.finish()
}

fn write_span(writer: &mut Writer, symbols: &Symbols<'_>, chunk: &Chunk, span: &Span) {
    let extras = span.extras.as_deref();
    let links = extras.map(|extras| &extras.links).filter(|links| !links.is_empty());
    let events = extras.map(|extras| &extras.events).filter(|events| !events.is_empty() && event::sayable(events));
    let binary = extras.map(|extras| &extras.meta_struct).filter(|binary| !binary.is_empty());
    let optional = usize::from(links.is_some()) + usize::from(events.is_some()) + usize::from(binary.is_some());
    writer.map(12 + optional);
    for (key, symbol) in
        [("service", span.service), ("name", span.name), ("resource", span.resource), ("type", span.kind)]
    {
        writer.text(key);
        writer.text(symbols.get(symbol));
    }
    for (key, id) in [("trace_id", span.trace_id), ("span_id", span.span_id), ("parent_id", span.parent_id)] {
        writer.text(key);
        writer.unsigned(id);
    }
    for (key, nanos) in [("start", span.start), ("duration", span.duration), ("error", i64::from(span.error))] {
        writer.text(key);
        writer.signed(nanos);
    }
    writer.text("meta");
    let meta = chunk.meta_of(span);
    writer.map(meta.len());
    for &(key, value) in meta {
        writer.text(symbols.get(key));
        writer.text(symbols.get(value));
    }
    writer.text("metrics");
    let metrics = chunk.metrics_of(span);
    writer.map(metrics.len());
    for &(key, value) in metrics {
        writer.text(symbols.get(key));
        writer.float(value);
    }
    if let Some(links) = links {
        writer.text("span_links");
        link::write(writer, links);
    }
    if let Some(events) = events {
        writer.text("span_events");
        event::write(writer, events);
    }
    if let Some(binary) = binary {
        writer.text("meta_struct");
        writer.map(binary.len());
        for (key, bytes) in binary {
            writer.text(key);
            writer.binary(bytes);
        }
    }
}
