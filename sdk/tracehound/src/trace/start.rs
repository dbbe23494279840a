//! Beginning spans: a child in its parent's trace, or a local root in a trace of its own.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Trace;
use super::decision::clamp_priority;
use crate::clock::Anchor;
use crate::context::{Remote, Source, SpanContext};
use crate::id::{self, TraceId};
use crate::propagation::Extracted;
use crate::span::SpanRef;
use crate::span::cell::{self, Birth, Cell};
use crate::span::state::{Field, State};
use crate::tag::TagValue;
use crate::tracer::Tracer;

/// Begins a span below `parent`, or as a local root of `tracer`.
#[inline]
pub(crate) fn start(name: &str, parent: Option<&SpanRef>, tracer: &Tracer, start_ns: Option<u64>) -> SpanRef {
    match parent.and_then(|parent| Some((parent.cell()?, parent.cell()?.trace()?))) {
        Some((parent, trace)) if trace.is_of_this_process() => child(name, parent, trace, start_ns),
        Some((parent, trace)) => root(name, tracer, Some(&left_behind(parent, trace)), start_ns),
        None => root(name, tracer, None, start_ns),
    }
}

/// Begins a span below a context.
pub(crate) fn start_from(name: &str, context: &SpanContext, tracer: &Tracer, start_ns: Option<u64>) -> SpanRef {
    match context.source() {
        Source::None => root(name, tracer, None, start_ns),
        Source::Local(parent) => start(name, Some(parent), tracer, start_ns),
        Source::Remote(remote) => root(name, tracer, Some(remote), start_ns),
    }
}

#[inline]
fn child(name: &str, parent: &Arc<Cell>, trace: &Arc<Trace>, start_ns: Option<u64>) -> SpanRef {
    trace.open.fetch_add(1, Ordering::Relaxed);
    let birth = Birth {
        span_id: id::new_span_id(),
        parent_id: parent.span_id,
        is_local_root: false,
        start_ns: start_ns.unwrap_or_else(|| trace.anchor.now_ns()),
        trace: Arc::clone(trace),
    };
    if !parent.has_heritage.load(Ordering::Acquire) {
        return SpanRef::from_cell(cell::take(birth, |state| state.set_field(Field::Name, name)));
    }
    let heritage = parent.lock();
    let cell = cell::take(birth, |state| {
        state.set_field(Field::Name, name);
        inherit(state, &heritage);
    });
    drop(heritage);
    cell.bequeath();
    SpanRef::from_cell(cell)
}

fn inherit(state: &mut State, parent: &State) {
    for (from, to) in [
        (Field::Service, Field::Service),
        (Field::Service, Field::Inherited),
        (Field::ServiceSource, Field::ServiceSource),
    ] {
        state.set_field(to, parent.field(from));
    }
    state.baggage = parent.baggage.clone();
}

fn root(name: &str, tracer: &Tracer, remote: Option<&Arc<Remote>>, start_ns: Option<u64>) -> SpanRef {
    let Some(engine) = tracer.engine() else { return SpanRef::disabled() };
    let anchor = Anchor::now();
    let start_ns = start_ns.unwrap_or(anchor.wall_ns());
    let came = remote.map(|remote| &remote.extracted);
    let id = match came.map_or(0, |came| came.trace_id) {
        0 => id::new_trace_id(start_ns, engine.settings.wide_ids),
        received => TraceId::from(received),
    };
    let trace = Arc::new(Trace::new(id, anchor, Arc::clone(engine)));
    let birth = Birth {
        span_id: id::new_span_id(),
        parent_id: came.map_or(0, |came| came.span_id),
        is_local_root: true,
        start_ns,
        trace: Arc::clone(&trace),
    };
    let cell = cell::take(birth, |state| {
        state.set_field(Field::Name, name);
        if let Some(came) = came {
            receive(state, came);
        }
    });
    let span = SpanRef::from_cell(cell);
    let mut inner = trace.lock();
    if let Some(came) = came {
        inner.decision.receive(came.priority.map(clamp_priority), &came.tags);
        inner.origin.clone_from(&came.origin);
        inner.received.clone_from(&came.tags);
        inner.tracestate.clone_from(&came.tracestate);
        trace.publish(&inner.decision);
    }
    inner.root = span.clone();
    drop(inner);
    if came.is_some_and(|came| !came.baggage.is_empty()) {
        if let Some(cell) = span.cell() {
            cell.bequeath();
        }
    }
    span
}

/// What comes with a remote parent and is the local root's own.
fn receive(state: &mut State, came: &Extracted) {
    state.baggage = came.baggage.clone();
    if let Some(last) = &came.last_parent_id {
        state.set_tag("_dd.parent_id", &TagValue::from(last));
    }
    if let Some(error) = &came.propagation_error {
        state.set_tag("_dd.propagation_error", &TagValue::from(&**error));
    }
    for (key, value) in &came.baggage_tags {
        state.set_tag(key, &TagValue::from(value));
    }
    state.links.clone_from(&came.links);
}

/// After a fork the parent's span lives on in the parent alone. The child continues its trace as one that came from another process,
/// with what can be read without a lock.
fn left_behind(parent: &Cell, trace: &Trace) -> Arc<Remote> {
    let extracted = Extracted {
        trace_id: trace.id.as_u128(),
        span_id: parent.span_id,
        priority: trace.priority().map(i32::from),
        ..Extracted::default()
    };
    Arc::new(Remote { extracted })
}
