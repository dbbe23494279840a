//! Events: something that happened at one moment of a span, with typed attributes.
//!
//! Agents that announce `span_events` take them as a field of the span; others get them as JSON in the tag `events`.

use std::mem::discriminant;

use crate::json::Value;
use crate::msgpack::{self, Sink};
use crate::span::link::MAX_ATTRIBUTES;
use crate::tag::Attribute;

/// Events that one span holds; further ones are left out. OpenTelemetry's limit is 128; ours is its order of magnitude above.
pub(crate) const MAX_EVENTS: usize = 1_000;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) time_ns: u64,
    /// Only what an event can hold: see [`Event::new`].
    attributes: Vec<(String, Attribute)>,
}

impl Event {
    /// An event with those attributes that events can hold; of a repeated key the last value.
    pub(crate) fn new(name: String, time_ns: u64, attributes: impl Iterator<Item = (String, Attribute)>) -> Event {
        let mut valid: Vec<(String, Attribute)> = Vec::new();
        for (key, value) in attributes.take(MAX_ATTRIBUTES).filter(|(_, value)| is_valid(value)) {
            match valid.iter_mut().find(|(known, _)| *known == key) {
                Some(entry) => entry.1 = value,
                None => valid.push((key, value)),
            }
        }
        Event { name, time_ns, attributes: valid }
    }

    /// Bytes that it takes at most when it is sent, in either form.
    pub(crate) fn bytes(&self) -> usize {
        let attributes: usize = self.attributes.iter().map(|(key, value)| text_bytes(key) + bytes(value)).sum();
        AROUND_EVENT + text_bytes(&self.name) + attributes
    }
}

fn is_valid(value: &Attribute) -> bool {
    match value {
        Attribute::List(items) => {
            let first = items.first().map(discriminant);
            items.iter().all(|item| is_scalar(item) && Some(discriminant(item)) == first)
        }
        scalar => is_scalar(scalar),
    }
}

/// Bytes of what stands around an event's name and attributes: keys, the time, brackets.
const AROUND_EVENT: usize = 80;
/// Bytes of what stands around an attribute's value, such as the names of its type; a number or a truth value with it.
const AROUND_VALUE: usize = 64;

fn bytes(value: &Attribute) -> usize {
    AROUND_VALUE
        + match value {
            Attribute::Text(text) => text_bytes(text),
            Attribute::List(items) => items.iter().map(bytes).sum(),
            _ => 0,
        }
}

/// Bytes of a text as JSON, where a control character takes six.
fn text_bytes(text: &str) -> usize {
    let escaped = text.bytes().filter(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\')).count();
    text.len() + 5 * escaped
}

fn is_scalar(value: &Attribute) -> bool {
    match value {
        Attribute::Float(number) => number.is_finite(),
        Attribute::Text(_) | Attribute::Bool(_) | Attribute::Int(_) => true,
        Attribute::List(_) | Attribute::Invalid => false,
    }
}

/// All events as the JSON of the tag `events`.
pub(crate) fn to_json(events: &[Event]) -> String {
    Value::List(events.iter().map(object).collect()).to_string()
}

fn object(event: &Event) -> Value {
    let attributes: Value = event.attributes.iter().map(|(key, value)| (key.as_str(), plain(value))).collect();
    let attributes = (!event.attributes.is_empty()).then_some(("attributes", attributes));
    let fields = [("name", event.name.as_str().into()), ("time_unix_nano", event.time_ns.into())];
    fields.into_iter().chain(attributes).collect()
}

fn plain(value: &Attribute) -> Value {
    match value {
        Attribute::Text(text) => text.as_str().into(),
        Attribute::Bool(truth) => (*truth).into(),
        Attribute::Int(number) => (*number).into(),
        Attribute::Float(number) => (*number).into(),
        Attribute::List(items) => Value::List(items.iter().map(plain).collect()),
        Attribute::Invalid => Value::Null,
    }
}

/// All events as the span's field `span_events`: each attribute a map of its type's number and its value. Source: agent-protocol 2.1.
pub(crate) fn encode(out: &mut impl Sink, events: &[Event]) {
    msgpack::array(out, events.len());
    for event in events {
        let attributes = usize::from(!event.attributes.is_empty());
        msgpack::map(out, 2 + attributes);
        msgpack::str(out, "time_unix_nano");
        msgpack::uint(out, event.time_ns);
        msgpack::str(out, "name");
        msgpack::str(out, &event.name);
        if attributes > 0 {
            msgpack::str(out, "attributes");
            msgpack::map(out, event.attributes.len());
            for (key, value) in &event.attributes {
                msgpack::str(out, key);
                typed(out, value);
            }
        }
    }
}

fn typed(out: &mut impl Sink, value: &Attribute) {
    msgpack::map(out, 2);
    msgpack::str(out, "type");
    match value {
        Attribute::Text(text) => {
            msgpack::uint(out, 0);
            msgpack::str(out, "string_value");
            msgpack::str(out, text);
        }
        Attribute::Bool(truth) => {
            msgpack::uint(out, 1);
            msgpack::str(out, "bool_value");
            msgpack::bool(out, *truth);
        }
        Attribute::Int(number) => {
            msgpack::uint(out, 2);
            msgpack::str(out, "int_value");
            msgpack::int(out, *number);
        }
        Attribute::Float(number) => {
            msgpack::uint(out, 3);
            msgpack::str(out, "double_value");
            msgpack::f64(out, *number);
        }
        Attribute::List(items) => {
            msgpack::uint(out, 4);
            msgpack::str(out, "array_value");
            msgpack::map(out, 1);
            msgpack::str(out, "values");
            msgpack::array(out, items.len());
            for item in items {
                typed(out, item);
            }
        }
        // Sorted out by `Event::new`.
        Attribute::Invalid => {
            msgpack::uint(out, 0);
            msgpack::str(out, "string_value");
            msgpack::str(out, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_event_can_hold_is_dropped_singly() {
        let attributes: [(&str, Attribute); 6] = [
            ("int", 1.into()),
            ("mixed", Attribute::List(vec![1.into(), "a".into()])),
            ("nested", Attribute::List(vec![vec![1].into()])),
            ("beyond", (2_i128 << 65).into()),
            ("nan", f64::NAN.into()),
            ("string", "bar".into()),
        ];
        let event = Event::new("e".to_owned(), 7, attributes.into_iter().map(|(key, value)| (key.to_owned(), value)));
        let expected = json!([{"name": "e", "time_unix_nano": 7, "attributes": {"int": 1, "string": "bar"}}]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&to_json(&[event])).unwrap(), expected);
    }

    #[test]
    fn attributes_without_an_end_are_cut() {
        let event = Event::new("e".to_owned(), 7, (0..).map(|n| (format!("k{n}"), Attribute::Int(n))));
        assert_eq!(event.attributes.len(), MAX_ATTRIBUTES);
    }

    #[test]
    fn lists_of_one_type_stay() {
        let event = Event::new("e".to_owned(), 7, [("l".to_owned(), vec![1.5, 2.5].into())].into_iter());
        let expected = json!([{"name": "e", "time_unix_nano": 7, "attributes": {"l": [1.5, 2.5]}}]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&to_json(&[event])).unwrap(), expected);
    }

    #[test]
    fn an_event_takes_no_more_than_is_counted() {
        let texts = ["", "plain", "\u{1}\u{1f}\"\\\n", "größe 🎈", &"\u{2}".repeat(10_000)];
        let values = texts.iter().flat_map(|text| {
            let text = (*text).to_owned();
            [
                Attribute::from(text.clone()),
                vec![text; 50].into(),
                f64::MIN_POSITIVE.into(),
                i64::MIN.into(),
                false.into(),
            ]
        });
        let events: Vec<Event> = values
            .enumerate()
            .map(|(at, value)| {
                let key = texts[at % texts.len()].to_owned();
                Event::new(key.clone(), u64::MAX, [(key, value)].into_iter())
            })
            .collect();
        for event in &events {
            let event = std::slice::from_ref(event);
            let mut native = Vec::new();
            encode(&mut native, event);
            let (counted, json) = (event[0].bytes(), to_json(event).len());
            assert!(json <= counted && native.len() <= counted, "{counted} bytes, {json}, {}", native.len());
        }
    }
}
