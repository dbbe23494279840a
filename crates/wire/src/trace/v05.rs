//! v0.5: a dictionary of strings, then traces whose spans are rows of 12.
//!
//! ```text
//! [ [string, …],
//!   [ [ [ service, name, resource, trace_id, span_id, parent_id, start, duration, error, meta, metrics, type ], … ], … ] ]
//! ```
//!
//! Every text is an index into the dictionary: `service`, `name`, `resource`, `type`, the keys and values of `meta`, the
//! keys of `metrics`. Links and events come as JSON in tags; binary values cannot be sent. Source: agent-protocol 2.2.

use tracehound_model::Symbol;

use crate::error::{DecodeError, Problem};
use crate::msgpack::Reader;
use crate::number::Number;
use crate::payload::{EVENTS_KEY, EVENTS_TAG, LINKS_KEY, LINKS_TAG, Payload};

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
        return Err(reader.fail(Problem::NotAPair { elements }));
    }
    payload.enter("strings");
    let dictionary = Dictionary::read(&mut reader, payload)?;
    payload.enter("traces");
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
            let text = reader.text()?;
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
        let index = reader.number_as("an index of a string", Number::as_u64)?;
        let symbol = usize::try_from(index).ok().and_then(|index| self.0.get(index));
        symbol.copied().ok_or_else(|| reader.fail(Problem::NoSuchString { index, strings: self.0.len() }))
    }
}

fn read_row<'body>(reader: &mut Reader<'body>, strings: &Dictionary, payload: &mut Payload<'body, '_>) -> Result<()> {
    let mut span = payload.begin_span();
    if reader.nil()? {
        payload.skip_span();
        return Ok(());
    }
    if reader.array()? != ROW_ELEMENTS {
        return Err(reader.fail(Problem::RowLength));
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
