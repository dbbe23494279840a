//! Pairs of a MessagePack map without its header: tags in the form in which they are sent.
//!
//! ```text
//! key value key value …     a key is a string, a value a string or a float64
//! ```
//!
//! Setting a tag writes it once, and sending it copies a whole run of tags in one piece. A key is found by walking over the run, which
//! for the handful of tags that spans have is faster than any index.

use crate::buffer::Buffer;
use crate::msgpack;

/// A value of a tag as others read it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ValueRef<'a> {
    Text(&'a str),
    Number(f64),
}

/// Most pairs that stand together; further ones are left out. A key is looked up by going through them all: with this many that still
/// takes microseconds.
pub(crate) const MAX_PAIRS: u16 = 4_096;

/// Bytes that a pair takes at most besides its texts: two headers of a length, or one and a number.
const HEADERS: usize = 5 + 9;

#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    bytes: Buffer,
    len: u16,
}

impl Pairs {
    pub(crate) const EMPTY: Pairs = Pairs { bytes: Buffer::new(), len: 0 };

    /// Pairs of text.
    pub(crate) fn of_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Pairs {
        let mut pairs = Pairs::default();
        texts.into_iter().for_each(|(key, value)| pairs.push_text(key, value));
        pairs
    }

    /// How many there are.
    #[inline]
    pub(crate) fn len(&self) -> u16 {
        self.len
    }

    /// Bytes of all of them.
    #[inline]
    pub(crate) fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// All of them, for a map that counts them.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The same, to be copied.
    #[inline]
    pub(crate) fn buffer(&self) -> &Buffer {
        &self.bytes
    }

    /// Empties it, keeping at most this many bytes of memory.
    #[inline]
    pub(crate) fn clear(&mut self, keep_bytes: usize) {
        self.len = 0;
        self.bytes.clear(keep_bytes);
    }

    /// Bytes of memory that it holds.
    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Adds a pair; the caller knows that the key is new.
    #[inline]
    pub(crate) fn push_text(&mut self, key: &str, value: &str) {
        if self.len >= MAX_PAIRS {
            return;
        }
        self.bytes.append(HEADERS + key.len() + value.len(), |mut room| {
            msgpack::str(&mut room, key);
            msgpack::str(&mut room, value);
            room
        });
        self.len += 1;
    }

    /// Adds a pair; the caller knows that the key is new.
    #[inline]
    pub(crate) fn push_number(&mut self, key: &str, value: f64) {
        if self.len >= MAX_PAIRS {
            return;
        }
        self.bytes.append(HEADERS + key.len(), |mut room| {
            msgpack::str(&mut room, key);
            msgpack::f64(&mut room, value);
            room
        });
        self.len += 1;
    }

    /// Takes a pair away, if it is there.
    pub(crate) fn remove(&mut self, key: &str) {
        if let Some(pair) = find(self.bytes(), key.as_bytes()) {
            let (len, end) = (pair.bytes.len(), self.bytes.len() - pair.rest.len());
            self.bytes.remove(end - len, end);
            self.len -= 1;
        }
    }

    #[inline]
    pub(crate) fn contains(&self, key: &str) -> bool {
        find(self.bytes(), key.as_bytes()).is_some()
    }

    #[inline]
    pub(crate) fn get(&self, key: &str) -> Option<ValueRef<'_>> {
        find(self.bytes(), key.as_bytes()).map(|pair| pair.value())
    }

    /// Whether one of them has the key of `pair`.
    pub(crate) fn has_key_of(&self, pair: &Pair<'_>) -> bool {
        find(self.bytes(), pair.key).is_some()
    }

    /// Adds all of `more`; the caller knows that their keys are new.
    pub(crate) fn extend(&mut self, more: &Pairs) {
        self.bytes.append(more.byte_len(), |mut room| {
            room.put_buffer(&more.bytes);
            room
        });
        self.len = self.len.saturating_add(more.len);
    }

    /// All of them, in the order in which they were set last.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Pair<'_>> {
        let mut rest = self.bytes();
        std::iter::from_fn(move || {
            let pair = Pair::split(rest)?;
            rest = pair.rest;
            Some(pair)
        })
    }
}

/// Finds a key among the pairs that stand one after another in `bytes`.
#[inline]
fn find<'a>(bytes: &'a [u8], key: &[u8]) -> Option<Pair<'a>> {
    let mut rest = bytes;
    loop {
        let pair = Pair::split(rest)?;
        if pair.key == key {
            return Some(pair);
        }
        rest = pair.rest;
    }
}

/// One key with its value.
pub(crate) struct Pair<'a> {
    pub(crate) key: &'a [u8],
    /// Of a text its bytes, of a number all of it.
    value: &'a [u8],
    is_text: bool,
    /// Both, as they are sent.
    bytes: &'a [u8],
    /// What follows.
    rest: &'a [u8],
}

impl<'a> Pair<'a> {
    pub(crate) fn key_text(&self) -> &'a str {
        std::str::from_utf8(self.key).unwrap_or_default()
    }

    pub(crate) fn value(&self) -> ValueRef<'a> {
        if self.is_text {
            return ValueRef::Text(std::str::from_utf8(self.value).unwrap_or_default());
        }
        ValueRef::Number(self.value.last_chunk().map_or(0.0, |bytes| f64::from_be_bytes(*bytes)))
    }

    /// Key and value as they are sent.
    #[inline]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The first pair of `all`.
    #[inline(always)]
    fn split(all: &'a [u8]) -> Option<Pair<'a>> {
        let (key, rest) = msgpack::split_str(all)?;
        let is_text = *rest.first()? != msgpack::FLOAT64;
        let (value, rest) = if is_text { msgpack::split_str(rest)? } else { rest.split_at_checked(9)? };
        Some(Pair { key, value, is_text, bytes: all.get(..all.len() - rest.len())?, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_any_length_is_found_and_taken_away_again() {
        // Lengths on both sides of every change of header.
        let lengths = [0, 1, 31, 32, 255, 256, 65_535, 65_536];
        let mut pairs = Pairs::default();
        for len in lengths {
            pairs.push_text(&"k".repeat(len), &"v".repeat(len));
            pairs.push_number(&"n".repeat(len + 1), len as f64);
        }
        assert_eq!((usize::from(pairs.len()), pairs.iter().count()), (2 * lengths.len(), 2 * lengths.len()));
        for len in lengths {
            let (text, number) = ("k".repeat(len), "n".repeat(len + 1));
            assert_eq!(pairs.get(&text), Some(ValueRef::Text(&"v".repeat(len))));
            assert_eq!(pairs.get(&number), Some(ValueRef::Number(len as f64)));
            pairs.remove(&text);
            assert!(!pairs.contains(&text) && pairs.contains(&number));
        }
        assert_eq!(usize::from(pairs.len()), lengths.len());
    }

    // Source of the expectation: the MessagePack specification's table of formats.
    #[test]
    fn pairs_stand_as_they_are_sent() {
        let mut pairs = Pairs::of_texts([("a", "b")]);
        pairs.push_number("c", 1.0);
        assert_eq!(pairs.bytes(), b"\xa1a\xa1b\xa1c\xcb\x3f\xf0\0\0\0\0\0\0");
        let sent: Vec<&[u8]> = pairs.iter().map(|pair| pair.bytes()).collect();
        assert_eq!(sent, [&b"\xa1a\xa1b"[..], b"\xa1c\xcb\x3f\xf0\0\0\0\0\0\0"]);
    }

    #[test]
    fn a_value_is_not_taken_for_a_key() {
        let pairs = Pairs::of_texts([("x", "key"), ("key", "y")]);
        assert_eq!(pairs.get("key"), Some(ValueRef::Text("y")));
        assert_eq!(pairs.get("y"), None);
    }
}
