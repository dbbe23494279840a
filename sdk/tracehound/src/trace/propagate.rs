//! Telling another process of a trace.

use std::sync::Arc;

use super::facts::Facts;
use super::{Inner, Trace};
use crate::carrier::Inject;
use crate::context::{self, Source, SpanContext};
use crate::propagation::{self, Extracted, LastParent, Outgoing, org_guard, ot};
use crate::sampling;
use crate::span::SpanRef;
use crate::span::cell::Cell;
use crate::tag::TagValue;

/// Writes a span's context into a carrier. The first injection decides the trace: what others were told must hold.
pub(crate) fn inject(cell: &Arc<Cell>, carrier: &mut dyn Inject) {
    let Some(trace) = cell.trace().filter(|trace| trace.is_of_this_process()) else { return };
    let options = &trace.engine.settings.propagation;
    let outcome =
        trace.with_outgoing(cell, LastParent::ThisSpan, |outgoing| propagation::inject(options, outgoing, carrier));
    if let Err(error) = outcome {
        let root = trace.local_root();
        let span = if root.is_enabled() { root } else { SpanRef::from_cell(Arc::clone(cell)) };
        span.set_tag("_dd.propagation_error", TagValue::from(error));
    }
}

/// Passes on what came from another process, as it came.
pub(crate) fn inject_remote(came: &Extracted, carrier: &mut dyn Inject) {
    let tracer = context::default_tracer();
    let Some(engine) = tracer.engine() else { return };
    let mut tags = came.tags.clone();
    if let Some(ours) = engine.org_marker() {
        org_guard::mark(&mut tags, ours);
    }
    // What does not fit is left out; there is no span here that could tell it.
    let outgoing = Outgoing { tags: &tags, ..came.as_outgoing() };
    let _ = propagation::inject(&engine.settings.propagation, &outgoing, carrier);
}

/// The `tracestate` that a link to this context carries.
pub(crate) fn tracestate_of(context: &SpanContext) -> String {
    match context.source() {
        Source::None => String::new(),
        Source::Remote(remote) => remote.extracted.as_outgoing().to_tracestate(),
        Source::Local(span) => {
            let Some(cell) = span.cell() else { return String::new() };
            let Some(trace) = cell.trace().filter(|trace| trace.is_of_this_process()) else { return String::new() };
            if trace.priority().is_none() {
                return String::new();
            }
            trace.with_outgoing(cell, LastParent::Received(None), |outgoing| outgoing.to_tracestate())
        }
    }
}

impl Trace {
    /// What is told of the span `cell`; the decision is settled first.
    fn with_outgoing<T>(
        &self,
        cell: &Arc<Cell>,
        last_parent: LastParent<'_>,
        tell: impl FnOnce(&Outgoing<'_>) -> T,
    ) -> T {
        let mut inner = self.lock();
        self.settle_from_root(&mut inner);
        if inner.decision.priority().is_none() {
            let facts = cell.lock();
            self.settle(&mut inner.decision, &Facts { state: &facts, settings: &self.engine.settings });
        }
        let mut tags = Vec::new();
        inner
            .decision
            .each_propagated(&inner.received, &mut |key, value| tags.push((key.to_owned(), value.to_owned())));
        if let Some(ours) = self.engine.org_marker() {
            org_guard::mark(&mut tags, ours);
        }
        let (origin, tracestate) = (inner.origin.clone(), self.tracestate_of_others(&inner));
        let priority = inner.decision.priority().map(i32::from);
        drop(inner);
        let baggage = cell.lock().baggage.clone();
        tell(&Outgoing {
            trace_id: self.id.as_u128(),
            span_id: cell.span_id,
            priority,
            origin: origin.as_deref(),
            tags: &tags,
            tracestate: &tracestate,
            last_parent,
            baggage: &baggage,
        })
    }

    /// The members that are not ours, with what OpenTelemetry's tracers want to know of a decision.
    fn tracestate_of_others(&self, inner: &Inner) -> String {
        let (received, decision) = (&inner.tracestate, &inner.decision);
        if decision.is_manual() {
            return ot::without_threshold(received);
        }
        let told = decision.rates.kept.and_then(|rate| {
            let fields = sampling::probability_fields(self.id.as_u128(), rate, decision.keeps())?;
            Some(ot::with_decision(received, &fields))
        });
        told.unwrap_or_else(|| received.clone())
    }
}
