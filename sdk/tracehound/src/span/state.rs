//! What a span knows about itself, in memory that the next span uses again.
//!
//! All text of a span, from its name to the values of its tags, stands in one buffer; everything else points into it. So a tag costs a
//! copy and no allocation, however its text came, and a cell that is used again has room already.

use crate::propagation::Baggage;
use crate::span::event::{Event, MAX_EVENTS};
use crate::span::link::{Link, MAX_LINKS};
use crate::tag::TagValue;

/// Characters of a tag's value that agents keep. Source: agent-protocol 3.5. What is longer is cut here, so that one tag cannot push a
/// whole trace over the size of a payload.
const MAX_VALUE_CHARS: usize = 25_000;

/// Tags that one span holds; further keys are left out. A key is looked up by going through them all: with this many that still takes
/// microseconds.
const MAX_TAGS: usize = 4_096;

/// Bytes that one span holds as text, and again as links and events; what goes beyond is left out. The largest batch of the sender: a
/// larger span would keep the rest of its trace from being sent.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Overwritten text is squeezed out once it takes this many bytes, and more than what is live.
const WASTE_BYTES: usize = 4 * 1024;

/// Where a piece of text stands in the buffer. A length of 0 is no text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    start: u32,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Text(Slot),
    Number(f64),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag {
    key: Slot,
    value: Value,
}

/// A value of a tag as others read it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ValueRef<'a> {
    Text(&'a str),
    Number(f64),
}

/// One of the texts that every span has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    Name,
    Resource,
    Service,
    /// The service that was inherited at the start.
    Inherited,
    Type,
    /// Who chose the service: `m` for the application, else an integration's name.
    ServiceSource,
}

const FIELDS: usize = 6;

#[derive(Debug, Default)]
pub(crate) struct State {
    text: String,
    fields: [Slot; FIELDS],
    tags: Vec<Tag>,
    /// Bytes of `text` that nothing points at any more.
    waste: usize,
    pub(crate) finished: bool,
    pub(crate) duration_ns: u64,
    pub(crate) error: bool,
    pub(crate) measured: bool,
    pub(crate) links: Vec<Link>,
    pub(crate) events: Vec<Event>,
    /// Bytes of `links` and `events`.
    attached: usize,
    pub(crate) baggage: Baggage,
}

impl State {
    /// Empties the state, keeping the memory of ordinary spans and giving back that of huge ones.
    pub(crate) fn recycle(&mut self) {
        // Field by field: a new state would be made and the old one taken apart, for fields that are mostly empty already.
        let State {
            text,
            fields,
            tags,
            waste,
            finished,
            duration_ns,
            error,
            measured,
            links,
            events,
            attached,
            baggage,
        } = self;
        text.clear();
        text.shrink_to(WASTE_BYTES);
        *fields = [Slot::default(); FIELDS];
        tags.clear();
        tags.shrink_to(64);
        (*waste, *duration_ns, *attached) = (0, 0, 0);
        (*finished, *error, *measured) = (false, false, false);
        *links = Vec::new();
        *events = Vec::new();
        *baggage = Baggage::new();
    }

    /// Bytes of memory in use, about.
    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        size_of::<State>() + self.text.capacity() + self.tags.capacity() * size_of::<Tag>()
    }

    /// Bytes that it takes when it is sent, about.
    #[inline]
    pub(crate) fn encoded_bytes(&self) -> usize {
        // Names of fields, ids and times take some 150 bytes, and a number 9.
        150 + self.text.len() + 9 * self.tags.len() + self.attached
    }

    #[inline]
    pub(crate) fn get(&self, slot: Slot) -> &str {
        let start = slot.start as usize;
        self.text.get(start..start + slot.len as usize).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn field(&self, field: Field) -> &str {
        self.get(self.fields[field as usize])
    }

    #[inline]
    pub(crate) fn set_field(&mut self, field: Field, text: &str) {
        let old = self.fields[field as usize];
        self.fields[field as usize] = self.put(old, cut(text));
        self.tidy();
    }

    /// The resource, which is the name as long as nobody said otherwise.
    pub(crate) fn resource(&self) -> &str {
        match self.field(Field::Resource) {
            "" => self.field(Field::Name),
            resource => resource,
        }
    }

    pub(crate) fn tags(&self) -> impl Iterator<Item = (&str, ValueRef<'_>)> {
        self.tags.iter().map(|tag| (self.get(tag.key), self.value(tag.value)))
    }

    pub(crate) fn tag(&self, key: &str) -> Option<ValueRef<'_>> {
        self.position(key).and_then(|at| self.tags.get(at)).map(|tag| self.value(tag.value))
    }

    /// Sets a tag: a key holds one value, text or number, and the last one set wins.
    #[inline]
    pub(crate) fn set_tag(&mut self, key: &str, value: &TagValue<'_>) {
        let key = cut(key);
        let position = self.position(key);
        if position.is_none() && (self.tags.len() >= MAX_TAGS || self.text.len() + key.len() > MAX_BYTES) {
            return;
        }
        let old = match position.and_then(|at| self.tags.get(at)) {
            Some(Tag { value: Value::Text(slot), .. }) => *slot,
            _ => Slot::default(),
        };
        let value = match value {
            TagValue::Text(text) => Value::Text(self.put(old, cut(text))),
            // As the other tracers: no backend can add these up.
            TagValue::Number(number) if !number.is_finite() => return,
            TagValue::Number(number) => {
                self.waste += old.len as usize;
                Value::Number(*number)
            }
            TagValue::Nothing => return,
        };
        match position.and_then(|at| self.tags.get_mut(at)) {
            Some(tag) => {
                tag.value = value;
                self.tidy();
            }
            None => {
                let key = self.put(Slot::default(), key);
                self.tags.push(Tag { key, value });
            }
        }
    }

    pub(crate) fn remove_tag(&mut self, key: &str) {
        let Some(at) = self.position(key) else { return };
        let Tag { key, value } = self.tags.remove(at);
        self.waste += key.len as usize;
        if let Value::Text(slot) = value {
            self.waste += slot.len as usize;
        }
        self.tidy();
    }

    pub(crate) fn add_link(&mut self, link: Link) {
        if self.links.len() < MAX_LINKS && self.has_room(link.bytes()) {
            self.links.push(link);
        }
    }

    pub(crate) fn add_event(&mut self, event: Event) {
        if self.events.len() < MAX_EVENTS && self.has_room(event.bytes()) {
            self.events.push(event);
        }
    }

    /// Takes room for a link or an event, if there is any left.
    fn has_room(&mut self, bytes: usize) -> bool {
        let fits = self.attached + bytes <= MAX_BYTES;
        self.attached += if fits { bytes } else { 0 };
        fits
    }

    fn value(&self, value: Value) -> ValueRef<'_> {
        match value {
            Value::Text(slot) => ValueRef::Text(self.get(slot)),
            Value::Number(number) => ValueRef::Number(number),
        }
    }

    #[inline]
    fn position(&self, key: &str) -> Option<usize> {
        self.tags.iter().position(|tag| tag.key.len as usize == key.len() && self.get(tag.key) == key)
    }

    /// Writes text to where `old` stood if it fits, else to the end. Nothing is left of what would be too much.
    #[inline]
    fn put(&mut self, old: Slot, text: &str) -> Slot {
        let len = text.len() as u32;
        let (start, end) = (old.start as usize, old.start as usize + old.len as usize);
        if old.len == len && len > 0 {
            self.text.replace_range(start..end, text);
            return old;
        }
        self.waste += old.len as usize;
        if self.text.len() + text.len() > MAX_BYTES {
            return Slot::default();
        }
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Slot { start, len }
    }

    /// Copies what is live to a new buffer when most of the old one is not, so that a span that lives for days and changes a tag each
    /// second stays small.
    #[inline]
    fn tidy(&mut self) {
        if self.waste > WASTE_BYTES && self.waste > self.text.len() / 2 {
            self.squeeze();
        }
    }

    #[cold]
    fn squeeze(&mut self) {
        let old = std::mem::take(&mut self.text);
        let mut text = String::with_capacity(old.len() - self.waste.min(old.len()));
        let mut keep = |slot: &mut Slot| {
            let start = slot.start as usize;
            let kept = old.get(start..start + slot.len as usize).unwrap_or_default();
            *slot = Slot { start: text.len() as u32, len: kept.len() as u32 };
            text.push_str(kept);
        };
        self.fields.iter_mut().for_each(&mut keep);
        for tag in &mut self.tags {
            keep(&mut tag.key);
            if let Value::Text(slot) = &mut tag.value {
                keep(slot);
            }
        }
        self.text = text;
        self.waste = 0;
    }
}

#[inline]
fn cut(text: &str) -> &str {
    if text.len() <= MAX_VALUE_CHARS {
        return text;
    }
    text.char_indices().nth(MAX_VALUE_CHARS).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<'a>(state: &mut State, key: &str, value: impl Into<TagValue<'a>>) {
        state.set_tag(key, &value.into());
    }

    #[test]
    fn a_key_holds_one_value_and_the_last_set_wins() {
        let mut state = State::default();
        set(&mut state, "k", "text");
        set(&mut state, "k", 1.5);
        assert_eq!(state.tags().collect::<Vec<_>>(), [("k", ValueRef::Number(1.5))]);
        set(&mut state, "k", "longer than before");
        set(&mut state, "k", None::<&str>);
        assert_eq!(state.tag("k"), Some(ValueRef::Text("longer than before")));
        state.remove_tag("k");
        assert_eq!(state.tag("k"), None);
    }

    #[test]
    fn a_number_that_is_none_is_no_tag() {
        let mut state = State::default();
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            set(&mut state, "k", number);
        }
        assert_eq!(state.tags().count(), 0);
    }

    #[test]
    fn a_tag_set_for_ever_takes_bounded_memory() {
        let mut state = State::default();
        state.set_field(Field::Name, "job");
        for round in 0..100_000 {
            set(&mut state, "progress", format!("{round} of many"));
            set(&mut state, "step", "one that is taken away again");
            state.remove_tag("step");
            state.set_field(Field::Resource, &"x".repeat(round % 50));
        }
        assert!(state.size() < 32 * 1024, "{}", state.size());
        assert_eq!(state.tag("progress"), Some(ValueRef::Text("99999 of many")));
        assert_eq!((state.field(Field::Name), state.resource().len()), ("job", 49));
    }

    #[test]
    fn ever_new_keys_are_left_out_in_the_end_and_known_ones_still_change() {
        let mut state = State::default();
        for key in 0..MAX_TAGS + 100 {
            set(&mut state, &format!("key {key}"), 1);
        }
        assert_eq!(state.tags().count(), MAX_TAGS);
        set(&mut state, "key 0", 2);
        assert_eq!(state.tag("key 0"), Some(ValueRef::Number(2.0)));
    }

    #[test]
    fn ever_more_text_is_left_out_in_the_end() {
        let mut state = State::default();
        let long = "x".repeat(10_000_000);
        set(&mut state, &long, &*long);
        assert_eq!(state.tags().map(|(key, _)| key.len()).collect::<Vec<_>>(), [MAX_VALUE_CHARS]);
        for key in 0..1_000 {
            set(&mut state, &format!("key {key}"), long.clone());
        }
        assert!(state.size() < 3 * MAX_BYTES, "{}", state.size());
        assert_eq!(state.tag("key 999"), Some(ValueRef::Text("")));
    }

    #[test]
    fn a_value_is_cut_at_what_agents_keep_and_never_inside_a_character() {
        let mut state = State::default();
        set(&mut state, "long", "é".repeat(30_000));
        assert_eq!(state.tag("long"), Some(ValueRef::Text(&"é".repeat(25_000))));
    }

    #[test]
    fn a_recycled_state_is_empty_and_small() {
        let mut state = State::default();
        for key in 0..1000 {
            set(&mut state, &format!("key {key}"), "x".repeat(1000));
        }
        state.error = true;
        state.recycle();
        assert!(state.size() < 16 * 1024, "{}", state.size());
        assert_eq!((state.tags().count(), state.field(Field::Name), state.error), (0, "", false));
    }
}
