//! A span as a test thinks of it: what is sent, and what the API answers, in one shape.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;
use tracehound_model::{Nanos, TraceId, UnixNanos};

/// A span with its own strings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// The trace; the high half travels in the tag `_dd.p.tid` of a trace's first span.
    pub trace_id: TraceId,
    /// The span's own id.
    pub span_id: u64,
    /// The parent's id; 0 for none.
    pub parent_id: u64,
    /// When it began.
    pub start: UnixNanos,
    /// How long it took.
    pub duration: Nanos,
    /// Whether it failed.
    pub error: bool,
    /// Who did the work.
    pub service: String,
    /// The operation.
    pub name: String,
    /// Which work it was.
    pub resource: String,
    /// The wire's `type`.
    pub kind: String,
    /// String tags.
    pub meta: BTreeMap<String, String>,
    /// Numeric tags.
    pub metrics: BTreeMap<String, f64>,
}

/// The tag that holds a span's own hash.
pub const HASH_TAG: &str = "testkit.hash";

impl Span {
    /// A number that differs, but for chance, when anything of the span does. Tags whose key begins with `_` are left out,
    /// because the pipeline adds and takes those, and so is [`HASH_TAG`]. Not for keeping: another Rust may count otherwise.
    pub fn content_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.trace_id, self.span_id, self.parent_id, self.start, self.duration, self.error).hash(&mut hasher);
        (&self.service, &self.name, &self.resource, &self.kind).hash(&mut hasher);
        for (key, value) in self.meta.iter().filter(|(key, _)| !key.starts_with('_') && *key != HASH_TAG) {
            (key, value).hash(&mut hasher);
        }
        for (key, value) in self.metrics.iter().filter(|(key, _)| !key.starts_with('_')) {
            (key, value.to_bits()).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// A span of an answer to `GET traces/{id}`, or which of its fields is not as it should be.
    pub fn from_json(trace_id: TraceId, json: &Value) -> Result<Span, String> {
        let text = |key: &str| json[key].as_str().ok_or_else(|| format!("{key} is {}", json[key]));
        let tags = |key: &str| json[key].as_object().ok_or_else(|| format!("{key} is {}", json[key]));
        let mut span = Span {
            trace_id,
            span_id: number(text("span_id")?)?,
            parent_id: number(text("parent_id")?)?,
            start: number(text("start")?)?,
            duration: number(text("duration")?)?,
            error: json["error"] == 1,
            service: text("service")?.to_owned(),
            name: text("name")?.to_owned(),
            resource: text("resource")?.to_owned(),
            kind: text("type")?.to_owned(),
            ..Span::default()
        };
        for (key, value) in tags("meta")? {
            let value = value.as_str().ok_or_else(|| format!("tag {key} is {value}"))?;
            span.meta.insert(key.clone(), value.to_owned());
        }
        for (key, value) in tags("metrics")? {
            let value = value.as_f64().ok_or_else(|| format!("metric {key} is {value}"))?;
            span.metrics.insert(key.clone(), value);
        }
        Ok(span)
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Value {
        json!({
            "span_id": "18446744073709551615", "parent_id": "0", "start": "1795000000000000000", "duration": "7",
            "service": "web", "name": "web.request", "resource": "GET /", "type": "web", "error": 1,
            "meta": {"http.method": "GET", "_dd.p.dm": "-1"}, "metrics": {"bytes": 1.5, "_top_level": 1.0},
        })
    }

    const ID: TraceId = TraceId { high: 1, low: 2 };

    #[test]
    fn an_answer_becomes_the_span_that_was_sent() {
        let span = Span::from_json(ID, &answer()).unwrap();
        assert_eq!((span.span_id, span.start, span.error), (u64::MAX, 1_795_000_000_000_000_000, true));
        assert_eq!((span.meta["http.method"].as_str(), span.metrics["bytes"]), ("GET", 1.5));
    }

    #[test]
    fn an_answer_with_a_number_for_a_string_is_no_span() {
        for key in ["span_id", "start", "service", "meta", "metrics"] {
            let mut answer = answer();
            answer[key] = json!(7);
            assert!(Span::from_json(ID, &answer).is_err(), "{key}");
        }
    }

    #[test]
    fn the_hash_differs_with_everything_but_the_tags_of_the_pipeline() {
        let whole = Span::from_json(ID, &answer()).unwrap().content_hash();
        for (pointer, value, differs) in [
            ("/span_id", json!("1"), true),
            ("/parent_id", json!("1"), true),
            ("/start", json!("1"), true),
            ("/duration", json!("1"), true),
            ("/error", json!(0), true),
            ("/service", json!("x"), true),
            ("/name", json!("x"), true),
            ("/resource", json!("x"), true),
            ("/type", json!("x"), true),
            ("/meta/http.method", json!("PUT"), true),
            ("/metrics/bytes", json!(2.0), true),
            ("/meta/_dd.p.dm", json!("-4"), false),
            ("/metrics/_top_level", json!(0.0), false),
        ] {
            let mut answer = answer();
            *answer.pointer_mut(pointer).unwrap() = value;
            let hash = Span::from_json(ID, &answer).unwrap().content_hash();
            assert_eq!(hash != whole, differs, "{pointer}");
        }
        assert_ne!(Span::from_json(TraceId::default(), &answer()).unwrap().content_hash(), whole);
    }
}
