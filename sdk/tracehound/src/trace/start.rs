//! Beginning spans: a child in its parent's trace, or a local root in a trace of its own.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Trace;
use super::decision::clamp_priority;
use crate::clock::Anchor;
use crate::context::{Remote, Source, SpanContext};
use crate::engine::Settings;
use crate::id::{self, TraceId};
use crate::propagation::Extracted;
use crate::span::SpanRef;
use crate::span::cell::{self, Birth, Cell};
use crate::span::state::{Field, State};
use crate::span::well_known;
use crate::tag::TagValue;
use crate::tracer::Tracer;

/// What a span begins with. It is filled in before anybody else can see the span, so nothing of it needs a lock.
#[derive(Default)]
pub(crate) struct Beginning<'a> {
    pub(crate) name: &'a str,
    /// Now, if there is none.
    pub(crate) start_ns: Option<u64>,
    /// With who chose it.
    pub(crate) service: Option<(&'a str, &'a str)>,
    pub(crate) resource: Option<&'a str>,
    pub(crate) span_type: Option<&'a str>,
    pub(crate) measured: bool,
    pub(crate) tags: [&'a [(&'a str, TagValue<'a>)]; 2],
}

impl Beginning<'_> {
    /// Fills in the state of the new span. `true`: there are tags that are more than tags, for [`apply_known`](Self::apply_known).
    #[inline(always)]
    fn fill(&self, state: &mut State, settings: &Settings) -> bool {
        if let Some((service, source)) = self.service {
            state.set_field(Field::Service, settings.mapped_service(service));
            state.set_field(Field::ServiceSource, source);
        }
        if let Some(resource) = self.resource {
            state.set_field(Field::Resource, resource);
        }
        if let Some(span_type) = self.span_type {
            state.set_field(Field::Type, span_type);
        }
        state.measured = self.measured;
        let mut any_known = false;
        for tags in self.tags {
            any_known |= well_known::set_others(state, tags);
        }
        any_known
    }

    #[cold]
    fn apply_known(&self, span: &SpanRef) {
        for (key, value) in self.tags.into_iter().flatten() {
            well_known::apply(span, key, value);
        }
    }
}

/// Begins a span below `parent`, or as a local root of `tracer`.
#[inline]
pub(crate) fn start(beginning: &Beginning<'_>, parent: Option<&SpanRef>, tracer: &Tracer) -> SpanRef {
    match parent.and_then(|parent| Some((parent.cell()?, parent.cell()?.trace()?))) {
        Some((parent, trace)) if trace.is_of_this_process() => child(beginning, parent, trace),
        Some((parent, trace)) => root(beginning, tracer, Some(&left_behind(parent, trace))),
        None => root(beginning, tracer, None),
    }
}

/// Begins a span below a context.
pub(crate) fn start_from(beginning: &Beginning<'_>, context: &SpanContext, tracer: &Tracer) -> SpanRef {
    match context.source() {
        Source::None => root(beginning, tracer, None),
        Source::Local(parent) => start(beginning, Some(parent), tracer),
        Source::Remote(remote) => root(beginning, tracer, Some(remote)),
    }
}

#[inline]
fn child(beginning: &Beginning<'_>, parent: &Arc<Cell>, trace: &Arc<Trace>) -> SpanRef {
    trace.begun.fetch_add(1, Ordering::Relaxed);
    let birth = Birth {
        span_id: id::new_span_id(),
        parent_id: parent.span_id,
        is_local_root: false,
        start_ns: beginning.start_ns.unwrap_or_else(|| trace.anchor.now_ns()),
        trace: Arc::clone(trace),
    };
    let mut any_known = false;
    let has_heritage = parent.has_heritage.load(Ordering::Acquire);
    let cell = cell::take(birth, |state| {
        state.set_field(Field::Name, beginning.name);
        if has_heritage {
            inherit(state, &parent.lock());
        }
        any_known = beginning.fill(state, &trace.engine.settings);
    });
    let Some(cell) = cell else { return SpanRef::disabled() };
    if has_heritage || beginning.service.is_some() {
        cell.bequeath();
    }
    let span = SpanRef::from_cell(cell);
    if any_known {
        beginning.apply_known(&span);
    }
    span
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

fn root(beginning: &Beginning<'_>, tracer: &Tracer, remote: Option<&Arc<Remote>>) -> SpanRef {
    let Some(engine) = tracer.engine() else { return SpanRef::disabled() };
    let anchor = Anchor::now();
    let start_ns = beginning.start_ns.unwrap_or(anchor.wall_ns());
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
    let mut any_known = false;
    let cell = cell::take(birth, |state| {
        state.set_field(Field::Name, beginning.name);
        if let Some(came) = came {
            receive(state, came);
        }
        any_known = beginning.fill(state, &engine.settings);
    });
    let Some(cell) = cell else { return SpanRef::disabled() };
    if beginning.service.is_some() || came.is_some_and(|came| !came.baggage.is_empty()) {
        cell.bequeath();
    }
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
    if any_known {
        beginning.apply_known(&span);
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
