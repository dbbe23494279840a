//! What the tracer says of a span, besides the tags that others gave it.
//!
//! The first span of a chunk also carries what holds for the whole chunk, and no other does. Source: sdk.md 2.3.

use super::decision::{Decision, Maker};
use super::encode::Encoder;
use crate::sampling::{self, SingleSpan};
use crate::span::cell::Cell;
use crate::span::event;
use crate::span::pairs::Pairs;
use crate::span::state::Field;
use crate::trace::facts::Facts;

/// The mechanism of single-span sampling, as in `_dd.span_sampling.mechanism`.
const SINGLE_SPAN: f64 = 8.0;

/// Memory that is kept for the next span, in bytes.
const KEPT_BYTES: usize = 4 * 1024;

/// What only the first span of a chunk carries.
#[derive(Clone, Copy)]
pub(super) struct ChunkTags<'a> {
    pub(super) decision: &'a Decision,
    pub(super) origin: Option<&'a str>,
    pub(super) received: &'a [(String, String)],
}

/// The tracer's own tags of one span.
#[derive(Debug, Default)]
pub(super) struct OwnTags {
    pub(super) texts: Pairs,
    pub(super) numbers: Pairs,
}

impl OwnTags {
    pub(super) const EMPTY: OwnTags = OwnTags { texts: Pairs::EMPTY, numbers: Pairs::EMPTY };

    /// Bytes of all of them.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.texts.byte_len() + self.numbers.byte_len()
    }

    /// Replaces what is there by the tags of this span.
    #[inline]
    pub(super) fn collect(
        &mut self,
        encoder: &Encoder<'_>,
        cell: &Cell,
        facts: &Facts<'_>,
        first: Option<ChunkTags<'_>>,
        single: Option<SingleSpan>,
        native_events: bool,
    ) {
        self.texts.clear(KEPT_BYTES);
        self.numbers.clear(KEPT_BYTES);
        let state = facts.state;
        if !facts.is_own_service() {
            self.texts.push_text("_dd.base_service", &facts.settings.service);
        }
        match state.field(Field::ServiceSource) {
            "" => {}
            source => self.texts.push_text("_dd.svc_src", source),
        }
        if !state.events.is_empty() && !native_events {
            self.texts.push_text("events", &event::to_json(&state.events));
        }
        if facts.is_top_level(cell.is_local_root) {
            self.numbers.push_number("_dd.top_level", 1.0);
        }
        if state.measured {
            self.numbers.push_number("_dd.measured", 1.0);
        }
        if let Some(single) = single {
            self.numbers.push_number("_dd.span_sampling.mechanism", SINGLE_SPAN);
            self.numbers.push_number("_dd.span_sampling.rule_rate", single.rate);
            self.maybe("_dd.span_sampling.max_per_second", single.max_per_second);
        }
        if let Some(chunk) = first {
            self.collect_of_chunk(encoder, chunk);
        }
    }

    fn collect_of_chunk(&mut self, encoder: &Encoder<'_>, chunk: ChunkTags<'_>) {
        let high = encoder.trace_id.high();
        if high != 0 {
            self.texts.push_text("_dd.p.tid", hex(high, &mut [0; 16]));
        }
        chunk.decision.each_propagated(chunk.received, &mut |key, value| self.texts.push_text(key, value));
        if let Some(origin) = chunk.origin {
            self.texts.push_text("_dd.origin", origin);
        }
        self.texts.extend(&encoder.engine.chunk_tags);
        let Decision { rates, .. } = chunk.decision;
        self.maybe("_sampling_priority_v1", chunk.decision.priority().map(f64::from));
        self.maybe("_dd.rule_psr", rates.rule);
        self.maybe("_dd.limit_psr", rates.limit);
        self.maybe("_dd.agent_psr", rates.agent);
        self.numbers.push_number("process_id", f64::from(encoder.engine.pid));
    }

    fn maybe(&mut self, key: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.numbers.push_number(key, value);
        }
    }
}

impl Decision {
    /// The tags that go on with the trace: those that came, except where this process decided itself.
    pub(super) fn each_propagated(&self, received: &[(String, String)], visit: &mut dyn FnMut(&str, &str)) {
        let mut told_rate = false;
        for (key, value) in received.iter().filter(|(key, _)| self.maker == Maker::Received || key != "_dd.p.dm") {
            told_rate |= key == "_dd.p.ksr";
            visit(key, value);
        }
        if let Maker::Here(mechanism) = self.maker {
            visit("_dd.p.dm", mechanism);
        }
        if let Some(rate) = self.rates.kept.filter(|_| !told_rate) {
            visit("_dd.p.ksr", &sampling::format_rate(rate));
        }
    }
}

/// Sixteen hexadecimal digits.
fn hex(value: u64, digits: &mut [u8; 16]) -> &str {
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        let nibble = (value >> (4 * place)) as u8 & 0xf;
        *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    }
    std::str::from_utf8(digits).unwrap_or_default()
}
