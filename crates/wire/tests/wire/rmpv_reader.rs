//! v0.4 by way of `rmpv`, which reads any msgpack into a tree: slow, and with no code in common with ours.

use rmpv::{Value, ValueRef};

use crate::support::SeenSpan;

/// The spans of a body that is known to be well-formed.
pub(crate) fn chunks(mut body: &[u8]) -> Vec<Vec<SeenSpan>> {
    let tree = rmpv::decode::read_value_ref(&mut body).expect("well-formed");
    elements(&tree)
        .iter()
        .map(|chunk| elements(chunk).iter().filter(|span| !matches!(span, ValueRef::Nil)).map(span).collect())
        .collect()
}

fn elements<'a>(value: &'a ValueRef<'a>) -> &'a [ValueRef<'a>] {
    match value {
        ValueRef::Array(elements) => elements,
        ValueRef::Nil => &[],
        other => panic!("{other} is not an array"),
    }
}

fn pairs<'a>(value: &'a ValueRef<'a>) -> &'a [(ValueRef<'a>, ValueRef<'a>)] {
    match value {
        ValueRef::Map(pairs) => pairs,
        ValueRef::Nil => &[],
        other => panic!("{other} is not a map"),
    }
}

fn span(value: &ValueRef<'_>) -> SeenSpan {
    let mut span = SeenSpan::default();
    for (key, value) in pairs(value) {
        match text(key).as_str() {
            "service" => span.service = text(value),
            "name" => span.name = text(value),
            "resource" => span.resource = text(value),
            "type" => span.kind = text(value),
            "trace_id" => span.trace_id = whole(value) as u64,
            "span_id" => span.span_id = whole(value) as u64,
            "parent_id" => span.parent_id = whole(value) as u64,
            "start" => span.start = whole(value) as i64,
            "duration" => span.duration = whole(value) as i64,
            "error" => span.error = number(value) != 0.0,
            "meta" => span.meta = pairs(value).iter().map(|(key, value)| (text(key), text(value))).collect(),
            "metrics" => span.metrics = pairs(value).iter().map(|(key, value)| (text(key), number(value))).collect(),
            _ => {}
        }
    }
    span
}

fn text(value: &ValueRef<'_>) -> String {
    match value {
        ValueRef::String(text) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
        ValueRef::Binary(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Nil => String::new(),
        other => panic!("{other} is not text"),
    }
}

/// A whole number: what is beyond either range shows as a difference.
fn whole(value: &ValueRef<'_>) -> i128 {
    match value {
        ValueRef::Integer(number) => {
            number.as_u64().map(i128::from).or(number.as_i64().map(i128::from)).expect("an integer is one of the two")
        }
        other => number(other) as i128,
    }
}

fn number(value: &ValueRef<'_>) -> f64 {
    match value.to_owned() {
        Value::Integer(number) => number.as_f64().expect("every integer is about some float"),
        Value::F32(number) => f64::from(number),
        Value::F64(number) => number,
        Value::Boolean(value) => f64::from(u8::from(value)),
        Value::Nil => 0.0,
        other => panic!("{other} is not a number"),
    }
}
