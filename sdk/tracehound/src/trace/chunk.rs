//! The end of a chunk: what its spans are worth now that the decision stands.
//!
//! In this order, as the agent would: the filters, which make a trace count nowhere; the statistics, which count every span that is
//! left, most of them noted when they ended; the decision, which says what is sent.

use std::time::Instant;

use super::encode::{Encoder, scratch};
use super::facts::Facts;
use super::own_tags::ChunkTags;
use super::{Chunk, Inner, Trace};
use crate::engine::View;
use crate::sampling::SingleSpan;
use crate::span::SpanRef;
use crate::span::cell::Cell;
use crate::span::state::State;

/// Remembers what the filters say of a local root among spans that waited: parts of its trace may wait before it, and go first.
pub(crate) fn filter_waiting(spans: &[SpanRef]) {
    let root = spans.iter().filter_map(|span| span.cell()).find(|cell| cell.is_local_root);
    let Some((root, trace)) = root.and_then(|root| Some((root, root.trace()?))) else { return };
    let mut inner = trace.lock();
    let facts = Facts { state: &root.lock(), settings: &trace.engine.settings };
    inner.filtered = Some(trace.engine.view().filters.rejects(&facts));
}

/// Works through spans that waited until the agent's wishes were known. They are of one trace.
pub(crate) fn send_waiting(spans: Vec<SpanRef>) {
    let Some(trace) = spans.first().and_then(|span| span.cell()).and_then(|cell| cell.trace()).cloned() else { return };
    let mut inner = trace.lock();
    let len = spans.len() as u32;
    let waited = Chunk { raw: spans, uncounted: true, len, ..Chunk::pooled() };
    let running = std::mem::replace(&mut inner.chunk, waited);
    let view = trace.engine.view();
    trace.dispatch(&mut inner, &view);
    inner.chunk = running;
}

impl Trace {
    /// Sends what has ended so far. The decision is final from here on.
    pub(super) fn send(&self, inner: &mut Inner, view: &View) {
        self.settle_from_root(inner);
        if !view.known && inner.chunk.held.is_none() {
            let spans = std::mem::take(&mut inner.chunk.raw);
            if let Some(spans) = self.engine.wait(spans, inner.chunk.raw_bytes) {
                inner.chunk.raw = spans;
                self.dispatch(inner, &self.engine.view());
            }
        } else {
            self.dispatch(inner, view);
        }
        inner.chunk.clear();
    }

    /// Decides from the local root as it is; from the first span at hand if the root is gone undecided.
    pub(super) fn settle_from_root(&self, inner: &mut Inner) {
        let Inner { root, decision, chunk, .. } = inner;
        if decision.priority().is_some() {
            return;
        }
        let any = root.cell().or_else(|| chunk.held.as_ref()?.cell()).or_else(|| chunk.raw.first()?.cell());
        if let Some(cell) = any {
            self.settle(decision, &Facts { state: &cell.lock(), settings: &self.engine.settings });
        }
    }

    fn dispatch(&self, inner: &mut Inner, view: &View) {
        if self.is_filtered(inner, view) {
            return;
        }
        if !view.takes_stats {
            // The agent counts what it is sent itself.
            inner.chunk.stats.clear();
        } else if inner.chunk.uncounted {
            self.record_waiting(inner, view);
        }
        if inner.decision.keeps() || !view.drops_rejected {
            self.push(inner, view);
        } else {
            self.push_singles(inner, view);
        }
        self.engine.outlet.push_stats(&inner.chunk.stats);
    }

    /// Notes those spans for the statistics that ended before the agent wished for any and are not encoded yet.
    #[cold]
    fn record_waiting(&self, inner: &mut Inner, view: &View) {
        let (raw, held) = (std::mem::take(&mut inner.chunk.raw), inner.chunk.held.take());
        for cell in raw.iter().chain(&held).filter_map(|span| span.cell()) {
            self.record_late(inner, view, cell, &cell.lock());
        }
        (inner.chunk.raw, inner.chunk.held) = (raw, held);
    }

    /// What the filters say of the local root: as it ended, else as it is now.
    fn is_filtered(&self, inner: &Inner, view: &View) -> bool {
        if view.filters.is_empty() {
            return false;
        }
        let ended = || inner.chunk.raw.iter().find(|span| span.cell().is_some_and(|cell| cell.is_local_root));
        let root = if inner.root.is_enabled() { Some(&inner.root) } else { ended() };
        match root.and_then(|root| root.cell()) {
            Some(root) => view.filters.rejects(&Facts { state: &root.lock(), settings: &self.engine.settings }),
            None => inner.filtered.unwrap_or(false),
        }
    }

    /// Encodes all that is not encoded yet and hands the chunk over.
    fn push(&self, inner: &mut Inner, view: &View) {
        let rejected = !inner.decision.keeps();
        let mut raw = std::mem::take(&mut inner.chunk.raw);
        if inner.chunk.held.is_none() && !raw.is_empty() {
            let root = raw.iter().position(|span| span.cell().is_some_and(|cell| cell.is_local_root)).unwrap_or(0);
            inner.chunk.held = Some(raw.remove(root));
        }
        for span in &raw {
            let Some(cell) = span.cell() else { continue };
            let state = cell.lock();
            let single = if rejected { self.single(cell, &state) } else { None };
            self.encoder(view).span(&mut inner.chunk.rest, cell, &state, None, single);
        }
        raw.clear();
        inner.chunk.raw = raw;
        let Some(first) = inner.chunk.held.take() else { return };
        let Some(cell) = first.cell() else { return };
        let state = cell.lock();
        let single = if rejected { self.single(cell, &state) } else { None };
        let tags = ChunkTags { decision: &inner.decision, origin: inner.origin.as_deref(), received: &inner.received };
        scratch(|head| {
            head.array(inner.chunk.len as usize);
            self.encoder(view).span(head, cell, &state, Some(tags), single);
            self.engine.outlet.push(&[head.bytes.as_slice(), inner.chunk.rest.bytes.as_slice()], inner.chunk.len);
        });
    }

    /// Of a rejected trace that the agent does not want: those spans that rules of their own keep.
    fn push_singles(&self, inner: &mut Inner, view: &View) {
        let mut raw = std::mem::take(&mut inner.chunk.raw);
        raw.extend(inner.chunk.held.take());
        // Without rules there is nothing to lock and ask the spans for.
        let single = |span| Some((span, self.single_of(span)?));
        let kept: Vec<(&SpanRef, SingleSpan)> =
            if self.engine.span_sampler.is_empty() { Vec::new() } else { raw.iter().filter_map(single).collect() };
        self.engine.outlet.count_rejected(kept.is_empty(), inner.chunk.len - kept.len() as u32);
        if !kept.is_empty() {
            let tags =
                ChunkTags { decision: &inner.decision, origin: inner.origin.as_deref(), received: &inner.received };
            scratch(|out| {
                out.array(kept.len());
                for (index, (span, single)) in kept.iter().enumerate() {
                    let Some(cell) = span.cell() else { continue };
                    let tags = (index == 0).then_some(tags);
                    self.encoder(view).span(out, cell, &cell.lock(), tags, Some(*single));
                }
                self.engine.outlet.push(&[out.bytes.as_slice()], kept.len() as u32);
            });
        }
        drop(kept);
        raw.clear();
        inner.chunk.raw = raw;
    }

    /// What the rules for single spans say of a span of a rejected trace.
    fn single(&self, cell: &Cell, state: &State) -> Option<SingleSpan> {
        let sampler = &self.engine.span_sampler;
        let facts = Facts { state, settings: &self.engine.settings };
        if sampler.is_empty() { None } else { sampler.decide(cell.span_id, &facts, Instant::now()) }
    }

    fn single_of(&self, span: &SpanRef) -> Option<SingleSpan> {
        let cell = span.cell()?;
        self.single(cell, &cell.lock())
    }

    fn encoder<'a>(&'a self, view: &'a View) -> Encoder<'a> {
        Encoder { engine: &self.engine, view, trace_id: self.id }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::agent::Info;
    use crate::config::{Config, Sources};
    use crate::engine::{Engine, Settings};
    use crate::tracer::Tracer;

    #[test]
    fn a_span_counts_once_if_the_agent_wishes_for_statistics_when_its_trace_goes_whatever_was_known_when_it_ended() {
        let wishing = || {
            let endpoints = vec!["/v0.6/stats".to_owned()];
            Some(Info { endpoints, client_drop_p0s: true, ..Info::default() })
        };
        // What is known when the span ends, if anything, and when its trace goes.
        let cases = [
            (None, wishing(), 1),
            (Some(None), wishing(), 1),
            (Some(wishing()), wishing(), 1),
            (Some(Some(Info::default())), wishing(), 1),
            (Some(wishing()), None, 0),
        ];
        let tracer_with = |rules: &str| {
            let code = [("DD_TRACE_SAMPLE_RATE", "0"), ("DD_SPAN_SAMPLING_RULES", rules)];
            let code = code.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
            let settings = Settings::new(Arc::new(Config::load(&Sources::of_code(code))));
            Tracer::of(Engine::in_memory(Arc::new(settings), View::default()))
        };
        for (at_its_end, at_last, expected) in &cases {
            // The span is held back, gives this place to the root, or may still be kept for itself.
            for (rules, root_ends) in [("", false), ("", true), (r#"[{"name":"other"}]"#, false)] {
                let tracer = tracer_with(rules);
                let engine = tracer.engine().unwrap();
                if let Some(info) = at_its_end {
                    engine.learn(info.as_ref());
                }
                let root = tracer.span("request").root().start();
                let open = tracer.span("open").child_of(&root).start();
                tracer.span("step").child_of(&root).resource("GET /step").measured().start().finish();
                engine.learn(at_last.as_ref());
                if root_ends {
                    root.handle().finish();
                }

                let trace = open.cell().and_then(|cell| cell.trace()).unwrap();
                let mut inner = trace.lock();
                trace.settle_from_root(&mut inner);
                trace.dispatch(&mut inner, &engine.view());
                let counted = inner.chunk.stats.windows(9).filter(|bytes| bytes == b"GET /step").count();
                assert_eq!(counted, *expected, "{rules} {root_ends} {at_its_end:?} {at_last:?}");
            }
        }
    }
}
