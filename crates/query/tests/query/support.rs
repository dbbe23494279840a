//! A store in a temporary directory, and spans to put into it.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use tracehound_model::{Batch, BatchBuilder, RowHead, TraceId};
use tracehound_platform::{RealFiles, SystemClock};
use tracehound_query::{Error, Trace, TraceKey};
use tracehound_store::{Options, Store};
use tracehound_telemetry::Metrics;

/// Where the rows of a test stand when they are queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// All in the memtable.
    Memtable,
    /// The first batch in a part, the others in the memtable.
    PartAndMemtable,
    /// Each batch in a part of its own.
    Parts,
}

pub(crate) const STAGES: [Stage; 3] = [Stage::Memtable, Stage::PartAndMemtable, Stage::Parts];

pub(crate) struct TestStore {
    directory: tempfile::TempDir,
    store: Option<Store>,
}

impl TestStore {
    pub(crate) fn new() -> TestStore {
        let directory = tempfile::tempdir().unwrap();
        let store = Some(open(&directory));
        TestStore { directory, store }
    }

    /// A store that holds these batches at that stage.
    pub(crate) fn with(batches: Vec<Batch>, stage: Stage) -> TestStore {
        let mut store = TestStore::new();
        for (i, batch) in batches.into_iter().enumerate() {
            store.append(batch);
            if stage == Stage::Parts || (stage == Stage::PartAndMemtable && i == 0) {
                store.reopen();
            }
        }
        store
    }

    pub(crate) fn append(&self, batch: Batch) {
        let (done, wait) = sync_channel(1);
        self.store().append(batch, move |result| done.send(result).unwrap());
        wait.recv().unwrap().unwrap();
    }

    /// Closes the store, which flushes it, and opens it again.
    pub(crate) fn reopen(&mut self) {
        self.store.take().unwrap().close().unwrap();
        self.store = Some(open(&self.directory));
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    pub(crate) fn trace(&self, id: &str) -> Result<Trace, Error> {
        tracehound_query::trace(&self.store().snapshot(), TraceKey::parse(id)?)
    }

    /// The span ids of a trace, sorted.
    pub(crate) fn span_ids(&self, id: &str) -> Vec<u64> {
        let trace = self.trace(id).unwrap();
        let mut ids: Vec<u64> = trace.spans.iter().map(|found| found.span().head().span_id).collect();
        ids.sort_unstable();
        ids
    }
}

fn open(directory: &tempfile::TempDir) -> Store {
    let files = Arc::new(RealFiles::open(directory.path()).unwrap());
    // Small segments: a test reads them back many times.
    let wal = tracehound_wal::Options { segment_bytes: 1 << 16, spare_segments: 0 };
    Store::open(
        Options { wal, ..Options::default() },
        files,
        Arc::new(SystemClock::new()),
        Arc::new(Metrics::default()),
    )
    .unwrap()
}

/// A span to be.
#[derive(Clone, Debug)]
pub(crate) struct TestSpan {
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) start: i64,
    pub(crate) duration: i64,
    pub(crate) error: bool,
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) status: Option<&'static str>,
    pub(crate) partial: Option<f64>,
}

pub(crate) fn span(span_id: u64) -> TestSpan {
    TestSpan {
        span_id,
        parent_id: 0,
        start: 1_000 + span_id as i64,
        duration: 10,
        error: false,
        service: "web",
        name: "request",
        resource: "GET /",
        status: None,
        partial: None,
    }
}

/// A batch of chunks: the trace as 32 hex digits, and its spans.
pub(crate) fn batch(chunks: &[(&str, Vec<TestSpan>)]) -> Batch {
    let mut builder = BatchBuilder::new();
    for (id, spans) in chunks {
        builder.begin_chunk(id.parse::<TraceId>().unwrap());
        for span in spans {
            let head = RowHead {
                span_id: span.span_id,
                parent_id: span.parent_id,
                start: span.start,
                duration: span.duration,
                error: span.error,
                service: builder.intern(span.service),
                name: builder.intern(span.name),
                resource: builder.intern(span.resource),
                kind: builder.intern("web"),
            };
            builder.push(head);
            if let Some(status) = span.status {
                let (key, value) = (builder.intern("http.status_code"), builder.intern(status));
                builder.tag(key, value);
            }
            if let Some(partial) = span.partial {
                let key = builder.intern("_dd.partial_version");
                builder.metric(key, partial);
            }
        }
    }
    builder.build()
}
