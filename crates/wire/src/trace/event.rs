//! Span events, in the field `span_events` and as JSON in the tag `events`.
//!
//! Both are arrays of `{time_unix_nano, name, attributes}`. The attributes of the field declare their types, those of the
//! tag are plain. Source: agent-protocol 2.1.

use tracehound_model::Event;

use crate::attribute::{self, DeclaredPairs, Pairs};
use crate::budget::Room;
use crate::msgpack::Writer;
use crate::number::Number;
use crate::text::Text;
use crate::value::{Elements, Fields, Value};

/// In which of the two shapes attributes come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The field's.
    Declared,
    /// The tag's.
    Plain,
}

/// Takes an array of events; nil ones say nothing and are left out.
pub(crate) struct Events<'room> {
    room: &'room mut Room,
    shape: Shape,
    pub(crate) events: Vec<Event>,
}

impl<'room> Events<'room> {
    pub(crate) fn new(shape: Shape, room: &'room mut Room) -> Self {
        Events { room, shape, events: Vec::new() }
    }
}

impl<'body> Elements<'body> for Events<'_> {
    fn element<V: Value<'body>>(&mut self, value: V) -> Result<(), V::Error> {
        self.room.take(size_of::<Event>()).map_err(V::refused)?;
        let mut fields = EventFields { room: self.room, shape: self.shape, event: Event::default() };
        if value.map(&mut fields)? {
            self.events.push(fields.event);
        }
        Ok(())
    }
}

struct EventFields<'room> {
    room: &'room mut Room,
    shape: Shape,
    event: Event,
}

impl<'body> Fields<'body> for EventFields<'_> {
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error> {
        let event = &mut self.event;
        match key.as_bytes() {
            b"time_unix_nano" => event.time = value.number("a time in nanoseconds", Number::as_event_time)?,
            b"name" => event.name = self.room.copy(&value.text()?.into_str()).map_err(V::refused)?,
            b"attributes" if self.shape == Shape::Declared => {
                let mut pairs = DeclaredPairs::new(self.room);
                value.map(&mut pairs)?;
                event.attributes = pairs.pairs;
            }
            b"attributes" => {
                let mut pairs = Pairs::new(self.room);
                value.map(&mut pairs)?;
                event.attributes = pairs.pairs;
            }
            _ => value.skip()?,
        }
        Ok(())
    }
}

/// Whether the field `span_events` can hold these events: it knows no maps and no lists of lists.
pub(crate) fn sayable(events: &[Event]) -> bool {
    events.iter().flat_map(|event| &event.attributes).all(|(_, value)| attribute::declarable(value))
}

/// Writes the field `span_events`; the events are [`sayable`].
pub(crate) fn write(writer: &mut Writer, events: &[Event]) {
    writer.array(events.len());
    for event in events {
        writer.map(3);
        writer.text("time_unix_nano");
        writer.signed(event.time);
        writer.text("name");
        writer.text(&event.name);
        writer.text("attributes");
        writer.map(event.attributes.len());
        for (key, value) in &event.attributes {
            writer.text(key);
            attribute::write_declared(writer, value);
        }
    }
}
