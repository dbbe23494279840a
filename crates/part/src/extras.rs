//! Links, events and binary values of a span as bytes, in parts and in the log.
//!
//! ```text
//! extras    = links events binaries
//! links     = count { trace high u64, trace low u64, span id u64, pairs, text tracestate, flags }
//! flags     = 0 | 1, u32
//! events    = count { time i64, text name, pairs }
//! binaries  = count { text key, length, bytes }
//! pairs     = count { text key, value }
//! value     = 0, text | 1 | 2 | 3, i64 | 4, f64 | 5, count { value } | 6, pairs
//! text      = length, UTF-8
//! ```
//!
//! Numbers as in [`packed`](crate::packed); 1 is false and 2 is true. Bytes: docs/formats/extras.md.

use tracehound_model::limits::MAX_NESTING;
use tracehound_model::{Attribute, Event, Extras, Link, TraceId};

use crate::packed::{Cursor, Malformed, put_bytes, put_number};

const STRING: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const DOUBLE: u8 = 4;
const LIST: u8 = 5;
const MAP: u8 = 6;

/// Appends `extras` to `out`.
///
/// Lists and maps nest at most [`MAX_NESTING`] deep, which decoding of bodies sees to.
pub fn encode(extras: &Extras, out: &mut Vec<u8>) {
    put_number(out, extras.links.len() as u64);
    for link in &extras.links {
        out.extend(link.trace_id.high.to_le_bytes());
        out.extend(link.trace_id.low.to_le_bytes());
        out.extend(link.span_id.to_le_bytes());
        put_pairs(out, &link.attributes);
        put_bytes(out, link.tracestate.as_bytes());
        out.push(u8::from(link.flags.is_some()));
        out.extend(link.flags.map(u32::to_le_bytes).into_iter().flatten());
    }
    put_number(out, extras.events.len() as u64);
    for event in &extras.events {
        out.extend(event.time.to_le_bytes());
        put_bytes(out, event.name.as_bytes());
        put_pairs(out, &event.attributes);
    }
    put_number(out, extras.meta_struct.len() as u64);
    for (key, value) in &extras.meta_struct {
        put_bytes(out, key.as_bytes());
        put_bytes(out, value);
    }
}

fn put_pairs(out: &mut Vec<u8>, pairs: &[(Box<str>, Attribute)]) {
    put_number(out, pairs.len() as u64);
    for (key, value) in pairs {
        put_bytes(out, key.as_bytes());
        put_value(out, value);
    }
}

fn put_value(out: &mut Vec<u8>, value: &Attribute) {
    match value {
        Attribute::String(text) => {
            out.push(STRING);
            put_bytes(out, text.as_bytes());
        }
        Attribute::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
        Attribute::Int(value) => {
            out.push(INT);
            out.extend(value.to_le_bytes());
        }
        Attribute::Double(value) => {
            out.push(DOUBLE);
            out.extend(value.to_le_bytes());
        }
        Attribute::List(values) => {
            out.push(LIST);
            put_number(out, values.len() as u64);
            values.iter().for_each(|value| put_value(out, value));
        }
        Attribute::Map(pairs) => {
            out.push(MAP);
            put_pairs(out, pairs);
        }
    }
}

/// Reads what [`encode`] wrote. Every byte has to be used, lengths have to fit into what remains, and lists and maps may
/// nest [`MAX_NESTING`] deep.
pub fn decode(bytes: &[u8]) -> Result<Extras, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let extras = Extras {
        links: cursor.list(link)?,
        events: cursor.list(event)?,
        meta_struct: cursor.list(|cursor| Ok((cursor.text()?.into(), cursor.bytes()?.into())))?,
    };
    cursor.finish()?;
    Ok(extras)
}

fn link(cursor: &mut Cursor<'_>) -> Result<Link, Malformed> {
    Ok(Link {
        trace_id: TraceId { high: cursor.u64()?, low: cursor.u64()? },
        span_id: cursor.u64()?,
        attributes: pairs(cursor, 0)?,
        tracestate: cursor.text()?.into(),
        flags: match cursor.byte()? {
            0 => None,
            1 => Some(u32::from_le_bytes(cursor.array()?)),
            _ => return Err(cursor.malformed("flags are neither there nor absent")),
        },
    })
}

fn event(cursor: &mut Cursor<'_>) -> Result<Event, Malformed> {
    let time = i64::from_le_bytes(cursor.array()?);
    Ok(Event { time, name: cursor.text()?.into(), attributes: pairs(cursor, 0)? })
}

fn pairs(cursor: &mut Cursor<'_>, depth: usize) -> Result<Vec<(Box<str>, Attribute)>, Malformed> {
    cursor.list(|cursor| Ok((cursor.text()?.into(), value(cursor, depth)?)))
}

/// A value inside `depth` lists and maps.
fn value(cursor: &mut Cursor<'_>, depth: usize) -> Result<Attribute, Malformed> {
    let tag = cursor.byte()?;
    if matches!(tag, LIST | MAP) && depth == MAX_NESTING {
        return Err(cursor.malformed("lists and maps nest too deep"));
    }
    Ok(match tag {
        STRING => Attribute::String(cursor.text()?.into()),
        FALSE => Attribute::Bool(false),
        TRUE => Attribute::Bool(true),
        INT => Attribute::Int(i64::from_le_bytes(cursor.array()?)),
        DOUBLE => Attribute::Double(f64::from_le_bytes(cursor.array()?)),
        LIST => Attribute::List(cursor.list(|cursor| value(cursor, depth + 1))?),
        MAP => Attribute::Map(pairs(cursor, depth + 1)?),
        _ => return Err(cursor.malformed("a value is of no known type")),
    })
}

#[cfg(test)]
mod tests;
