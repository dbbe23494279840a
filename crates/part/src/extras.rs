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
//! Counts and lengths are LEB128, fixed-width numbers little-endian; 1 is false and 2 is true. Bytes: docs/formats/extras.md.

use tracehound_model::limits::MAX_NESTING;
use tracehound_model::{Attribute, Event, Extras, Link, TraceId};

use crate::Error;

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
    put_count(out, extras.links.len());
    for link in &extras.links {
        out.extend(link.trace_id.high.to_le_bytes());
        out.extend(link.trace_id.low.to_le_bytes());
        out.extend(link.span_id.to_le_bytes());
        put_pairs(out, &link.attributes);
        put_bytes(out, link.tracestate.as_bytes());
        out.push(u8::from(link.flags.is_some()));
        out.extend(link.flags.map(u32::to_le_bytes).into_iter().flatten());
    }
    put_count(out, extras.events.len());
    for event in &extras.events {
        out.extend(event.time.to_le_bytes());
        put_bytes(out, event.name.as_bytes());
        put_pairs(out, &event.attributes);
    }
    put_count(out, extras.meta_struct.len());
    for (key, value) in &extras.meta_struct {
        put_bytes(out, key.as_bytes());
        put_bytes(out, value);
    }
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    let mut rest = count as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_pairs(out: &mut Vec<u8>, pairs: &[(Box<str>, Attribute)]) {
    put_count(out, pairs.len());
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
            put_count(out, values.len());
            values.iter().for_each(|value| put_value(out, value));
        }
        Attribute::Map(pairs) => {
            out.push(MAP);
            put_pairs(out, pairs);
        }
    }
}

/// Reads what [`encode`] wrote. Every byte has to be used, lengths have to fit into what remains, and lists and maps may
/// nest [`MAX_NESTING`] deep; anything else is `Error::Extras`.
pub fn decode(bytes: &[u8]) -> Result<Extras, Error> {
    let mut cursor = Cursor { rest: bytes };
    let extras = Extras {
        links: cursor.list(Cursor::link)?,
        events: cursor.list(Cursor::event)?,
        meta_struct: cursor.list(|cursor| Ok((cursor.text()?, cursor.bytes()?.into())))?,
    };
    if cursor.rest.is_empty() { Ok(extras) } else { Err(Error::Extras("bytes are left over")) }
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Error::Extras("they end too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Error::Extras("they end too early"))?;
        self.rest = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, Error> {
        self.array().map(|[byte]| byte)
    }

    fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_le_bytes)
    }

    /// A count of things that take at least a byte each.
    fn count(&mut self) -> Result<usize, Error> {
        let mut count = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            count |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let count = usize::try_from(count).ok().filter(|count| *count <= self.rest.len());
                return count.ok_or(Error::Extras("a count is larger than what remains"));
            }
        }
        Err(Error::Extras("a count has no end"))
    }

    fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let len = self.count()?;
        self.take(len)
    }

    fn text(&mut self) -> Result<Box<str>, Error> {
        let text = std::str::from_utf8(self.bytes()?);
        text.map(Box::from).map_err(|_| Error::Extras("a text is not UTF-8"))
    }

    /// Grows as things are read: a count that lies costs nothing.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let count = self.count()?;
        (0..count).map(|_| item(self)).collect()
    }

    fn link(&mut self) -> Result<Link, Error> {
        Ok(Link {
            trace_id: TraceId { high: self.u64()?, low: self.u64()? },
            span_id: self.u64()?,
            attributes: self.pairs(0)?,
            tracestate: self.text()?,
            flags: match self.byte()? {
                0 => None,
                1 => Some(u32::from_le_bytes(self.array()?)),
                _ => return Err(Error::Extras("flags are neither there nor absent")),
            },
        })
    }

    fn event(&mut self) -> Result<Event, Error> {
        let time = i64::from_le_bytes(self.array()?);
        Ok(Event { time, name: self.text()?, attributes: self.pairs(0)? })
    }

    fn pairs(&mut self, depth: usize) -> Result<Vec<(Box<str>, Attribute)>, Error> {
        self.list(|cursor| Ok((cursor.text()?, cursor.value(depth)?)))
    }

    /// A value inside `depth` lists and maps.
    fn value(&mut self, depth: usize) -> Result<Attribute, Error> {
        let tag = self.byte()?;
        if matches!(tag, LIST | MAP) && depth == MAX_NESTING {
            return Err(Error::Extras("they nest too deep"));
        }
        Ok(match tag {
            STRING => Attribute::String(self.text()?),
            FALSE => Attribute::Bool(false),
            TRUE => Attribute::Bool(true),
            INT => Attribute::Int(i64::from_le_bytes(self.array()?)),
            DOUBLE => Attribute::Double(f64::from_le_bytes(self.array()?)),
            LIST => Attribute::List(self.list(|cursor| cursor.value(depth + 1))?),
            MAP => Attribute::Map(self.pairs(depth + 1)?),
            _ => return Err(Error::Extras("a value is of no known type")),
        })
    }
}

#[cfg(test)]
mod tests;
