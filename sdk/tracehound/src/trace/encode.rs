//! A finished span as agents read it: a MessagePack map of version 0.4. Source: agent-protocol 2.1.
//!
//! ```text
//! {service, name, resource, type: text, trace_id, span_id, parent_id: uint, start, duration, error: int,
//!  meta: {text: text}, metrics: {text: float}, span_links?: [...], span_events?: [...]}
//! ```
//!
//! A key stands once in `meta` and once in `metrics`: the tracer's own tags go before those of the span, and those before the tags of all
//! spans. Only where the tracer has something to say do keys have to be compared; all other tags are copied as they stand.

use std::cell::RefCell;

use super::numbers::Numbers;
use super::own_tags::{ChunkTags, OwnTags};
use crate::buffer::{Buffer, Room};
use crate::engine::{Engine, View};
use crate::id::TraceId;
use crate::msgpack::{self, Sink, packed};
use crate::sampling::SingleSpan;
use crate::span::cell::Cell;
use crate::span::event::{self, Event};
use crate::span::link::Link;
use crate::span::marks::CommonTags;
use crate::span::pairs::{Pair, Pairs};
use crate::span::state::{Field, State};
use crate::trace::facts::Facts;

/// Encoded spans, and memory to work in.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    pub(super) bytes: Buffer,
    own: OwnTags,
}

impl Encoded {
    const EMPTY: Encoded = Encoded { bytes: Buffer::new(), own: OwnTags::EMPTY };

    /// Bytes of memory that it holds.
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) fn array(&mut self, len: usize) {
        self.bytes.append(5, |mut room| {
            msgpack::array(&mut room, len);
            room
        });
    }
}

/// Lends memory of this thread.
pub(super) fn scratch(fill: impl FnOnce(&mut Encoded)) {
    thread_local! {
        static SCRATCH: RefCell<Encoded> = const { RefCell::new(Encoded::EMPTY) };
    }
    let mut fill = Some(fill);
    // Where it stands: to take it out and put it back would wait for all that was just written.
    let _ = SCRATCH.try_with(|scratch| {
        if let (Ok(mut encoded), Some(fill)) = (scratch.try_borrow_mut(), fill.take()) {
            fill(&mut encoded);
            // Room for a span with long tags; more is given back.
            encoded.bytes.clear(16 * 1024);
        }
    });
    // A thread that is being torn down has none any more.
    if let Some(fill) = fill {
        fill(&mut Encoded::default());
    }
}

/// Where spans of one trace are encoded.
#[derive(Clone, Copy)]
pub(super) struct Encoder<'a> {
    pub(super) engine: &'a Engine,
    pub(super) view: &'a View,
    pub(super) trace_id: TraceId,
}

impl Encoder<'_> {
    /// Appends one span.
    pub(super) fn span(
        &self,
        out: &mut Encoded,
        cell: &Cell,
        state: &State,
        first: Option<ChunkTags<'_>>,
        single: Option<SingleSpan>,
    ) {
        let facts = Facts { state, settings: &self.engine.settings };
        let native_events = !state.events.is_empty() && self.engine.settings.sends_native_events(self.view);
        let Encoded { bytes, own } = out;
        own.collect(self, cell, &facts, first, single, native_events);
        let expected = state.encoded_bytes() + own.len() + self.engine.settings.tag_bytes;
        bytes.append(expected, |room| self.write(room, cell, &facts, own, native_events));
    }

    /// The whole span. A room goes in and comes out by value here and below: so it is in registers between the many small pieces.
    #[inline]
    fn write<'a>(
        &self,
        mut out: Room<'a>,
        cell: &Cell,
        facts: &Facts<'_>,
        own: &OwnTags,
        native_events: bool,
    ) -> Room<'a> {
        let (state, settings) = (facts.state, facts.settings);
        let links = !state.links.is_empty();
        msgpack::map(&mut out, 12 + usize::from(links) + usize::from(native_events));
        out = self.fields(out, cell, facts);
        out.put_array(packed!("meta"));
        let common = if facts.is_own_service() { &settings.own_tags } else { &settings.common_tags };
        out = map(out, &own.texts, state.texts(), common, state);
        out.put_array(packed!("metrics"));
        out = map(out, &own.numbers, state.numbers(), &CommonTags::NONE, state);
        if links {
            out = with_links(out, &state.links);
        }
        if native_events {
            out = with_events(out, &state.events);
        }
        out
    }

    /// What every span has.
    #[inline]
    fn fields<'a>(&self, mut out: Room<'a>, cell: &Cell, facts: &Facts<'_>) -> Room<'a> {
        let state = facts.state;
        match state.field(Field::Service) {
            "" => out.put_buffer(facts.settings.service_field.buffer()),
            service => {
                out.put_array(packed!("service"));
                msgpack::str(&mut out, service);
            }
        }
        out.put_array(packed!("name"));
        msgpack::str(&mut out, state.field(Field::Name));
        out.put_array(packed!("resource"));
        msgpack::str(&mut out, state.resource());
        out.put_array(packed!("type"));
        msgpack::str(&mut out, state.field(Field::Type));
        let numbers = Numbers {
            trace_id: self.trace_id.low(),
            span_id: cell.span_id,
            parent_id: cell.parent_id,
            start_ns: cell.start_ns,
            duration_ns: state.duration_ns,
            error: state.error,
        };
        if let Some(place) = out.skip() {
            numbers.write(place);
        }
        out
    }
}

/// A map of several lists. Of pairs with the same key, only that of the first list goes in. What is common to all spans also gives way
/// to what this span has in its other map.
#[inline(always)]
fn map<'a>(mut out: Room<'a>, own: &Pairs, span: &Pairs, common: &CommonTags, state: &State) -> Room<'a> {
    if own.len() > 0 || state.may_have_any_of(common.marks) {
        return merged_map(out, own, span, &common.pairs, state);
    }
    msgpack::map(&mut out, usize::from(span.len()) + usize::from(common.pairs.len()));
    out.put_buffer(span.buffer());
    if common.pairs.len() > 0 {
        out.put_buffer(common.pairs.buffer());
    }
    out
}

/// Apart, since in most maps no two keys are the same, nor look like it.
#[inline(never)]
fn merged_map<'a>(mut out: Room<'a>, own: &Pairs, span: &Pairs, common: &Pairs, state: &State) -> Room<'a> {
    out.put_array([msgpack::MAP16]);
    let place = out.skip();
    out.put_buffer(own.buffer());
    let from_span = if own.len() == 0 {
        out.put_buffer(span.buffer());
        span.len()
    } else {
        add_if(&mut out, span, |pair| !is_own(own, pair))
    };
    let from_common = add_if(&mut out, common, |pair| !is_own(own, pair) && !state.has_key_of(pair));
    if let Some(place) = place {
        *place = (own.len() + from_span + from_common).to_be_bytes();
    }
    out
}

/// Adds those pairs that should be, and says how many they are.
fn add_if(out: &mut Room<'_>, pairs: &Pairs, should: impl Fn(&Pair<'_>) -> bool) -> u16 {
    let mut len = 0;
    for pair in pairs.iter().filter(should) {
        out.put(pair.bytes());
        len += 1;
    }
    len
}

/// Whether the tracer sets this tag itself, on this span. Most keys can be told from the tracer's without a look at those.
fn is_own(own: &Pairs, pair: &Pair<'_>) -> bool {
    matches!(pair.key, [b'_', ..] | b"language" | b"runtime-id" | b"process_id" | b"events") && own.has_key_of(pair)
}

#[cold]
fn with_events<'a>(mut room: Room<'a>, events: &[Event]) -> Room<'a> {
    msgpack::str(&mut room, "span_events");
    event::encode(&mut room, events);
    room
}

#[cold]
fn with_links<'a>(mut room: Room<'a>, links: &[Link]) -> Room<'a> {
    let out = &mut room;
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
    room
}

fn text(out: &mut Room<'_>, key: &str, value: &str) {
    msgpack::str(out, key);
    msgpack::str(out, value);
}

fn number(out: &mut Room<'_>, key: &str, value: u64) {
    msgpack::str(out, key);
    msgpack::uint(out, value);
}
