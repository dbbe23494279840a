//! A trace as JSON. Numbers of 64 bits are written as decimal strings, because a JavaScript number would round them.

use std::fmt::Display;
use std::io::{self, Write};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use tracehound_model::{Attribute, Event, Extras, Link, SpanRef, TraceId};
use tracehound_query::{Found, Trace};

/// Writes the body of `GET traces/{id}`.
pub(crate) fn write_trace(trace: &Trace, out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Answer<'a> {
        trace_id: Text<TraceId>,
        spans: Spans<'a>,
    }
    let answer = Answer { trace_id: Text(trace.id), spans: Spans(&trace.spans) };
    serde_json::to_writer(out, &answer).map_err(io::Error::from)
}

/// Anything that can be written as text, as a JSON string.
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct Spans<'a>(&'a [Found]);

impl Serialize for Spans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|found| SpanJson::from(found.span())))
    }
}

#[derive(Serialize)]
struct SpanJson<'a> {
    span_id: Text<u64>,
    parent_id: Text<u64>,
    start: Text<i64>,
    duration: Text<i64>,
    service: &'a str,
    name: &'a str,
    resource: &'a str,
    r#type: &'a str,
    error: u8,
    meta: Meta<'a>,
    metrics: Metrics<'a>,
    links: Links<'a>,
    events: Events<'a>,
    meta_struct: MetaStruct<'a>,
}

impl<'a> From<SpanRef<'a>> for SpanJson<'a> {
    fn from(span: SpanRef<'a>) -> SpanJson<'a> {
        static NONE: Extras = Extras { links: Vec::new(), events: Vec::new(), meta_struct: Vec::new() };
        let (head, extras) = (span.head(), span.extras().unwrap_or(&NONE));
        SpanJson {
            span_id: Text(head.span_id),
            parent_id: Text(head.parent_id),
            start: Text(head.start),
            duration: Text(head.duration),
            service: span.service(),
            name: span.name(),
            resource: span.resource(),
            r#type: span.kind(),
            error: head.error.into(),
            meta: Meta(span),
            metrics: Metrics(span),
            links: Links(&extras.links),
            events: Events(&extras.events),
            meta_struct: MetaStruct(&extras.meta_struct),
        }
    }
}

struct Meta<'a>(SpanRef<'a>);

impl Serialize for Meta<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.meta())
    }
}

struct Metrics<'a>(SpanRef<'a>);

impl Serialize for Metrics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.metrics().map(|(key, value)| (key, Double(value))))
    }
}

/// A float; what JSON has no number for is a string: `"NaN"`, `"Infinity"`, `"-Infinity"`.
struct Double(f64);

impl Serialize for Double {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            finite if finite.is_finite() => serializer.serialize_f64(finite),
            nan if nan.is_nan() => serializer.serialize_str("NaN"),
            positive if positive > 0.0 => serializer.serialize_str("Infinity"),
            _ => serializer.serialize_str("-Infinity"),
        }
    }
}

struct Links<'a>(&'a [Link]);

impl Serialize for Links<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct LinkJson<'a> {
            trace_id: Text<TraceId>,
            span_id: Text<u64>,
            attributes: Pairs<'a>,
            tracestate: &'a str,
            flags: Option<u32>,
        }
        serializer.collect_seq(self.0.iter().map(|link| LinkJson {
            trace_id: Text(link.trace_id),
            span_id: Text(link.span_id),
            attributes: Pairs(&link.attributes),
            tracestate: &link.tracestate,
            flags: link.flags,
        }))
    }
}

struct Events<'a>(&'a [Event]);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct EventJson<'a> {
            time: Text<i64>,
            name: &'a str,
            attributes: Pairs<'a>,
        }
        serializer.collect_seq(self.0.iter().map(|event| EventJson {
            time: Text(event.time),
            name: &event.name,
            attributes: Pairs(&event.attributes),
        }))
    }
}

struct Pairs<'a>(&'a [(Box<str>, Attribute)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, Value(value))))
    }
}

struct Value<'a>(&'a Attribute);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Attribute::String(text) => serializer.serialize_str(text),
            Attribute::Bool(value) => serializer.serialize_bool(*value),
            Attribute::Int(value) => serializer.collect_str(value),
            Attribute::Double(value) => Double(*value).serialize(serializer),
            Attribute::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(&Value(value)))?;
                list.end()
            }
            Attribute::Map(pairs) => Pairs(pairs).serialize(serializer),
        }
    }
}

/// Binary values in base64.
struct MetaStruct<'a>(&'a [(Box<str>, Box<[u8]>)]);

impl Serialize for MetaStruct<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, &Text(Base64Display::new(value, &STANDARD)))?;
        }
        map.end()
    }
}
