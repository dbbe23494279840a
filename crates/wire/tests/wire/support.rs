//! Bodies made by hand, and what is seen of them.

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;

use tracehound_model::{Chunk, Extras, Symbol, Symbols};
use tracehound_wire::{DecodeError, Decoded, Format, Sink, decode};

/// A span with its strings in place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SeenSpan {
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) resource: String,
    pub(crate) kind: String,
    pub(crate) trace_id: u64,
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: i64,
    pub(crate) duration: i64,
    pub(crate) error: bool,
    pub(crate) meta: Vec<(String, String)>,
    pub(crate) metrics: Vec<(String, f64)>,
    pub(crate) extras: Extras,
}

/// All that a body held.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) chunks: Vec<Vec<SeenSpan>>,
    pub(crate) unparsed_extras: u32,
    pub(crate) decoded: Decoded,
}

impl Seen {
    pub(crate) fn spans(&self) -> impl Iterator<Item = &SeenSpan> {
        self.chunks.iter().flatten()
    }
}

impl Sink for Seen {
    fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize {
        self.unparsed_extras += chunk.unparsed_extras;
        let text = |symbol| symbols.get(symbol).to_owned();
        let spans = chunk.spans.iter().map(|span| SeenSpan {
            service: text(span.service),
            name: text(span.name),
            resource: text(span.resource),
            kind: text(span.kind),
            trace_id: span.trace_id,
            span_id: span.span_id,
            parent_id: span.parent_id,
            start: span.start,
            duration: span.duration,
            error: span.error,
            meta: chunk.meta_of(span).iter().map(|&(key, value)| (text(key), text(value))).collect(),
            metrics: chunk.metrics_of(span).iter().map(|&(key, value)| (text(key), value)).collect(),
            extras: span.extras.as_deref().cloned().unwrap_or_default(),
        });
        self.chunks.push(spans.collect());
        0
    }
}

pub(crate) fn see(format: Format, body: &[u8]) -> Result<Seen, DecodeError> {
    let mut seen = Seen::default();
    seen.decoded = decode(format, body, &mut seen)?;
    Ok(seen)
}

/// The only span of a body that must decode.
pub(crate) fn see_span(format: Format, body: &[u8]) -> SeenSpan {
    let seen = see(format, body).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((seen.decoded.chunks, seen.decoded.spans), (1, 1));
    seen.chunks[0][0].clone()
}

/// Chunks that outlive their body, to be encoded.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) symbols: Symbols<'static>,
    pub(crate) chunks: Vec<Chunk>,
}

impl Kept {
    pub(crate) fn pairs(&self) -> Vec<(&Symbols<'static>, &Chunk)> {
        self.chunks.iter().map(|chunk| (&self.symbols, chunk)).collect()
    }
}

impl Sink for Kept {
    fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize {
        let mut own = |symbol: &mut Symbol| *symbol = self.symbols.intern(Cow::Owned(symbols.get(*symbol).to_owned()));
        let mut chunk = chunk.clone();
        for span in &mut chunk.spans {
            [&mut span.service, &mut span.name, &mut span.resource, &mut span.kind].into_iter().for_each(&mut own);
        }
        chunk.meta.iter_mut().for_each(|(key, value)| {
            own(key);
            own(value);
        });
        chunk.metrics.iter_mut().for_each(|(key, _)| own(key));
        self.chunks.push(chunk);
        0
    }
}

/// The head of an array of at most 15, then its elements.
pub(crate) fn array(elements: &[Vec<u8>]) -> Vec<u8> {
    assert!(elements.len() < 16);
    [vec![0x90 | elements.len() as u8], elements.concat()].concat()
}

/// The head of a map of at most 15, then its pairs.
pub(crate) fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    assert!(pairs.len() < 16);
    let bytes = pairs.iter().flat_map(|(key, value)| [text(key), value.clone()].concat());
    [0x80 | pairs.len() as u8].into_iter().chain(bytes).collect()
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    [&[0xda][..], &(text.len() as u16).to_be_bytes(), text.as_bytes()].concat()
}

pub(crate) fn uint64(number: u64) -> Vec<u8> {
    [&[0xcf][..], &number.to_be_bytes()].concat()
}

pub(crate) fn int64(number: i64) -> Vec<u8> {
    [&[0xd3][..], &number.to_be_bytes()].concat()
}

pub(crate) fn float64(number: f64) -> Vec<u8> {
    [&[0xcb][..], &number.to_be_bytes()].concat()
}

pub(crate) fn float32(number: f32) -> Vec<u8> {
    [&[0xca][..], &number.to_be_bytes()].concat()
}

pub(crate) const NIL: u8 = 0xc0;

/// A body of v0.4 with one span of these fields.
pub(crate) fn v04_span(fields: &[(&str, Vec<u8>)]) -> Vec<u8> {
    array(&[array(&[map(fields)])])
}

/// A recorded trace request.
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) format: Format,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn captures_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/captures")
}

/// The trace requests of one folder of captures, in the order of arrival.
#[expect(clippy::disallowed_methods, reason = "tests read their data")]
pub(crate) fn recorded(folder: &str) -> Vec<Recorded> {
    let path = captures_folder().join(folder);
    let mut names: Vec<_> = fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "body"))
        .collect();
    names.sort();
    let trace_request = |body: PathBuf| {
        let head: serde_json::Value = serde_json::from_slice(&fs::read(body.with_extension("json")).unwrap()).unwrap();
        let format = match head["path"].as_str().unwrap() {
            "/v0.4/traces" => Format::TracesMsgpack,
            "/v0.5/traces" => Format::V05,
            _ => return None,
        };
        let name = format!("{folder}/{}", body.file_name().unwrap().to_string_lossy());
        Some(Recorded { name, format, body: fs::read(body).unwrap() })
    };
    names.into_iter().filter_map(trace_request).collect()
}

/// All folders that `expected.json` speaks of, with what it says.
#[expect(clippy::disallowed_methods, reason = "tests read their data")]
pub(crate) fn expected() -> serde_json::Map<String, serde_json::Value> {
    serde_json::from_slice(&fs::read(captures_folder().join("expected.json")).unwrap()).unwrap()
}

/// All recorded trace requests.
pub(crate) fn corpus() -> Vec<Recorded> {
    expected().keys().flat_map(|folder| recorded(folder)).collect()
}

/// A body of v0.4 as JSON, by way of a tree.
pub(crate) fn to_json(mut msgpack: &[u8]) -> Vec<u8> {
    fn json(value: rmpv::Value) -> serde_json::Value {
        match value {
            rmpv::Value::Map(pairs) => {
                let pairs = pairs.into_iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), json(value)));
                serde_json::Value::Object(pairs.collect())
            }
            rmpv::Value::Array(elements) => elements.into_iter().map(json).collect(),
            rmpv::Value::String(text) => text.as_str().unwrap().into(),
            rmpv::Value::Integer(number) => {
                number.as_u64().map_or_else(|| number.as_i64().unwrap().into(), serde_json::Value::from)
            }
            rmpv::Value::F64(number) => number.into(),
            rmpv::Value::Boolean(value) => value.into(),
            rmpv::Value::Nil => serde_json::Value::Null,
            other => panic!("{other} has no counterpart in JSON"),
        }
    }
    serde_json::to_vec(&json(rmpv::decode::read_value(&mut msgpack).unwrap())).unwrap()
}
