//! The end of a span: counted and, if its trace is to be sent, encoded at once; and the end of a chunk if it was the last one open.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::encode::Encoder;
use super::facts::{Facts, StatsOf};
use super::{Inner, Trace};
use crate::engine::View;
use crate::span::SpanRef;
use crate::span::cell::Cell;
use crate::span::state::State;
use crate::stats;
use crate::sync::MutexGuard;

/// Ends a span, now or at a given time. The second end of a span, and any end in a forked child of a span of its parent, do nothing.
///
/// `spare` is another handle to the same span that nobody needs, or a disabled one: where the span has to be kept, that saves making one.
/// Nor is it ever the last one, so it may be dropped under the trace's lock.
#[inline]
pub(crate) fn finish(span: &SpanRef, cell: &Arc<Cell>, end_ns: Option<u64>, spare: SpanRef) {
    let Some(trace) = cell.trace().filter(|trace| trace.is_of_this_process()) else { return };
    let end_ns = end_ns.unwrap_or_else(|| trace.anchor.now_ns());
    let mut inner = trace.lock();
    let mut state = cell.lock();
    if state.finished {
        return;
    }
    state.finished = true;
    state.duration_ns = end_ns.saturating_sub(cell.start_ns);
    let view = trace.engine.view_since(inner.view.take());
    let handle = || if spare.is_enabled() { spare } else { span.clone() };
    trace.collect(&mut inner, &view, cell, state, handle);
    inner.ended = inner.ended.wrapping_add(1);
    let is_last = inner.ended == trace.begun.load(Ordering::Relaxed);
    let is_due = |spans| inner.chunk.len >= spans;
    let sends = is_last || trace.engine.settings.partial_flush_at.is_some_and(is_due) || inner.chunk.is_full();
    if sends {
        trace.send(&mut inner, &view);
    }
    inner.view = Some(view);
    drop(inner);
    if sends {
        trace.engine.outlet.begin();
    }
}

impl Trace {
    /// Takes a finished span into the chunk; `handle` makes the handle to it, if it is kept.
    #[inline]
    fn collect(
        &self,
        inner: &mut Inner,
        view: &View,
        cell: &Arc<Cell>,
        mut state: MutexGuard<'_, State>,
        handle: impl FnOnce() -> SpanRef,
    ) {
        let is_root = inner.root.cell().is_some_and(|root| Arc::ptr_eq(root, cell));
        if is_root {
            let facts = Facts { state: &state, settings: &self.engine.settings };
            self.settle(&mut inner.decision, &facts);
            inner.filtered = Some(view.filters.rejects(&facts));
        }
        inner.chunk.len += 1;
        state.counted = view.takes_stats;
        if view.takes_stats {
            self.record(inner, view, cell, &state);
        } else {
            inner.chunk.uncounted = true;
        }
        if self.may_wait(inner, view, cell, &state) {
            inner.chunk.raw_bytes += state.encoded_bytes();
            drop(state);
            inner.chunk.raw.push(handle());
        } else if is_root || inner.chunk.held.is_none() {
            drop(state);
            self.hold(inner, view, handle());
        } else {
            self.append(inner, view, cell, &state);
        }
        if is_root {
            inner.root = SpanRef::disabled();
        }
    }

    /// Whether to put off the work on a span, because more will be known of its trace, or the work will not be needed.
    #[inline]
    fn may_wait(&self, inner: &mut Inner, view: &View, cell: &Arc<Cell>, state: &State) -> bool {
        if !view.known || !self.engine.span_sampler.is_empty() {
            return true;
        }
        if !view.drops_rejected {
            return false;
        }
        if let Some(keeps) = inner.decision.keeps_so_far() {
            return !keeps;
        }
        let settings = &self.engine.settings;
        let Inner { root, decision, .. } = inner;
        match root.cell().filter(|root| !Arc::ptr_eq(root, cell)) {
            Some(root) => !self.expects_to_keep(decision, &Facts { state: &root.lock(), settings }),
            None => !self.expects_to_keep(decision, &Facts { state, settings }),
        }
    }

    /// Holds a span back to be the first of the chunk; the one that was held is encoded.
    fn hold(&self, inner: &mut Inner, view: &View, span: SpanRef) {
        if let Some(before) = inner.chunk.held.replace(span) {
            if let Some(cell) = before.cell() {
                let state = cell.lock();
                self.record_late(inner, view, cell, &state);
                self.append(inner, view, cell, &state);
            }
        }
    }

    /// Encodes a span that is not the first of the chunk.
    #[inline]
    pub(super) fn append(&self, inner: &mut Inner, view: &View, cell: &Cell, state: &State) {
        let encoder = Encoder { engine: &self.engine, view, trace_id: self.id };
        encoder.span(&mut inner.chunk.rest, cell, state, None, None);
    }

    /// Notes a span for the statistics that ended before the agent wished for any.
    #[inline]
    pub(super) fn record_late(&self, inner: &mut Inner, view: &View, cell: &Cell, state: &State) {
        if view.takes_stats && !state.counted {
            self.record(inner, view, cell, state);
        }
    }

    /// Notes a span for the statistics, if it counts.
    #[inline]
    fn record(&self, inner: &mut Inner, view: &View, cell: &Cell, state: &State) {
        let facts = Facts { state, settings: &self.engine.settings };
        // Most spans are steps inside a service, which do not count: that is seen here without reading all of their tags.
        if facts.is_top_level(cell.is_local_root) || state.measured || state.has_text("span.kind") {
            let span = StatsOf { cell, facts, origin: inner.origin.as_deref().unwrap_or_default() };
            stats::record_span(&span, &view.peer_keys, &mut inner.chunk.stats);
        }
    }
}
