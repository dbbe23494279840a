//! What the tests of parts share: spans as plain values, a generator of awkward ones, and what a part of them must hold.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use tracehound_model::{
    Arrival, Attribute, Batch, BatchBuilder, Event, Extras, Link, RowHead, SpanRef, TraceId, Version,
};
use tracehound_part::{Columns, Part, PartName, Rows, write};
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
    let mut kept: BTreeMap<_, &Span> = BTreeMap::new();
    for span in spans {
        let copy = kept.entry((span.trace, span.span_id, &span.texts[..2])).or_insert(span);
        if span.version().supersedes(&copy.version()) {
            *copy = span;
        }
    }
    let mut first_of_trace = BTreeMap::new();
    let mut first_of_cluster = BTreeMap::new();
    for span in kept.values() {
        let first = (span.start, span.trace);
        first_of_trace.entry(span.trace).and_modify(|earlier| *earlier = first.min(*earlier)).or_insert(first);
        first_of_cluster.entry(span.trace.low).and_modify(|earlier| *earlier = first.min(*earlier)).or_insert(first);
    }
    let mut sorted: Vec<Span> = kept.into_values().cloned().collect();
    sorted.sort_by_key(|span| {
        let place = (first_of_cluster[&span.trace.low], first_of_trace[&span.trace]);
        (place, span.start, span.span_id, span.arrival)
    });
    sorted
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

/// Writes the batches as the part [`NAME`], and returns what it must hold.
pub(crate) fn part_in(files: &Arc<dyn Files>, batches: &mut [Vec<Span>]) -> Vec<Span> {
    let written: Vec<(u64, Arc<Batch>)> = (1..).zip(batches.iter_mut()).map(|(n, spans)| batch(n, spans)).collect();
    let meta = write(&**files, &NAME, &written, &[]).unwrap();
    assert_eq!(*Part::open(Arc::clone(files), &NAME).unwrap().meta(), meta);
    folded_and_sorted(&batches.concat())
}

/// A part of the batches, and what it must hold.
pub(crate) fn part_of(batches: &mut [Vec<Span>]) -> (Part, Vec<Span>) {
    let files = files();
    let expected = part_in(&files, batches);
    (Part::open(files, &NAME).unwrap(), expected)
}

/// Rows of a part with everything they have.
pub(crate) fn read(part: &Part, ranges: &[Range<u32>]) -> Vec<Span> {
    spans(&part.read(ranges, Columns::All).unwrap())
}

/// What a summary has of a span.
pub(crate) fn summary(mut span: Span) -> Span {
    span.meta.retain(|key, _| key == "http.status_code");
    span.metrics.retain(|key, _| key == "http.status_code" || key == "_dd.partial_version");
    span.extras = None;
    span
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
