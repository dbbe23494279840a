//! The body as decoded so far: what every format fills, one chunk at a time.

use tracehound_model::{Chunk, Extras, Span, Symbol, Symbols};

use crate::budget::{Room, TooLarge};
use crate::error::DecodeError;
use crate::guesses::Guesses;
use crate::place::Place;
use crate::tags;
use crate::text::Text;
use crate::{Decoded, Sink};

/// The tags that hold links and events as JSON. They are the first strings of every table, so that a tag is known to be
/// one by its symbol.
pub(crate) const LINKS_TAG: &str = "_dd.span_links";
pub(crate) const EVENTS_TAG: &str = "events";
pub(crate) const LINKS_KEY: Symbol = Symbol(1);
pub(crate) const EVENTS_KEY: Symbol = Symbol(2);

/// How many tags of one span are taken between two looks at the budget: 16 KiB of them.
const TAGS_BETWEEN_CHECKS: usize = 1024;

/// A body being decoded.
pub(crate) struct Payload<'body, 'sink> {
    pub(crate) symbols: Symbols<'body>,
    pub(crate) chunk: Chunk,
    /// Links, events and binary values of the span that is being read.
    pub(crate) extras: Extras,
    pub(crate) guesses: Guesses,
    sink: &'sink mut dyn Sink,
    decoded: Decoded,
    place: Place<'body>,
    limit_bytes: usize,
    /// Memory that the sink holds, in bytes.
    held_bytes: usize,
    /// Memory of what a format keeps for the whole body, in bytes.
    kept_bytes: usize,
    /// Memory of the extras that the span has so far, in bytes.
    growing_bytes: usize,
    /// JSON in tags that was read, in bytes. One string of v0.5 can be the tag of a million spans.
    json_bytes: usize,
    links_tag: Option<Symbol>,
    events_tag: Option<Symbol>,
}

impl<'body, 'sink> Payload<'body, 'sink> {
    pub(crate) fn new(limit_bytes: usize, sink: &'sink mut dyn Sink) -> Self {
        let mut symbols = Symbols::default();
        let (links, events) = (symbols.intern(LINKS_TAG.into()), symbols.intern(EVENTS_TAG.into()));
        debug_assert_eq!((links, events), (LINKS_KEY, EVENTS_KEY));
        Payload {
            symbols,
            chunk: Chunk::default(),
            extras: Extras::default(),
            guesses: Guesses::default(),
            sink,
            decoded: Decoded::default(),
            place: Place::default(),
            limit_bytes,
            held_bytes: 0,
            kept_bytes: 0,
            growing_bytes: 0,
            json_bytes: 0,
            links_tag: None,
            events_tag: None,
        }
    }

    /// What was decoded, once all is.
    pub(crate) fn decoded(&self) -> Decoded {
        self.decoded
    }

    /// Goes on to the next chunk.
    pub(crate) fn begin_chunk(&mut self) {
        self.place = Place { chunk: Some(self.decoded.chunks), ..Place::default() };
    }

    /// Hands the chunk to the sink.
    pub(crate) fn end_chunk(&mut self) -> Result<(), TooLarge> {
        self.decoded.chunks += 1;
        self.held_bytes = self.sink.chunk(&self.symbols, &self.chunk);
        self.chunk.clear();
        self.check()
    }

    /// Goes on to the next span of the chunk.
    #[inline]
    pub(crate) fn begin_span(&mut self) -> Span {
        self.place.span = Some(self.place.span.map_or(0, |span| span + 1));
        self.place.field = None;
        let (meta, metrics) = (self.chunk.meta.len() as u32, self.chunk.metrics.len() as u32);
        Span { meta: meta..meta, metrics: metrics..metrics, ..Span::default() }
    }

    /// The span that was begun was nil.
    pub(crate) fn skip_span(&mut self) {
        self.decoded.nil_spans += 1;
    }

    /// Adds the span to the chunk.
    #[inline]
    pub(crate) fn end_span(&mut self, mut span: Span) -> Result<(), TooLarge> {
        // Fewer than 2^32: at most 75 MiB of them are in memory.
        span.meta.end = self.chunk.meta.len() as u32;
        span.metrics.end = self.chunk.metrics.len() as u32;
        self.read_tags()?;
        if !self.extras.is_empty() {
            let extras = Box::new(std::mem::take(&mut self.extras));
            self.chunk.extras_bytes += extras.bytes();
            span.extras = Some(extras);
        }
        self.growing_bytes = 0;
        self.chunk.spans.push(span);
        self.decoded.spans += 1;
        self.check()
    }

    /// Names the field that is read next.
    #[inline]
    pub(crate) fn enter(&mut self, field: Text<'body>) {
        self.place.field = Some(field);
    }

    /// Forgets the string tags that the span has so far.
    #[inline]
    pub(crate) fn clear_meta(&mut self, span: &Span) {
        self.chunk.meta.truncate(span.meta.start as usize);
        (self.links_tag, self.events_tag) = (None, None);
    }

    /// Forgets the numeric tags that the span has so far.
    #[inline]
    pub(crate) fn clear_metrics(&mut self, span: &Span) {
        self.chunk.metrics.truncate(span.metrics.start as usize);
    }

    /// Gives the span a string tag.
    #[inline]
    pub(crate) fn tag(&mut self, key: Symbol, value: Symbol) -> Result<(), TooLarge> {
        match key {
            LINKS_KEY => self.links_tag = Some(value),
            EVENTS_KEY => self.events_tag = Some(value),
            _ => {}
        }
        self.chunk.meta.push((key, value));
        self.check_now_and_then(self.chunk.meta.len())
    }

    /// Gives the span a numeric tag.
    #[inline]
    pub(crate) fn metric(&mut self, key: Symbol, value: f64) -> Result<(), TooLarge> {
        self.chunk.metrics.push((key, value));
        self.check_now_and_then(self.chunk.metrics.len())
    }

    /// Counts what a format keeps until the body ends.
    pub(crate) fn keep(&mut self, bytes: usize) -> Result<(), TooLarge> {
        self.kept_bytes += bytes;
        self.check()
    }

    /// The limit that [`TooLarge`] speaks of, in bytes.
    pub(crate) fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    /// Room for what is not in the chunk yet; [`grown`](Self::grown) gives it back to be counted.
    pub(crate) fn room(&self) -> Room {
        Room::new(self.limit_bytes, self.used_bytes())
    }

    /// Counts what was taken of a room until the span ends.
    pub(crate) fn grown(&mut self, room: &Room) {
        self.growing_bytes += room.taken();
    }

    #[inline]
    fn check_now_and_then(&self, tags: usize) -> Result<(), TooLarge> {
        if tags.is_multiple_of(TAGS_BETWEEN_CHECKS) { self.check() } else { Ok(()) }
    }

    #[inline]
    fn check(&self) -> Result<(), TooLarge> {
        if self.used_bytes() > self.limit_bytes { Err(TooLarge { limit_bytes: self.limit_bytes }) } else { Ok(()) }
    }

    #[inline]
    fn used_bytes(&self) -> usize {
        self.symbols.bytes() + self.chunk.bytes() + self.held_bytes + self.kept_bytes + self.growing_bytes
    }

    /// Reads links and events from tags, where the fields for them were not sent. The tags stay.
    fn read_tags(&mut self) -> Result<(), TooLarge> {
        let (links_tag, events_tag) = (self.links_tag.take(), self.events_tag.take());
        if let Some(tag) = links_tag.filter(|_| self.extras.links.is_empty()) {
            self.extras.links = self.read_tag(tag, tags::links)?;
        }
        if let Some(tag) = events_tag.filter(|_| self.extras.events.is_empty()) {
            self.extras.events = self.read_tag(tag, tags::events)?;
        }
        Ok(())
    }

    fn read_tag<T: Default>(
        &mut self,
        tag: Symbol,
        read: impl FnOnce(&str, &mut Room) -> Result<Option<T>, TooLarge>,
    ) -> Result<T, TooLarge> {
        let mut room = self.room();
        let text = self.symbols.get(tag);
        self.json_bytes += text.len();
        if self.json_bytes > self.limit_bytes {
            return Err(TooLarge { limit_bytes: self.limit_bytes });
        }
        let extras = read(text, &mut room)?;
        self.grown(&room);
        if extras.is_none() {
            self.chunk.unparsed_extras += 1;
        }
        Ok(extras.unwrap_or_default())
    }

    /// Says in which field an error was met.
    pub(crate) fn locate(&self, error: Box<DecodeError>) -> DecodeError {
        *error.in_field(self.place.to_string())
    }
}
