//! Span links, in the field `span_links` and as JSON in the tag `_dd.span_links`.
//!
//! | key | field | tag |
//! | --- | --- | --- |
//! | `trace_id` | low 64 bits | text of 32 hex digits, or 16 for the low 64 bits |
//! | `trace_id_high` | high 64 bits | |
//! | `span_id` | number | text of 16 hex digits |
//! | `attributes` | map of text | map of anything |
//! | `tracestate` | text | text |
//! | `flags` | number, bit 31 set if present | number |
//!
//! Text cannot be taken for a number, so one reader takes both. Source: agent-protocol 2.1.

use tracehound_model::{Link, TraceId};

use crate::attribute::{self, Pairs};
use crate::budget::Room;
use crate::msgpack::Writer;
use crate::number::Number;
use crate::text::Text;
use crate::value::{Elements, Fields, Scalar, Value};

/// Takes an array of links; nil ones say nothing and are left out.
pub(crate) struct Links<'room> {
    room: &'room mut Room,
    pub(crate) links: Vec<Link>,
}

impl<'room> Links<'room> {
    pub(crate) fn new(room: &'room mut Room) -> Self {
        Links { room, links: Vec::new() }
    }
}

impl<'body> Elements<'body> for Links<'_> {
    fn element<V: Value<'body>>(&mut self, value: V) -> Result<(), V::Error> {
        self.room.take(size_of::<Link>()).map_err(V::refused)?;
        let mut fields = LinkFields { room: self.room, link: Link::default() };
        if value.map(&mut fields)? {
            self.links.push(fields.link);
        }
        Ok(())
    }
}

struct LinkFields<'room> {
    room: &'room mut Room,
    link: Link,
}

impl<'body> Fields<'body> for LinkFields<'_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let link = &mut self.link;
        match key.as_bytes() {
            b"trace_id" => match value.scalar("a trace id", trace_id)? {
                SentId::Low(low) => link.trace_id.low = low,
                SentId::Whole(id) => link.trace_id = id,
            },
            b"trace_id_high" => link.trace_id.high = value.number("an id", Number::as_u64)?,
            b"span_id" => link.span_id = value.scalar("a span id", span_id)?,
            b"attributes" => {
                let mut pairs = Pairs::new(self.room);
                value.map(&mut pairs)?;
                link.attributes = pairs.pairs;
            }
            b"tracestate" => link.tracestate = self.room.copy(&value.text()?.into_str()).map_err(V::refused)?,
            b"flags" => link.flags = value.scalar("32 bits of flags", flags)?,
            _ => value.skip()?,
        }
        Ok(())
    }
}

/// Writes the field `span_links`.
pub(crate) fn write(writer: &mut Writer, links: &[Link]) {
    writer.array(links.len());
    for link in links {
        writer.map(5 + usize::from(link.flags.is_some()));
        for (key, id) in
            [("trace_id", link.trace_id.low), ("trace_id_high", link.trace_id.high), ("span_id", link.span_id)]
        {
            writer.text(key);
            writer.unsigned(id);
        }
        writer.text("attributes");
        attribute::write_pairs(writer, &link.attributes);
        writer.text("tracestate");
        writer.text(&link.tracestate);
        if let Some(flags) = link.flags {
            writer.text("flags");
            writer.unsigned(u64::from(flags));
        }
    }
}

enum SentId {
    Low(u64),
    Whole(TraceId),
}

fn trace_id(sent: Scalar<'_>) -> Option<SentId> {
    match sent {
        Scalar::Nil => Some(SentId::Low(0)),
        Scalar::Number(number) => number.as_u64().map(SentId::Low),
        Scalar::Text(text) if text.as_bytes().len() == 32 => text.into_str().parse().ok().map(SentId::Whole),
        Scalar::Text(text) => hex64(&text.into_str()).map(SentId::Low),
    }
}

fn span_id(sent: Scalar<'_>) -> Option<u64> {
    match sent {
        Scalar::Nil => Some(0),
        Scalar::Number(number) => number.as_u64(),
        Scalar::Text(text) => hex64(&text.into_str()),
    }
}

fn flags(sent: Scalar<'_>) -> Option<Option<u32>> {
    match sent {
        Scalar::Nil => Some(None),
        Scalar::Number(number) => number.as_flags().map(Some),
        Scalar::Text(_) => None,
    }
}

/// 16 hex digits.
fn hex64(text: &str) -> Option<u64> {
    let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| digits)
}
