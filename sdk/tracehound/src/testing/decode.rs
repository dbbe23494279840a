//! Reads chunks back: the MessagePack that [`encode`](crate::trace) writes, as far as it goes.

use std::collections::BTreeMap;

use super::{FinishedEvent, FinishedLink, FinishedSpan};
use crate::json;

/// How deep values nest at most: a list of typed values in an event.
const MAX_DEPTH: usize = 8;

/// A value of MessagePack.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Uint(u64),
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

/// The spans of one chunk; `None` if these are no such bytes.
pub(crate) fn chunk(mut bytes: &[u8]) -> Option<Vec<FinishedSpan>> {
    let Value::List(spans) = value(&mut bytes, MAX_DEPTH)? else { return None };
    let mut spans: Vec<FinishedSpan> = spans.iter().map(span).collect();
    let first = spans.first().and_then(|span| span.meta.get("_dd.p.tid"));
    let high = first.and_then(|digits| u128::from_str_radix(digits, 16).ok()).unwrap_or(0);
    spans.iter_mut().for_each(|span| span.trace_id |= high << 64);
    Some(spans)
}

fn span(value: &Value) -> FinishedSpan {
    FinishedSpan {
        name: value.text("name"),
        service: value.text("service"),
        resource: value.text("resource"),
        span_type: value.text("type"),
        trace_id: u128::from(value.number("trace_id")),
        span_id: value.number("span_id"),
        parent_id: value.number("parent_id"),
        start_ns: value.number("start"),
        duration_ns: value.number("duration"),
        error: value.number("error") != 0,
        meta: value.texts("meta"),
        metrics: value
            .entries("metrics")
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), value.float()?)))
            .collect(),
        links: value.items("span_links").iter().map(link).collect(),
        events: value.items("span_events").iter().map(event).collect(),
    }
}

fn link(value: &Value) -> FinishedLink {
    FinishedLink {
        trace_id: u128::from(value.number("trace_id_high")) << 64 | u128::from(value.number("trace_id")),
        span_id: value.number("span_id"),
        flags: value.number("flags") as u32,
        tracestate: value.text("tracestate"),
        attributes: value.texts("attributes"),
    }
}

fn event(value: &Value) -> FinishedEvent {
    let attributes = value.entries("attributes").iter().map(|(key, value)| (key.clone(), value.json())).collect();
    FinishedEvent { name: value.text("name"), time_ns: value.number("time_unix_nano"), attributes }
}

impl Value {
    fn get(&self, key: &str) -> Option<&Value> {
        self.map().iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    fn map(&self) -> &[(String, Value)] {
        if let Value::Map(entries) = self { entries } else { &[] }
    }

    fn entries(&self, key: &str) -> &[(String, Value)] {
        self.get(key).map_or(&[], Value::map)
    }

    fn items(&self, key: &str) -> &[Value] {
        if let Some(Value::List(items)) = self.get(key) { items } else { &[] }
    }

    fn text(&self, key: &str) -> String {
        if let Some(Value::Text(text)) = self.get(key) { text.clone() } else { String::new() }
    }

    fn texts(&self, key: &str) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for (key, value) in self.entries(key) {
            if let Value::Text(text) = value {
                texts.insert(key.clone(), text.clone());
            }
        }
        texts
    }

    fn number(&self, key: &str) -> u64 {
        if let Some(Value::Uint(number)) = self.get(key) { *number } else { 0 }
    }

    fn float(&self) -> Option<f64> {
        if let Value::Float(number) = self { Some(*number) } else { None }
    }

    /// A typed attribute of an event as JSON writes its value.
    fn json(&self) -> String {
        let typed = self.map().iter().find(|(key, _)| key != "type");
        match typed.map(|(_, value)| value) {
            Some(Value::Text(text)) => json::Value::from(text.as_str()).to_string(),
            Some(Value::Bool(truth)) => truth.to_string(),
            Some(Value::Uint(number)) => number.to_string(),
            Some(Value::Int(number)) => number.to_string(),
            Some(Value::Float(number)) => json::Value::from(*number).to_string(),
            Some(list @ Value::Map(_)) => {
                let items: Vec<String> = list.items("values").iter().map(Value::json).collect();
                format!("[{}]", items.join(","))
            }
            Some(Value::List(_)) | None => String::new(),
        }
    }
}

fn value(bytes: &mut &[u8], depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let [marker] = take(bytes)?;
    Some(match marker {
        0x00..=0x7f => Value::Uint(u64::from(marker)),
        0x80..=0x8f => map(bytes, usize::from(marker & 0x0f), depth)?,
        0x90..=0x9f => list(bytes, usize::from(marker & 0x0f), depth)?,
        0xa0..=0xbf => text(bytes, usize::from(marker & 0x1f))?,
        0xc2 => Value::Bool(false),
        0xc3 => Value::Bool(true),
        0xca => Value::Float(f64::from(f32::from_be_bytes(take(bytes)?))),
        0xcb => Value::Float(f64::from_be_bytes(take(bytes)?)),
        0xcc => Value::Uint(u64::from(u8::from_be_bytes(take(bytes)?))),
        0xcd => Value::Uint(u64::from(u16::from_be_bytes(take(bytes)?))),
        0xce => Value::Uint(u64::from(u32::from_be_bytes(take(bytes)?))),
        0xcf => Value::Uint(u64::from_be_bytes(take(bytes)?)),
        0xd0 => Value::Int(i64::from(i8::from_be_bytes(take(bytes)?))),
        0xd1 => Value::Int(i64::from(i16::from_be_bytes(take(bytes)?))),
        0xd2 => Value::Int(i64::from(i32::from_be_bytes(take(bytes)?))),
        0xd3 => Value::Int(i64::from_be_bytes(take(bytes)?)),
        0xd9 => sized(bytes, 1).and_then(|len| text(bytes, len))?,
        0xda => sized(bytes, 2).and_then(|len| text(bytes, len))?,
        0xdb => sized(bytes, 4).and_then(|len| text(bytes, len))?,
        0xdc => sized(bytes, 2).and_then(|len| list(bytes, len, depth))?,
        0xdd => sized(bytes, 4).and_then(|len| list(bytes, len, depth))?,
        0xde => sized(bytes, 2).and_then(|len| map(bytes, len, depth))?,
        0xdf => sized(bytes, 4).and_then(|len| map(bytes, len, depth))?,
        0xe0..=0xff => Value::Int(i64::from(marker as i8)),
        _ => return None,
    })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

fn sized(bytes: &mut &[u8], width: usize) -> Option<usize> {
    let digits = bytes.get(..width)?;
    *bytes = bytes.get(width..)?;
    Some(digits.iter().fold(0, |len, &digit| len << 8 | usize::from(digit)))
}

fn text(bytes: &mut &[u8], len: usize) -> Option<Value> {
    let text = std::str::from_utf8(bytes.get(..len)?).ok()?;
    *bytes = bytes.get(len..)?;
    Some(Value::Text(text.to_owned()))
}

fn list(bytes: &mut &[u8], len: usize, depth: usize) -> Option<Value> {
    (0..len).map(|_| value(bytes, depth)).collect::<Option<Vec<_>>>().map(Value::List)
}

fn map(bytes: &mut &[u8], len: usize, depth: usize) -> Option<Value> {
    let entry = |bytes: &mut &[u8]| match value(bytes, depth)? {
        Value::Text(key) => Some((key, value(bytes, depth)?)),
        _ => None,
    };
    (0..len).map(|_| entry(bytes)).collect::<Option<Vec<_>>>().map(Value::Map)
}
