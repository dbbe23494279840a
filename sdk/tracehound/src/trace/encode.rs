//! A finished span as agents read it: a MessagePack map of version 0.4. Source: agent-protocol 2.1.
//!
//! ```text
//! {service, name, resource, type: text, trace_id, span_id, parent_id: uint, start, duration, error: int,
//!  meta: {text: text}, metrics: {text: float}, span_links?: [...], span_events?: [...]}
//! ```
//!
//! The first span of a chunk also carries what holds for the whole chunk, and no other does.

use super::decision::{Decision, Maker};
use super::numbers::Numbers;
use crate::engine::{Engine, View};
use crate::id::TraceId;
use crate::msgpack::{self, packed};
use crate::sampling::{self, SingleSpan};
use crate::span::cell::Cell;
use crate::span::event;
use crate::span::link::Link;
use crate::span::state::{Field, State, ValueRef};
use crate::trace::facts::Facts;

/// The mechanism of single-span sampling, as in `_dd.span_sampling.mechanism`.
const SINGLE_SPAN: f64 = 8.0;

/// Where spans of one trace are encoded.
#[derive(Clone, Copy)]
pub(super) struct Encoder<'a> {
    pub(super) engine: &'a Engine,
    pub(super) view: &'a View,
    pub(super) trace_id: TraceId,
}

/// What only the first span of a chunk carries.
#[derive(Clone, Copy)]
pub(super) struct ChunkTags<'a> {
    pub(super) decision: &'a Decision,
    pub(super) origin: Option<&'a str>,
    pub(super) received: &'a [(String, String)],
}

impl Encoder<'_> {
    /// Appends one span.
    pub(super) fn span(
        &self,
        out: &mut Vec<u8>,
        cell: &Cell,
        state: &State,
        first: Option<ChunkTags<'_>>,
        single: Option<SingleSpan>,
    ) {
        let facts = Facts { state, settings: &self.engine.settings };
        let native_events = !state.events.is_empty() && self.engine.settings.sends_native_events(self.view);
        let links = usize::from(!state.links.is_empty());
        msgpack::map(out, 12 + links + usize::from(native_events));
        out.extend_from_slice(&packed!("service"));
        msgpack::str(out, facts.service_name());
        out.extend_from_slice(&packed!("name"));
        msgpack::str(out, state.field(Field::Name));
        out.extend_from_slice(&packed!("resource"));
        msgpack::str(out, state.resource());
        out.extend_from_slice(&packed!("type"));
        msgpack::str(out, state.field(Field::Type));
        let numbers = Numbers {
            trace_id: self.trace_id.low(),
            span_id: cell.span_id,
            parent_id: cell.parent_id,
            start_ns: cell.start_ns,
            duration_ns: state.duration_ns,
            error: state.error,
        };
        numbers.write(out);
        self.meta(out, &facts, first, native_events);
        self.metrics(out, cell, &facts, first, single);
        if links > 0 {
            encode_links(out, &state.links);
        }
        if native_events {
            msgpack::str(out, "span_events");
            event::encode(out, &state.events);
        }
    }

    fn meta(&self, out: &mut Vec<u8>, facts: &Facts<'_>, first: Option<ChunkTags<'_>>, native_events: bool) {
        let (state, settings) = (facts.state, facts.settings);
        out.extend_from_slice(&packed!("meta"));
        let mut map = Map::open(out);
        for (key, value) in state.tags() {
            if let ValueRef::Text(value) = value {
                map.text(key, value);
            }
        }
        for (key, value) in &settings.common_tags {
            if state.tag(key).is_none() {
                map.text(key, value);
            }
        }
        if facts.is_own_service() {
            if !settings.version.is_empty() && state.tag("version").is_none() {
                map.text("version", &settings.version);
            }
        } else {
            map.text("_dd.base_service", &settings.service);
        }
        match state.field(Field::ServiceSource) {
            "" => {}
            source => map.text("_dd.svc_src", source),
        }
        if !state.events.is_empty() && !native_events {
            map.text("events", &event::to_json(&state.events));
        }
        if let Some(chunk) = first {
            self.chunk_meta(&mut map, chunk);
        }
        map.close();
    }

    fn chunk_meta(&self, map: &mut Map<'_>, chunk: ChunkTags<'_>) {
        if self.trace_id.high() != 0 {
            map.text("_dd.p.tid", hex(self.trace_id.high(), &mut [0; 16]));
        }
        chunk.decision.each_propagated(chunk.received, |key, value| map.text(key, value));
        if let Some(origin) = chunk.origin {
            map.text("_dd.origin", origin);
        }
        for (key, value) in &self.engine.chunk_tags {
            map.text(key, value);
        }
    }

    fn metrics(
        &self,
        out: &mut Vec<u8>,
        cell: &Cell,
        facts: &Facts<'_>,
        first: Option<ChunkTags<'_>>,
        single: Option<SingleSpan>,
    ) {
        out.extend_from_slice(&packed!("metrics"));
        let mut map = Map::open(out);
        for (key, value) in facts.state.tags() {
            if let ValueRef::Number(value) = value {
                map.number(key, value);
            }
        }
        if facts.is_top_level(cell.is_local_root) {
            map.number("_dd.top_level", 1.0);
        }
        if facts.state.measured {
            map.number("_dd.measured", 1.0);
        }
        if let Some(single) = single {
            map.number("_dd.span_sampling.mechanism", SINGLE_SPAN);
            map.number("_dd.span_sampling.rule_rate", single.rate);
            map.maybe("_dd.span_sampling.max_per_second", single.max_per_second);
        }
        if let Some(ChunkTags { decision, .. }) = first {
            map.maybe("_sampling_priority_v1", decision.priority().map(f64::from));
            map.maybe("_dd.rule_psr", decision.rates.rule);
            map.maybe("_dd.limit_psr", decision.rates.limit);
            map.maybe("_dd.agent_psr", decision.rates.agent);
            map.number("process_id", f64::from(self.engine.pid));
        }
        map.close();
    }
}

impl Decision {
    /// The tags that go on with the trace: those that came, except where this process decided itself.
    pub(super) fn each_propagated(&self, received: &[(String, String)], mut visit: impl FnMut(&str, &str)) {
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

fn encode_links(out: &mut Vec<u8>, links: &[Link]) {
    msgpack::str(out, "span_links");
    msgpack::array(out, links.len());
    for link in links {
        let optional = [!link.attributes.is_empty(), !link.tracestate.is_empty(), link.flags != 0];
        msgpack::map(out, 3 + optional.iter().filter(|&&present| present).count());
        number(out, "trace_id", link.trace_id as u64);
        number(out, "trace_id_high", (link.trace_id >> 64) as u64);
        number(out, "span_id", link.span_id);
        if !link.attributes.is_empty() {
            msgpack::str(out, "attributes");
            msgpack::map(out, link.attributes.len());
            for (key, value) in &link.attributes {
                text(out, key, value);
            }
        }
        if !link.tracestate.is_empty() {
            text(out, "tracestate", &link.tracestate);
        }
        if link.flags != 0 {
            number(out, "flags", u64::from(link.flags));
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

#[inline]
fn text(out: &mut Vec<u8>, key: &str, value: &str) {
    msgpack::str(out, key);
    msgpack::str(out, value);
}

#[inline]
fn number(out: &mut Vec<u8>, key: &str, value: u64) {
    msgpack::str(out, key);
    msgpack::uint(out, value);
}

/// A map whose length is known at its end.
struct Map<'a> {
    out: &'a mut Vec<u8>,
    length_at: usize,
    len: u16,
}

impl<'a> Map<'a> {
    #[inline]
    fn open(out: &'a mut Vec<u8>) -> Map<'a> {
        let length_at = msgpack::open_map(out);
        Map { out, length_at, len: 0 }
    }

    /// More than 65,535 tags on one span do not fit into the header; the rest is left out.
    #[inline]
    fn has_room(&mut self) -> bool {
        let room = self.len < u16::MAX;
        self.len += u16::from(room);
        room
    }

    #[inline]
    fn text(&mut self, key: &str, value: &str) {
        if self.has_room() {
            text(self.out, key, value);
        }
    }

    #[inline]
    fn number(&mut self, key: &str, value: f64) {
        if self.has_room() {
            msgpack::str(self.out, key);
            msgpack::f64(self.out, value);
        }
    }

    fn maybe(&mut self, key: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.number(key, value);
        }
    }

    #[inline]
    fn close(self) {
        msgpack::patch_u16(self.out, self.length_at, self.len);
    }
}
