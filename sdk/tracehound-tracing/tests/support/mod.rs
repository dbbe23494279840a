//! What the tests of several files use.
#![allow(dead_code, reason = "each file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracehound::testing::{FinishedSpan, InMemory};
use tracing_subscriber::Registry;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

/// The spans by name.
pub(crate) type Spans = BTreeMap<String, FinishedSpan>;

/// The spans of `work` under the layer with its defaults.
pub(crate) fn spans(work: impl FnOnce()) -> Spans {
    spans_with(tracehound_tracing::builder(), work)
}

/// The spans of `work` under a layer.
pub(crate) fn spans_with(builder: tracehound_tracing::Builder, work: impl FnOnce()) -> Spans {
    let memory = InMemory::new(&[("DD_SERVICE", "cafe")]);
    let subscriber = tracing_subscriber::registry().with(builder.layer());
    memory.scope(|| tracing::subscriber::with_default(subscriber, work));
    by_name(&memory)
}

pub(crate) fn by_name(memory: &InMemory) -> Spans {
    memory.take().spans().into_iter().map(|span| (span.name.clone(), span)).collect()
}

/// A registry with a layer that traces with `memory`, for a whole runtime and its threads.
pub(crate) fn dispatch(memory: &InMemory) -> tracing::Dispatch {
    let layer: tracehound_tracing::TraceLayer<Registry> = tracehound_tracing::builder().tracer(memory.tracer()).layer();
    tracing::Dispatch::new(tracing_subscriber::registry().with(layer))
}

/// Name and parent's name of each span, by name.
pub(crate) fn parents(spans: &Spans) -> Vec<(&str, &str)> {
    let name_of = |id: u64| spans.values().find(|span| span.span_id == id).map_or("", |span| &span.name);
    spans.values().map(|span| (&*span.name, name_of(span.parent_id))).collect()
}

/// Where log lines go.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Lines;

    fn make_writer(&self) -> Lines {
        self.clone()
    }
}

impl Lines {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
