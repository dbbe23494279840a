//! What the tests of parts share: spans as plain values, a generator of awkward ones, and what a part of them must hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use tracehound_model::{
    Arrival, Attribute, Batch, BatchBuilder, Event, Extras, Link, RowHead, SpanRef, TraceId, Version,
};
use tracehound_part::{PartName, Rows};
use tracehound_platform::Files;
use tracehound_platform::sim::SimFiles;

/// A span with its strings, tags by key; metrics as bits, so that NaN equals itself and −0 is not 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) trace: TraceId,
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: i64,
    pub(crate) duration: i64,
    pub(crate) error: bool,
    pub(crate) texts: [String; 4],
    pub(crate) meta: BTreeMap<String, String>,
    pub(crate) metrics: BTreeMap<String, u64>,
    pub(crate) extras: Option<Extras>,
    pub(crate) arrival: Arrival,
}

impl Span {
    /// A span with nothing but ids and a start.
    pub(crate) fn plain(trace: (u64, u64), span_id: u64, start: i64) -> Span {
        Span {
            trace: TraceId { high: trace.0, low: trace.1 },
            span_id,
            parent_id: 0,
            start,
            duration: 1,
            error: false,
            texts: ["service", "name", "resource", "type"].map(str::to_owned),
            meta: BTreeMap::new(),
            metrics: BTreeMap::new(),
            extras: None,
            arrival: Arrival::default(),
        }
    }

    fn of(span: SpanRef<'_>, trace: TraceId, arrival: Arrival) -> Span {
        let head = span.head();
        Span {
            trace,
            span_id: head.span_id,
            parent_id: head.parent_id,
            start: head.start,
            duration: head.duration,
            error: head.error,
            texts: [span.service(), span.name(), span.resource(), span.kind()].map(str::to_owned),
            meta: span.meta().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            metrics: span.metrics().map(|(key, value)| (key.to_owned(), value.to_bits())).collect(),
            extras: span.extras().cloned(),
            arrival,
        }
    }

    fn version(&self) -> Version {
        let partial = self.metrics.get("_dd.partial_version").map(|bits| f64::from_bits(*bits)).filter(|n| *n >= 0.0);
        Version { partial, arrival: self.arrival }
    }

    fn is_copy_of(&self, other: &Span) -> bool {
        let identity = |span: &Span| (span.trace, span.span_id, span.texts[0].clone(), span.texts[1].clone());
        identity(self) == identity(other)
    }
}

/// The batch of these spans; those of one trace that stand together are a chunk. Sets their arrivals.
pub(crate) fn batch(sequence: u64, spans: &mut [Span]) -> (u64, Arc<Batch>) {
    let mut builder = BatchBuilder::new();
    let mut trace = None;
    for (span, ordinal) in spans.iter_mut().zip(0..) {
        span.arrival = Arrival { sequence, ordinal };
        if trace.replace(span.trace) != Some(span.trace) {
            builder.begin_chunk(span.trace);
        }
        let [service, name, resource, kind] = [0, 1, 2, 3].map(|i| builder.intern(&span.texts[i]));
        let Span { span_id, parent_id, start, duration, error, .. } = *span;
        builder.push(RowHead { span_id, parent_id, start, duration, error, service, name, resource, kind });
        for (key, value) in &span.meta {
            let [key, value] = [key, value].map(|text| builder.intern(text));
            builder.tag(key, value);
        }
        for (key, bits) in &span.metrics {
            let key = builder.intern(key);
            builder.metric(key, f64::from_bits(*bits));
        }
        if let Some(extras) = &span.extras {
            builder.extras(Box::new(extras.clone()));
        }
    }
    (sequence, Arc::new(builder.build()))
}

/// The spans of rows.
pub(crate) fn spans(rows: &Rows) -> Vec<Span> {
    assert_eq!(rows.arrivals.len(), rows.batch.rows() as usize);
    let of_chunks = rows.batch.chunks().iter().flat_map(|chunk| chunk.rows.clone().map(|row| (chunk.id, row)));
    of_chunks.map(|(id, row)| Span::of(rows.batch.span(row), id, rows.arrivals[row as usize])).collect()
}

/// What a part of these spans holds, in its order, by the plainest way to say it.
pub(crate) fn folded_and_sorted(spans: &[Span]) -> Vec<Span> {
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        match kept.iter_mut().find(|other| other.is_copy_of(span)) {
            Some(other) if span.version().supersedes(&other.version()) => *other = span.clone(),
            Some(_) => {}
            None => kept.push(span.clone()),
        }
    }
    let first =
        |is_in: &dyn Fn(&Span) -> bool| kept.iter().filter(|span| is_in(span)).map(|s| (s.start, s.trace)).min();
    let key = |span: &Span| {
        let cluster = first(&|other| other.trace.low == span.trace.low);
        let trace = first(&|other| other.trace == span.trace);
        (cluster, trace, span.start, span.span_id, span.arrival)
    };
    let mut keyed: Vec<_> = kept.iter().map(|span| (key(span), span.clone())).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, span)| span).collect()
}

/// The files of an empty data directory.
pub(crate) fn files() -> Arc<dyn Files> {
    let files = SimFiles::new();
    files.create_dir(tracehound_part::DIRECTORY).unwrap();
    Arc::new(files)
}

pub(crate) const NAME: PartName = PartName { first_sequence: 1, last_sequence: 9, serial: 0 };

pub(crate) fn read_file(files: &dyn Files, path: &str) -> Vec<u8> {
    let file = files.open(path).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(&mut bytes, 0).unwrap();
    bytes
}

pub(crate) fn write_file(files: &dyn Files, path: &str, bytes: &[u8]) {
    files.create(path).unwrap().write_at(bytes, 0).unwrap();
}

/// Links, events and a binary value with every type of attribute.
pub(crate) fn extras() -> Extras {
    let attributes: Vec<(Box<str>, Attribute)> = vec![
        ("".into(), Attribute::String("ü\0".into())),
        ("b".into(), Attribute::List(vec![Attribute::Bool(true), Attribute::Int(i64::MIN), Attribute::Double(-0.0)])),
        ("m".into(), Attribute::Map(vec![("k".into(), Attribute::Bool(false)), ("e".into(), Attribute::List(vec![]))])),
    ];
    let link = Link {
        trace_id: TraceId { high: u64::MAX, low: 1 },
        span_id: 2,
        attributes: attributes.clone(),
        tracestate: "dd=s:1".into(),
        flags: Some(0x8000_0001),
    };
    Extras {
        links: vec![link, Link::default()],
        events: vec![Event { time: i64::MAX, name: "exception".into(), attributes }],
        meta_struct: vec![("bin".into(), Box::from([0, 255, 1])), ("".into(), Box::default())],
    }
}
