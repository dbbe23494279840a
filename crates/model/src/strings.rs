//! Tables that hold every string once.
//!
//! [`Symbols`] belongs to one request: it borrows from the body where it can. [`Strings`] belongs to a batch and owns its
//! text in one arena. The two have different ids, so that one cannot be mistaken for the other.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// A string of a request: an index into its [`Symbols`]. `Symbol(0)` is the empty string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// The strings of one request body.
///
/// The seed of the hash differs per table, so that a sender cannot choose strings that collide.
pub struct Symbols<'body> {
    table: Vec<Cow<'body, str>>,
    index: HashTable<u32>,
    hasher: RandomState,
    /// Text that had to be copied because the body's bytes were not valid UTF-8 or were escaped.
    owned_bytes: usize,
}

impl Default for Symbols<'_> {
    fn default() -> Self {
        let mut symbols =
            Symbols { table: Vec::new(), index: HashTable::new(), hasher: RandomState::default(), owned_bytes: 0 };
        symbols.intern(Cow::Borrowed(""));
        symbols
    }
}

impl<'body> Symbols<'body> {
    /// The symbol of `text`, which is added if it is new.
    pub fn intern(&mut self, text: Cow<'body, str>) -> Symbol {
        let hash = self.hasher.hash_one(text.as_ref());
        if let Some(&known) = self.index.find(hash, |&i| self.table[i as usize] == text) {
            return Symbol(known);
        }
        let symbol = self.push(text);
        let (table, hasher) = (&self.table, &self.hasher);
        self.index.insert_unique(hash, symbol.0, |&i| hasher.hash_one(table[i as usize].as_ref()));
        symbol
    }

    /// Adds `text` without looking for an equal one, as the dictionary of v0.5 does: equal texts may then have several
    /// symbols.
    pub fn push(&mut self, text: Cow<'body, str>) -> Symbol {
        if let Cow::Owned(text) = &text {
            self.owned_bytes += text.len();
        }
        // A body has fewer than 2^32 bytes, so it cannot have more strings.
        let symbol = Symbol(self.table.len() as u32);
        self.table.push(text);
        symbol
    }

    /// The text of a symbol of this table. Panics for a symbol of another table.
    pub fn get(&self, symbol: Symbol) -> &str {
        &self.table[symbol.0 as usize]
    }

    /// How many symbols there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none; a table from `default()` has the empty string.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// About how much memory the table takes, in bytes, without the body it borrows from.
    pub fn bytes(&self) -> usize {
        self.table.len() * size_of::<Cow<'_, str>>() + self.index.len() * 2 * size_of::<u32>() + self.owned_bytes
    }
}

/// A string of a batch: an index into its [`Strings`]. `StringId(0)` is the empty string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StringId(pub u32);

/// The strings of a batch: one arena of text, and where each ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Strings {
    text: String,
    /// Byte offset behind each string; it begins where the one before it ends.
    ends: Vec<u32>,
}

impl Default for Strings {
    fn default() -> Strings {
        Strings { text: String::new(), ends: vec![0] }
    }
}

impl Strings {
    /// The text of an id of this table. Panics for an id of another table.
    pub fn get(&self, id: StringId) -> &str {
        let i = id.0 as usize;
        let begin = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.text[begin..self.ends[i] as usize]
    }

    /// Adds `text` without looking for an equal one. Panics beyond 4 GiB of text, sixty times a batch's limit.
    pub fn push(&mut self, text: &str) -> StringId {
        self.text.push_str(text);
        let end = u32::try_from(self.text.len()).expect("a batch is limited to 75 MiB");
        self.ends.push(end);
        StringId(self.ends.len() as u32 - 1)
    }

    /// All strings in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|i| self.get(StringId(i as u32)))
    }

    /// How many strings there are: at least one, the empty one.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Never: the empty string is always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Memory in use, in bytes.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<u32>()
    }
}

/// Finds the id of a text while a batch is built.
#[derive(Default)]
pub(crate) struct Interner {
    pub(crate) strings: Strings,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl Interner {
    pub(crate) fn intern(&mut self, text: &str) -> StringId {
        if text.is_empty() {
            return StringId(0);
        }
        let hash = self.hasher.hash_one(text);
        if let Some(&known) = self.index.find(hash, |&i| self.strings.get(StringId(i)) == text) {
            return StringId(known);
        }
        let id = self.strings.push(text);
        let (strings, hasher) = (&self.strings, &self.hasher);
        self.index.insert_unique(hash, id.0, |&i| hasher.hash_one(strings.get(StringId(i))));
        id
    }

    pub(crate) fn bytes(&self) -> usize {
        self.strings.bytes() + self.index.len() * 2 * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_symbol_unless_pushed() {
        let mut symbols = Symbols::default();
        let web = symbols.intern("web".into());
        assert_eq!(symbols.intern(Cow::Owned("web".into())), web);
        assert_eq!(symbols.intern("".into()), Symbol(0));
        assert_ne!(symbols.push("web".into()), web);
        assert_eq!(symbols.get(web), "web");
    }

    #[test]
    fn a_table_gives_back_what_was_put_in() {
        let mut interner = Interner::default();
        let ids: Vec<_> = ["a", "", "crème", "a", "z"].into_iter().map(|text| interner.intern(text)).collect();
        assert_eq!(ids, [StringId(1), StringId(0), StringId(2), StringId(1), StringId(3)]);
        assert_eq!(interner.strings.iter().collect::<Vec<_>>(), ["", "a", "crème", "z"]);
    }
}
