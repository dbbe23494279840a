//! A span as v0.1 to v0.4 send it: a map by field name, in msgpack or JSON.
//!
//! | key | value |
//! | --- | --- |
//! | `service`, `name`, `resource`, `type` | text |
//! | `trace_id`, `span_id`, `parent_id` | unsigned 64-bit numbers |
//! | `start`, `duration` | signed 64-bit numbers, in nanoseconds |
//! | `error` | a number, 0 for none |
//! | `meta`, `metrics`, `meta_struct` | maps of text, of numbers, of bytes |
//! | `span_links`, `span_events` | arrays |
//!
//! Other keys are read over. A key that comes twice counts as sent last. Source: agent-protocol 2.1.

use tracehound_model::{Span, Symbol};

use super::event::{Events, Shape};
use super::link::Links;
use crate::budget::Room;
use crate::number::Number;
use crate::payload::Payload;
use crate::text::Text;
use crate::value::{Elements, Fields, Value};

/// Takes an array of traces: each array in it is a chunk, nil an empty one.
pub(crate) struct Traces<'a, 'body, 'sink>(pub(crate) &'a mut Payload<'body, 'sink>);

impl<'body> Elements<'body> for Traces<'_, 'body, '_> {
    fn element<V: Value<'body>>(&mut self, value: V) -> Result<(), V::Error> {
        self.0.begin_chunk();
        value.array(&mut Spans(self.0))?;
        self.0.end_chunk().map_err(V::refused)
    }
}

/// Takes an array of spans; nil ones are left out.
pub(crate) struct Spans<'a, 'body, 'sink>(pub(crate) &'a mut Payload<'body, 'sink>);

impl<'body> Elements<'body> for Spans<'_, 'body, '_> {
    #[inline]
    fn element<V: Value<'body>>(&mut self, value: V) -> Result<(), V::Error> {
        let span = self.0.begin_span();
        let mut fields = SpanFields { payload: self.0, span };
        if !value.map(&mut fields)? {
            self.0.skip_span();
            return Ok(());
        }
        let span = fields.span;
        self.0.end_span(span).map_err(V::refused)
    }
}

struct SpanFields<'a, 'body, 'sink> {
    payload: &'a mut Payload<'body, 'sink>,
    span: Span,
}

impl<'body> Fields<'body> for SpanFields<'_, 'body, '_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let SpanFields { payload, span } = self;
        payload.enter(key.clone());
        match key.as_bytes() {
            b"service" => span.service = value.text()?.symbol(&mut payload.symbols, &mut payload.guesses.service),
            b"name" => span.name = value.text()?.symbol(&mut payload.symbols, &mut payload.guesses.name),
            b"resource" => span.resource = value.text()?.symbol(&mut payload.symbols, &mut payload.guesses.resource),
            b"type" => span.kind = value.text()?.symbol(&mut payload.symbols, &mut payload.guesses.kind),
            b"trace_id" => span.trace_id = value.number("an id", Number::as_u64)?,
            b"span_id" => span.span_id = value.number("an id", Number::as_u64)?,
            b"parent_id" => span.parent_id = value.number("an id", Number::as_u64)?,
            b"start" => span.start = value.number("a time in nanoseconds", Number::as_i64)?,
            b"duration" => span.duration = value.number("a duration in nanoseconds", Number::as_i64)?,
            b"error" => span.error = value.number("a number", |n| Some(n.is_set()))?,
            b"meta" => {
                payload.clear_meta(span);
                value.map(&mut Meta { payload, before: Symbol::default() })?;
            }
            b"metrics" => {
                payload.clear_metrics(span);
                value.map(&mut Metrics { payload, before: Symbol::default() })?;
            }
            b"meta_struct" => {
                let mut room = payload.room();
                let mut binary = MetaStruct { room: &mut room, values: Vec::new() };
                value.map(&mut binary)?;
                payload.extras.meta_struct = binary.values;
                payload.grown(&room);
            }
            b"span_links" => {
                let mut room = payload.room();
                let mut links = Links::new(&mut room);
                value.array(&mut links)?;
                payload.extras.links = links.links;
                payload.grown(&room);
            }
            b"span_events" => {
                let mut room = payload.room();
                let mut events = Events::new(Shape::Declared, &mut room);
                value.array(&mut events)?;
                payload.extras.events = events.events;
                payload.grown(&room);
            }
            _ => value.skip()?,
        }
        Ok(())
    }
}

struct Meta<'a, 'body, 'sink> {
    payload: &'a mut Payload<'body, 'sink>,
    /// The key before, none at first.
    before: Symbol,
}

impl<'body> Fields<'body> for Meta<'_, 'body, '_> {
    #[inline]
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let Payload { symbols, guesses, .. } = &mut *self.payload;
        let key = key.symbol(symbols, guesses.next_in_meta.at(self.before));
        let value = value.text()?.symbol(symbols, guesses.value.at(key));
        self.before = key;
        self.payload.tag(key, value).map_err(V::refused)
    }
}

struct Metrics<'a, 'body, 'sink> {
    payload: &'a mut Payload<'body, 'sink>,
    /// The key before, none at first.
    before: Symbol,
}

impl<'body> Fields<'body> for Metrics<'_, 'body, '_> {
    #[inline]
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let Payload { symbols, guesses, .. } = &mut *self.payload;
        let key = key.symbol(symbols, guesses.next_in_metrics.at(self.before));
        let value = value.number("a number", |n| Some(n.as_f64()))?;
        self.before = key;
        self.payload.metric(key, value).map_err(V::refused)
    }
}

struct MetaStruct<'room> {
    room: &'room mut Room,
    values: Vec<(Box<str>, Box<[u8]>)>,
}

impl<'body> Fields<'body> for MetaStruct<'_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let bytes = value.bytes()?;
        self.room.take(size_of::<(Box<str>, Box<[u8]>)>() + bytes.len()).map_err(V::refused)?;
        let key = self.room.copy(&key.into_str()).map_err(V::refused)?;
        self.values.push((key, bytes.into()));
        Ok(())
    }
}
