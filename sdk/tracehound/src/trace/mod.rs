//! A trace as this process sees it: what its spans share, owned by them.
//!
//! There is no list of traces anywhere. Each span holds its trace, the trace holds what it needs until it is sent, and when the last
//! handle goes the trace goes too, finished or not.
//!
//! One mutex guards what changes. It is taken when a span ends, when a decision is asked for, and never while anything waits.
//! Lock order: a trace, then cells.

mod chunk;
mod decision;
mod encode;
mod facts;
mod finish;
mod numbers;
mod own_tags;
mod propagate;
mod start;

use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

pub(crate) use chunk::{filter_waiting, send_waiting};
use decision::{Decision, UNDECIDED};
pub(crate) use decision::{Manual, clamp_priority};
use encode::Encoded;
pub(crate) use finish::finish;
pub(crate) use propagate::{inject, inject_remote, tracestate_of};
pub(crate) use start::{Beginning, start, start_from};

use crate::agent::FULL_BATCH_BYTES;
use crate::clock::Anchor;
use crate::engine::{Engine, View};
use crate::fork;
use crate::id::TraceId;
use crate::span::SpanRef;
use crate::span::cell::Cell;
use crate::sync::{AtomicI8, AtomicU32, Mutex, MutexGuard};

#[derive(Debug)]
pub(crate) struct Trace {
    id: TraceId,
    /// Of the process that began it: a forked child leaves its parent's traces alone.
    generation: u32,
    anchor: Anchor,
    engine: Arc<Engine>,
    /// Spans that have begun. Those that have ended are counted behind the lock, which their end takes anyway.
    begun: AtomicU32,
    /// The priority for those who only read; [`UNDECIDED`] until there is one.
    priority: AtomicI8,
    inner: Mutex<Inner>,
}

/// What changes while a trace runs.
#[derive(Debug, Default)]
struct Inner {
    /// The local root, until it ends.
    root: SpanRef,
    decision: Decision,
    /// Spans that have ended.
    ended: u32,
    origin: Option<String>,
    /// Tags that came with the trace and go on with it (`_dd.p.*`), without the high half of its id.
    received: Vec<(String, String)>,
    /// Members of `tracestate` that are not ours.
    tracestate: String,
    chunk: Chunk,
    /// What the filters said of the local root when it ended.
    filtered: Option<bool>,
    /// What the agent wished when the last span ended.
    view: Option<Arc<View>>,
}

/// Spans that have ended and are not sent yet.
#[derive(Debug, Default)]
struct Chunk {
    /// The local root, else the first that ended. It goes first and carries the chunk's tags, so it is encoded last.
    held: Option<SpanRef>,
    /// The others, encoded.
    rest: Encoded,
    /// Those that are not encoded yet because perhaps they need not be, in the order in which they ended.
    raw: Vec<SpanRef>,
    /// What `raw` will take when it is encoded, about.
    raw_bytes: usize,
    /// Records for the statistics, which count only if the trace is not filtered out.
    stats: Vec<u8>,
    /// Some are not in `stats`, as no agent wished for them when they ended.
    uncounted: bool,
    /// How many there are in all.
    len: u32,
}

impl Trace {
    fn new(id: TraceId, anchor: Anchor, engine: Arc<Engine>) -> Trace {
        let inner = Mutex::new(Inner { chunk: Chunk::pooled(), ..Inner::default() });
        let (begun, priority) = (AtomicU32::new(1), AtomicI8::new(UNDECIDED));
        Trace { id, generation: fork::generation(), anchor, engine, begun, priority, inner }
    }

    pub(crate) fn id(&self) -> TraceId {
        self.id
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    #[inline]
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    fn is_of_this_process(&self) -> bool {
        self.generation == fork::generation()
    }

    pub(crate) fn local_root(&self) -> SpanRef {
        if self.is_of_this_process() { self.lock().root.clone() } else { SpanRef::disabled() }
    }

    pub(crate) fn priority(&self) -> Option<i8> {
        Some(self.priority.load(Ordering::Relaxed)).filter(|&priority| priority != UNDECIDED)
    }

    pub(crate) fn origin(&self) -> Option<String> {
        if self.is_of_this_process() { self.lock().origin.clone() } else { None }
    }

    pub(crate) fn set_origin(&self, origin: &str) {
        if self.is_of_this_process() {
            self.lock().origin = Some(origin.to_owned());
        }
    }

    pub(crate) fn set_manual(&self, manual: Manual) {
        if self.is_of_this_process() {
            let mut inner = self.lock();
            inner.decision.set_manual(manual);
            self.publish(&inner.decision);
        }
    }

    /// Lets those see the priority who do not lock.
    fn publish(&self, decision: &Decision) {
        self.priority.store(decision.priority().unwrap_or(UNDECIDED), Ordering::Relaxed);
    }
}

/// Whether a span may be locked and changed here: a forked child never touches what its parent might have held at that moment.
#[inline]
pub(crate) fn is_of_this_process(cell: &Cell) -> bool {
    cell.trace().is_some_and(|trace| trace.is_of_this_process())
}

/// Buffers that one thread keeps for its next traces.
const MAX_FREE: usize = 16;

/// The largest buffer that is worth keeping: some hundred spans.
const MAX_KEPT_BYTES: usize = 64 * 1024;

thread_local! {
    static FREE: RefCell<Vec<Chunk>> = const { RefCell::new(Vec::new()) };
}

impl Chunk {
    fn pooled() -> Chunk {
        FREE.try_with(|free| free.try_borrow_mut().ok().and_then(|mut free| free.pop()))
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// Whether it would fill a batch of the sender's, and has to go even if partial flushes are off: a job that runs for days in one trace
    /// must not fill the memory, and a chunk larger than the sender's queue would be lost as a whole.
    fn is_full(&self) -> bool {
        self.rest.bytes.len() + self.raw_bytes >= FULL_BATCH_BYTES
    }

    fn clear(&mut self) {
        self.held = None;
        self.rest.bytes.clear(usize::MAX);
        self.raw.clear();
        self.raw_bytes = 0;
        self.stats.clear();
        self.uncounted = false;
        self.len = 0;
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let mut chunk = std::mem::take(&mut self.inner.get_mut().unwrap_or_else(PoisonError::into_inner).chunk);
        let handles = chunk.raw.capacity() * size_of::<SpanRef>();
        if chunk.rest.capacity() + chunk.stats.capacity() + handles > MAX_KEPT_BYTES {
            return;
        }
        chunk.clear();
        let _ = FREE.try_with(|free| {
            if let Ok(mut free) = free.try_borrow_mut() {
                if free.len() < MAX_FREE {
                    free.push(chunk);
                }
            }
        });
    }
}
