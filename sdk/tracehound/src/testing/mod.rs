//! For tests: a tracer in memory, scoped to a closure or a future, so that tests that run side by side do not mix.
//!
//! Everything is as it would be sent: the chunks are encoded, and decoded again here.
//!
//! ```
//! use tracehound::{span, testing};
//!
//! let traces = testing::capture(|| {
//!     let work = span!("work", size = 3).entered();
//!     span!("step").finish();
//! });
//! let spans = traces.spans();
//! assert_eq!(spans[0].name, "work");
//! assert_eq!(spans[0].metrics["size"], 3.0);
//! assert_eq!(spans[1].parent_id, spans[0].span_id);
//! ```

pub(crate) mod decode;
mod wait;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::config::{Config, Sources};
use crate::context;
use crate::engine::{Engine, Settings, View};
use crate::tracer::Tracer;

/// A finished span as it was sent.
///
/// ```
/// let span = tracehound::testing::FinishedSpan::default();
/// assert_eq!(span.name, "");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FinishedSpan {
    /// The operation's name.
    pub name: String,
    /// The service.
    pub service: String,
    /// The resource.
    pub resource: String,
    /// The type.
    pub span_type: String,
    /// All 128 bits of the trace's id.
    pub trace_id: u128,
    /// The span's id.
    pub span_id: u64,
    /// The parent's id; 0 if there is none.
    pub parent_id: u64,
    /// The start, in nanoseconds since the epoch.
    pub start_ns: u64,
    /// How long it took, in nanoseconds.
    pub duration_ns: u64,
    /// Whether it failed.
    pub error: bool,
    /// Tags that hold text.
    pub meta: BTreeMap<String, String>,
    /// Tags that hold numbers.
    pub metrics: BTreeMap<String, f64>,
    /// Links to other spans.
    pub links: Vec<FinishedLink>,
    /// Events.
    pub events: Vec<FinishedEvent>,
}

impl FinishedSpan {
    /// The text of a tag; empty if there is none.
    ///
    /// ```
    /// let traces = tracehound::testing::capture(|| tracehound::span!("work", plan = "free").finish());
    /// assert_eq!((traces.spans()[0].text("plan"), traces.spans()[0].text("coupon")), ("free", ""));
    /// ```
    pub fn text(&self, key: &str) -> &str {
        self.meta.get(key).map_or("", String::as_str)
    }
}

/// A link of a [`FinishedSpan`].
///
/// ```
/// let link = tracehound::testing::FinishedLink::default();
/// assert_eq!(link.span_id, 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FinishedLink {
    /// All 128 bits of the linked trace's id.
    pub trace_id: u128,
    /// The linked span's id.
    pub span_id: u64,
    /// Its sampling flag, with bit 31 set if it is known.
    pub flags: u32,
    /// Its `tracestate`.
    pub tracestate: String,
    /// Attributes.
    pub attributes: BTreeMap<String, String>,
}

/// An event of a [`FinishedSpan`].
///
/// ```
/// let event = tracehound::testing::FinishedEvent::default();
/// assert_eq!(event.name, "");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FinishedEvent {
    /// The name.
    pub name: String,
    /// When it happened, in nanoseconds since the epoch.
    pub time_ns: u64,
    /// Attributes, as JSON would write them.
    pub attributes: BTreeMap<String, String>,
}

/// What was sent while [`capture`] or [`capture_async`] ran.
///
/// ```
/// let traces = tracehound::testing::capture(|| tracehound::span!("work").finish());
/// assert_eq!(traces.chunks().len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    chunks: Vec<Vec<FinishedSpan>>,
}

impl Traces {
    /// The spans as they were grouped: each chunk is a trace, or part of one.
    ///
    /// ```
    /// assert!(tracehound::testing::capture(|| ()).chunks().is_empty());
    /// ```
    pub fn chunks(&self) -> &[Vec<FinishedSpan>] {
        &self.chunks
    }

    /// All spans, by their start.
    ///
    /// ```
    /// assert!(tracehound::testing::capture(|| ()).spans().is_empty());
    /// ```
    pub fn spans(&self) -> Vec<FinishedSpan> {
        let mut spans: Vec<FinishedSpan> = self.chunks.iter().flatten().cloned().collect();
        spans.sort_by_key(|span| span.start_ns);
        spans
    }

    /// The first span of this name.
    ///
    /// ```
    /// let traces = tracehound::testing::capture(|| tracehound::span!("work").finish());
    /// assert!(traces.find("work").is_some() && traces.find("play").is_none());
    /// ```
    pub fn find(&self, name: &str) -> Option<&FinishedSpan> {
        self.chunks.iter().flatten().find(|span| span.name == name)
    }
}

/// A tracer that keeps what it would send.
///
/// ```
/// use tracehound::testing::InMemory;
///
/// let memory = InMemory::new(&[("DD_SERVICE", "shop")]);
/// memory.tracer().span("work").start().finish();
/// assert_eq!(memory.take().spans()[0].service, "shop");
/// ```
#[derive(Clone, Debug)]
pub struct InMemory {
    tracer: Tracer,
}

impl Default for InMemory {
    fn default() -> InMemory {
        InMemory::new(&[])
    }
}

impl InMemory {
    /// A tracer with these settings and the defaults for all others: the environment is not read.
    ///
    /// ```
    /// let memory = tracehound::testing::InMemory::new(&[("DD_ENV", "test")]);
    /// ```
    pub fn new(settings: &[(&str, &str)]) -> InMemory {
        let code = settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let config = Arc::new(Config::load(&Sources::of_code(code)));
        if !config.enabled {
            return InMemory { tracer: Tracer::disabled() };
        }
        let settings = Arc::new(Settings::new(config));
        let view = View { known: true, span_events: true, ..View::default() };
        InMemory { tracer: Tracer::of(Engine::in_memory(settings, view)) }
    }

    /// The tracer, for builders, layers and wrappers that take one.
    ///
    /// ```
    /// let memory = tracehound::testing::InMemory::default();
    /// let span = memory.tracer().span("work").start();
    /// ```
    pub fn tracer(&self) -> &Tracer {
        &self.tracer
    }

    /// Takes out what was sent so far.
    ///
    /// ```
    /// assert!(tracehound::testing::InMemory::default().take().chunks().is_empty());
    /// ```
    pub fn take(&self) -> Traces {
        let chunks = self.tracer.engine().map(|engine| engine.outlet.take_memory()).unwrap_or_default();
        Traces { chunks: chunks.iter().filter_map(|chunk| decode::chunk(chunk)).collect() }
    }

    /// Runs `work` with this tracer in the place of the global one, on this thread. What `work` starts on other threads belongs to it
    /// as far as it is below a span of `work`.
    ///
    /// ```
    /// let memory = tracehound::testing::InMemory::default();
    /// memory.scope(|| tracehound::span!("work").finish());
    /// assert_eq!(memory.take().spans().len(), 1);
    /// ```
    pub fn scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let _scoped = Scoped::enter(&self.tracer);
        work()
    }

    /// Puts this tracer in the place of the global one whenever the future is polled.
    ///
    /// ```
    /// let memory = tracehound::testing::InMemory::default();
    /// let task = memory.scope_async(async { tracehound::span!("work").finish() });
    /// ```
    pub fn scope_async<F: Future>(&self, future: F) -> ScopedFuture<F> {
        ScopedFuture { future, tracer: self.tracer.clone() }
    }
}

/// Runs `work` with a tracer in memory in the place of the global one, and gives what it sent.
///
/// ```
/// let traces = tracehound::testing::capture(|| tracehound::span!("work").finish());
/// assert_eq!(traces.spans()[0].name, "work");
/// ```
pub fn capture(work: impl FnOnce()) -> Traces {
    let memory = InMemory::default();
    memory.scope(work);
    memory.take()
}

/// Awaits `work` with a tracer in memory in the place of the global one, and gives its output and what it sent.
///
/// ```
/// # async fn example() {
/// let (output, traces) = tracehound::testing::capture_async(async { 42 }).await;
/// # }
/// ```
pub async fn capture_async<F: Future>(work: F) -> (F::Output, Traces) {
    let memory = InMemory::default();
    let output = memory.scope_async(work).await;
    (output, memory.take())
}

/// While it lives, a tracer stands in for the global one on this thread.
struct Scoped {
    before: Option<Tracer>,
}

impl Scoped {
    fn enter(tracer: &Tracer) -> Scoped {
        Scoped { before: context::replace_tracer(Some(tracer.clone())) }
    }
}

impl Drop for Scoped {
    fn drop(&mut self) {
        context::replace_tracer(self.before.take());
    }
}

pin_project! {
    /// A future with a tracer of its own: see [`InMemory::scope_async`].
    ///
    /// ```
    /// use tracehound::testing::{InMemory, ScopedFuture};
    /// let task: ScopedFuture<_> = InMemory::default().scope_async(async {});
    /// ```
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct ScopedFuture<F> {
        #[pin]
        future: F,
        tracer: Tracer,
    }
}

impl<F: Future> Future for ScopedFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _scoped = Scoped::enter(this.tracer);
        this.future.poll(waker)
    }
}
