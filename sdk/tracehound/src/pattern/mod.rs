//! Regular expressions that others wrote: the agent's filters, the user's pattern for query strings.
//!
//! Finding a match takes time in proportion to text and expression, whatever they hold; finding all of them, at most as often as there
//! are some.

mod class;
mod program;
mod search;
mod syntax;

use std::borrow::Cow;

use program::Step;

/// How large an expression may be, counted as [`program::compile`] does. The default pattern for query strings takes a fifth of it.
const MAX_SIZE: usize = 10_000;

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    steps: Vec<Step>,
}

impl Pattern {
    /// Compiles RE2 syntax; an error is what is wrong with it.
    pub(crate) fn new(expression: &str) -> Result<Self, &'static str> {
        let mut room = MAX_SIZE;
        Self::new_in(expression, &mut room)
    }

    /// Compiles an expression that takes at most `room`, and takes from it what was needed: about one for each character of the
    /// expression and each part of a class, as often as it is repeated.
    pub(crate) fn new_in(expression: &str, room: &mut usize) -> Result<Self, &'static str> {
        let tree = syntax::parse(expression)?;
        Ok(Self { steps: program::compile(&tree, room)? })
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        search::find(&self.steps, text, 0, true).is_some()
    }

    /// Puts `replacement`, as it stands, in the place of everything that matches.
    pub(crate) fn replace_all<'t>(&self, text: &'t str, replacement: &str) -> Cow<'t, str> {
        let matches = self.matches(text);
        if matches.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut replaced = String::new();
        let mut copied = 0;
        for (start, end) in matches {
            replaced.push_str(text.get(copied..start).unwrap_or_default());
            replaced.push_str(replacement);
            copied = end;
        }
        replaced.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(replaced)
    }

    /// All that matches, as the bytes from where to where. Nothing, right behind a match, is no match of its own.
    fn matches(&self, text: &str) -> Vec<(usize, usize)> {
        let mut matches: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        while let Some((start, end)) = search::find(&self.steps, text, from, false) {
            if matches.last().is_none_or(|(_, last_end)| *last_end != end) {
                matches.push((start, end));
            }
            from = if end > start { end } else { end + text.get(end..).and_then(next_len).unwrap_or(1) };
        }
        matches
    }
}

/// The bytes of the first character.
fn next_len(text: &str) -> Option<usize> {
    text.chars().next().map(char::len_utf8)
}

#[cfg(test)]
mod tests;
