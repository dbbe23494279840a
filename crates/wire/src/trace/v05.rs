//! v0.5: a dictionary of strings, then traces whose spans are rows of 12.
//!
//! ```text
//! [ [string, …],
//!   [ [ [ service, name, resource, trace_id, span_id, parent_id, start, duration, error, meta, metrics, type ], … ], … ] ]
//! ```
//!
//! Every text is an index into the dictionary: `service`, `name`, `resource`, `type`, the keys and values of `meta`, the
//! keys of `metrics`. Links and events come as JSON in tags; binary values cannot be sent. Source: agent-protocol 2.2.

use std::collections::HashMap;

use tracehound_model::{Chunk, Span, Symbol, Symbols};

use crate::error::{DecodeError, Problem};
use crate::msgpack::{Reader, Writer};
use crate::number::Number;
use crate::payload::{EVENTS_KEY, EVENTS_TAG, LINKS_KEY, LINKS_TAG, Payload};
use crate::text::Text;

type Result<T> = std::result::Result<T, Box<DecodeError>>;

const ROW_ELEMENTS: usize = 12;

/// Symbols by index of the dictionary. Strings are not hashed: a client sends each once, and where it does not, equal
/// texts have several symbols.
#[derive(Default)]
struct Dictionary(Vec<Symbol>);

pub(crate) fn decode<'body>(body: &'body [u8], payload: &mut Payload<'body, '_>) -> Result<()> {
    let mut reader = Reader::new(body);
    let elements = reader.array()?;
    if elements < 2 {
        return Err(DecodeError::at(Problem::NotAPair { elements }, 0));
    }
    payload.enter(Text::of("strings"));
    let dictionary = Dictionary::read(&mut reader, payload)?;
    payload.enter(Text::of("traces"));
    for _ in 0..reader.array()? {
        payload.begin_chunk();
        for _ in 0..reader.array()? {
            read_row(&mut reader, &dictionary, payload)?;
        }
        payload.end_chunk()?;
    }
    Ok(())
}

impl Dictionary {
    fn read<'body>(reader: &mut Reader<'body>, payload: &mut Payload<'body, '_>) -> Result<Dictionary> {
        let mut dictionary = Dictionary::default();
        for _ in 0..reader.array()? {
            let text = reader.text()?.into_str();
            dictionary.0.push(match text.as_ref() {
                "" => Symbol::default(),
                LINKS_TAG => LINKS_KEY,
                EVENTS_TAG => EVENTS_KEY,
                _ => payload.symbols.push(text),
            });
            payload.keep(size_of::<Symbol>())?;
        }
        Ok(dictionary)
    }

    /// The string whose index comes next; nil is no text.
    #[inline]
    fn next(&self, reader: &mut Reader<'_>) -> Result<Symbol> {
        if reader.nil()? {
            return Ok(Symbol::default());
        }
        let begin = reader.offset();
        let index = reader.number_as("an index of a string", Number::as_u64)?;
        let symbol = usize::try_from(index).ok().and_then(|index| self.0.get(index));
        symbol.copied().ok_or_else(|| DecodeError::at(Problem::NoSuchString { index, strings: self.0.len() }, begin))
    }
}

fn read_row<'body>(reader: &mut Reader<'body>, strings: &Dictionary, payload: &mut Payload<'body, '_>) -> Result<()> {
    let mut span = payload.begin_span();
    if reader.nil()? {
        payload.skip_span();
        return Ok(());
    }
    let begin = reader.offset();
    if reader.array()? != ROW_ELEMENTS {
        return Err(DecodeError::at(Problem::RowLength, begin));
    }
    span.service = strings.next(reader)?;
    span.name = strings.next(reader)?;
    span.resource = strings.next(reader)?;
    span.trace_id = reader.number_as("an id", Number::as_u64)?;
    span.span_id = reader.number_as("an id", Number::as_u64)?;
    span.parent_id = reader.number_as("an id", Number::as_u64)?;
    span.start = reader.number_as("a time in nanoseconds", Number::as_i64)?;
    span.duration = reader.number_as("a duration in nanoseconds", Number::as_i64)?;
    span.error = reader.number()?.is_set();
    for _ in 0..reader.map()? {
        let (key, value) = (strings.next(reader)?, strings.next(reader)?);
        payload.tag(key, value)?;
    }
    for _ in 0..reader.map()? {
        let (key, value) = (strings.next(reader)?, reader.number()?.as_f64());
        payload.metric(key, value)?;
    }
    span.kind = strings.next(reader)?;
    payload.end_span(span)?;
    Ok(())
}

/// Writes chunks, each with the table of its strings, as one body of v0.5.
///
/// Links, events and binary values have no place in a row; what came of tags is in the tags still.
pub fn encode(chunks: &[(&Symbols<'_>, &Chunk)]) -> Vec<u8> {
    let mut indices = Indices::default();
    // As clients do, so that no text has an index.
    indices.of("");
    for (symbols, chunk) in chunks {
        for symbol in chunk.spans.iter().flat_map(|span| strings_of(chunk, span)) {
            indices.of(symbols.get(symbol));
        }
    }
    let mut writer = Writer::default();
    writer.array(2);
    writer.array(indices.texts.len());
    indices.texts.iter().for_each(|text| writer.text(text));
    writer.array(chunks.len());
    for (symbols, chunk) in chunks {
        writer.array(chunk.spans.len());
        for span in &chunk.spans {
            write_row(&mut writer, chunk, span, |symbol| indices.of(symbols.get(symbol)));
        }
    }
    writer.finish()
}

/// The dictionary being made: texts in order of appearance.
#[derive(Default)]
struct Indices<'a> {
    texts: Vec<&'a str>,
    known: HashMap<&'a str, u64>,
}

impl<'a> Indices<'a> {
    fn of(&mut self, text: &'a str) -> u64 {
        *self.known.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() as u64 - 1
        })
    }
}

fn strings_of<'a>(chunk: &'a Chunk, span: &'a Span) -> impl Iterator<Item = Symbol> + 'a {
    let meta = chunk.meta_of(span).iter().flat_map(|&(key, value)| [key, value]);
    let metrics = chunk.metrics_of(span).iter().map(|&(key, _)| key);
    [span.service, span.name, span.resource, span.kind].into_iter().chain(meta).chain(metrics)
}

fn write_row(writer: &mut Writer, chunk: &Chunk, span: &Span, mut index: impl FnMut(Symbol) -> u64) {
    writer.array(ROW_ELEMENTS);
    for symbol in [span.service, span.name, span.resource] {
        writer.unsigned(index(symbol));
    }
    for id in [span.trace_id, span.span_id, span.parent_id] {
        writer.unsigned(id);
    }
    for number in [span.start, span.duration, i64::from(span.error)] {
        writer.signed(number);
    }
    let meta = chunk.meta_of(span);
    writer.map(meta.len());
    for &(key, value) in meta {
        writer.unsigned(index(key));
        writer.unsigned(index(value));
    }
    let metrics = chunk.metrics_of(span);
    writer.map(metrics.len());
    for &(key, value) in metrics {
        writer.unsigned(index(key));
        writer.float(value);
    }
    writer.unsigned(index(span.kind));
}
