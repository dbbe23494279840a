//! What a span knows about itself, in memory that the next span uses again.
//!
//! Tags are kept in the form in which they are sent. So a tag costs a copy and no allocation, however its text came, and a cell that is
//! used again has room already.

use crate::agent::FULL_BATCH_BYTES;
use crate::propagation::Baggage;
use crate::span::event::{Event, MAX_EVENTS};
use crate::span::link::{Link, MAX_LINKS};
use crate::span::marks::Marks;
use crate::span::pairs::{MAX_PAIRS, Pair, Pairs, ValueRef};
use crate::tag::TagValue;

/// Characters of a tag's value that agents keep. Source: agent-protocol 3.5. What is longer is cut here, so that one tag cannot push a
/// whole trace over the size of a payload.
const MAX_VALUE_CHARS: usize = 25_000;

/// Bytes that one span holds as tags, and again as links and events; what goes beyond is left out. The largest batch of the sender: a
/// larger span would keep the rest of its trace from being sent.
const MAX_BYTES: usize = FULL_BATCH_BYTES;

/// Memory that a cell keeps for its next span, in bytes: for each kind of tags, and for a text.
const KEPT_BYTES: usize = 4 * 1024;
const KEPT_TEXT_BYTES: usize = 256;

/// One of the texts that every span has. Empty is as good as none.
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
    fields: [String; FIELDS],
    /// Tags that hold text.
    texts: Pairs,
    /// Tags that hold numbers.
    numbers: Pairs,
    /// Those of all keys that were set, also of tags that were taken away again.
    marks: Marks,
    pub(crate) finished: bool,
    pub(crate) duration_ns: u64,
    pub(crate) error: bool,
    pub(crate) measured: bool,
    /// The statistics had their look at it when it ended.
    pub(crate) counted: bool,
    pub(crate) links: Vec<Link>,
    pub(crate) events: Vec<Event>,
    /// Bytes of `links` and `events`.
    attached: usize,
    pub(crate) baggage: Baggage,
}

impl State {
    /// Empties the state, keeping the memory of ordinary spans and giving back that of huge ones.
    #[inline]
    pub(crate) fn recycle(&mut self) {
        // Field by field: a new state would be made and the old one taken apart, for fields that are mostly empty already.
        let State {
            fields,
            texts,
            numbers,
            marks,
            finished,
            duration_ns,
            error,
            measured,
            counted,
            links,
            events,
            attached,
            baggage,
        } = self;
        for text in fields {
            text.clear();
            text.shrink_to(KEPT_TEXT_BYTES);
        }
        texts.clear(KEPT_BYTES);
        numbers.clear(KEPT_BYTES);
        *marks = Marks::NONE;
        *duration_ns = 0;
        (*finished, *error, *measured, *counted) = (false, false, false, false);
        *attached = 0;
        if !links.is_empty() {
            *links = Vec::new();
        }
        if !events.is_empty() {
            *events = Vec::new();
        }
        *baggage = Baggage::new();
    }

    /// Bytes that it takes when it is sent, about.
    #[inline]
    pub(crate) fn encoded_bytes(&self) -> usize {
        // Names of fields, ids and times take some 150 bytes.
        let texts: usize = self.fields.iter().map(String::len).sum();
        150 + 2 * texts + self.tag_bytes() + self.attached
    }

    #[inline]
    pub(crate) fn field(&self, field: Field) -> &str {
        &self.fields[field as usize]
    }

    #[inline]
    pub(crate) fn set_field(&mut self, field: Field, text: &str) {
        let place = &mut self.fields[field as usize];
        place.clear();
        place.push_str(cut(text));
    }

    /// The resource, which is the name as long as nobody said otherwise.
    #[inline]
    pub(crate) fn resource(&self) -> &str {
        match self.field(Field::Resource) {
            "" => self.field(Field::Name),
            resource => resource,
        }
    }

    /// Tags that hold text.
    #[inline]
    pub(crate) fn texts(&self) -> &Pairs {
        &self.texts
    }

    /// Tags that hold numbers.
    #[inline]
    pub(crate) fn numbers(&self) -> &Pairs {
        &self.numbers
    }

    pub(crate) fn tag(&self, key: &str) -> Option<ValueRef<'_>> {
        self.texts.get(key).or_else(|| self.numbers.get(key))
    }

    /// Sets a tag: a key holds one value, text or number, and the last one set wins.
    pub(crate) fn set_tag(&mut self, key: &str, value: &TagValue<'_>) {
        let key = cut(key);
        match value {
            TagValue::Text(text) => {
                let text = cut(text);
                if self.make_room(key, text.len()) {
                    self.texts.push_text(key, text);
                }
            }
            // As the other tracers: no backend can add these up.
            TagValue::Number(number) if !number.is_finite() => {}
            TagValue::Number(number) => {
                if self.make_room(key, 0) {
                    self.numbers.push_number(key, *number);
                }
            }
            TagValue::Nothing => {}
        }
    }

    /// What comes before every push: takes away what the key holds, marks it, and says whether there is room for it with a value of so many
    /// bytes.
    #[inline(always)]
    fn make_room(&mut self, key: &str, bytes: usize) -> bool {
        self.remove_tag(key);
        self.marks.add(key);
        self.texts.len() + self.numbers.len() < MAX_PAIRS && self.tag_bytes() + key.len() + bytes <= MAX_BYTES
    }

    #[inline(always)]
    pub(crate) fn remove_tag(&mut self, key: &str) {
        if self.marks.may_have(key) {
            self.remove_from_both(key);
        }
    }

    #[inline(never)]
    fn remove_from_both(&mut self, key: &str) {
        self.texts.remove(key);
        self.numbers.remove(key);
    }

    /// Whether there is a tag that holds text.
    #[inline]
    pub(crate) fn has_text(&self, key: &str) -> bool {
        self.marks.may_have(key) && self.texts.contains(key)
    }

    /// Whether there is a tag with the key of `pair`.
    pub(crate) fn has_key_of(&self, pair: &Pair<'_>) -> bool {
        self.texts.has_key_of(pair) || self.numbers.has_key_of(pair)
    }

    /// `false`: none of these keys is a tag's.
    #[inline]
    pub(crate) fn may_have_any_of(&self, marks: Marks) -> bool {
        self.marks.may_share_with(marks)
    }

    #[inline]
    fn tag_bytes(&self) -> usize {
        self.texts.byte_len() + self.numbers.byte_len()
    }

    pub(crate) fn add_link(&mut self, link: Link) {
        if self.links.len() < MAX_LINKS && self.may_attach(link.bytes()) {
            self.links.push(link);
        }
    }

    pub(crate) fn add_event(&mut self, event: Event) {
        if self.events.len() < MAX_EVENTS && self.may_attach(event.bytes()) {
            self.events.push(event);
        }
    }

    /// Takes room for a link or an event, if there is any left.
    fn may_attach(&mut self, bytes: usize) -> bool {
        let fits = self.attached + bytes <= MAX_BYTES;
        self.attached += if fits { bytes } else { 0 };
        fits
    }
}

#[inline]
fn cut(text: &str) -> &str {
    if text.len() <= MAX_VALUE_CHARS { text } else { cut_long(text) }
}

#[cold]
fn cut_long(text: &str) -> &str {
    text.char_indices().nth(MAX_VALUE_CHARS).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dice::Dice;

    /// Bytes of memory in use, about.
    fn size(state: &State) -> usize {
        let fields: usize = state.fields.iter().map(String::capacity).sum();
        size_of::<State>() + fields + state.texts.capacity() + state.numbers.capacity()
    }

    fn tags(state: &State) -> usize {
        usize::from(state.texts().len()) + usize::from(state.numbers().len())
    }

    fn set<'a>(state: &mut State, key: &str, value: impl Into<TagValue<'a>>) {
        state.set_tag(key, &value.into());
    }

    #[test]
    fn a_key_holds_one_value_and_the_last_set_wins() {
        let mut state = State::default();
        set(&mut state, "k", "text");
        set(&mut state, "k", 1.5);
        assert_eq!((state.texts().len(), state.numbers().len(), state.tag("k")), (0, 1, Some(ValueRef::Number(1.5))));
        set(&mut state, "k", "longer than before");
        set(&mut state, "k", None::<&str>);
        assert_eq!(state.tag("k"), Some(ValueRef::Text("longer than before")));
        state.remove_tag("k");
        assert_eq!(state.tag("k"), None);
    }

    #[test]
    fn whatever_is_set_and_removed_the_tags_are_those_of_a_plain_map() {
        // Among them some of the same length and last letter, which share a mark, and more keys than there are marks.
        let keys: Vec<String> = (0..100).map(|n| ["a", "é", "key", "kex"][n % 4].repeat(n / 4)).collect();
        let (mut state, mut expected) = (State::default(), BTreeMap::new());
        let mut dice = Dice::new(1);
        for round in 0..20_000 {
            if dice.roll(1_000) == 0 {
                state.recycle();
                expected.clear();
            }
            let key = &*keys[dice.roll(keys.len())];
            let text = "x".repeat(dice.roll(300));
            match dice.roll(3) {
                0 => {
                    set(&mut state, key, &*text);
                    expected.insert(key, TagValue::from(text));
                }
                1 => {
                    set(&mut state, key, round);
                    expected.insert(key, TagValue::from(round));
                }
                _ => {
                    state.remove_tag(key);
                    expected.remove(key);
                }
            }
            let is_text = matches!(expected.get(key), Some(TagValue::Text(_)));
            assert_eq!((tags(&state), state.has_text(key)), (expected.len(), is_text), "round {round}, {key:?}");
        }
        for key in &keys {
            let value = state.tag(key).map(|value| match value {
                ValueRef::Text(text) => TagValue::from(text),
                ValueRef::Number(number) => TagValue::from(number),
            });
            assert_eq!(value.as_ref(), expected.get(&**key), "{key:?}");
        }
    }

    #[test]
    fn a_number_that_is_none_is_no_tag() {
        let mut state = State::default();
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            set(&mut state, "k", number);
        }
        assert_eq!(tags(&state), 0);
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
        assert!(size(&state) < 32 * 1024, "{}", size(&state));
        assert_eq!(state.tag("progress"), Some(ValueRef::Text("99999 of many")));
        assert_eq!((state.field(Field::Name), state.resource().len()), ("job", 49));
    }

    #[test]
    fn ever_new_keys_are_left_out_in_the_end_and_known_ones_still_change() {
        let mut state = State::default();
        for key in 0..usize::from(MAX_PAIRS) + 100 {
            set(&mut state, &format!("key {key}"), 1);
        }
        assert_eq!(tags(&state), usize::from(MAX_PAIRS));
        set(&mut state, "key 0", 2);
        assert_eq!(state.tag("key 0"), Some(ValueRef::Number(2.0)));
    }

    #[test]
    fn ever_more_text_is_left_out_in_the_end() {
        let mut state = State::default();
        let long = "x".repeat(10_000_000);
        set(&mut state, &long, &*long);
        assert_eq!(state.texts().iter().map(|pair| pair.key_text().len()).collect::<Vec<_>>(), [MAX_VALUE_CHARS]);
        for key in 0..1_000 {
            set(&mut state, &format!("key {key}"), long.clone());
        }
        assert!(size(&state) < 3 * MAX_BYTES, "{}", size(&state));
        assert_eq!(state.tag("key 999"), None);
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
        assert!(size(&state) < 16 * 1024, "{}", size(&state));
        assert_eq!((tags(&state), state.field(Field::Name), state.error), (0, "", false));
    }
}
