//! Regular expressions that others wrote: the agent's filters, the user's pattern for query strings.
//!
//! Matching takes time in proportion to text and pattern, whatever they hold. A compiled expression keeps its working memory behind a
//! lock, which a forked child must not touch since another thread of its parent may have held it; whoever keeps one keeps it for one
//! process.

use std::borrow::Cow;

use regex_lite::{NoExpand, Regex, RegexBuilder};

/// How large an expression may become when compiled, in bytes. The default pattern for query strings takes a fifth of it.
const MAX_COMPILED: usize = 1024 * 1024;

/// What the smallest expressions take when compiled, in bytes.
const MIN_COMPILED: usize = 512;

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// Compiles RE2 syntax; an error is what is wrong with it, in one line.
    pub(crate) fn new(expression: &str) -> Result<Self, String> {
        Self::within(expression, MAX_COMPILED)
    }

    /// Compiles an expression that takes at most `room` bytes, and takes from it what was needed, rounded up to a power of two.
    pub(crate) fn new_in(expression: &str, room: &mut usize) -> Result<Self, String> {
        let mut limit = MIN_COMPILED.min(*room);
        loop {
            match Self::within(expression, limit) {
                Ok(pattern) => {
                    *room -= limit;
                    return Ok(pattern);
                }
                Err(_) if limit < *room => limit = (2 * limit).min(*room),
                Err(error) => return Err(error),
            }
        }
    }

    fn within(expression: &str, max_compiled: usize) -> Result<Self, String> {
        let regex = RegexBuilder::new(expression).size_limit(max_compiled).build();
        regex.map(|regex| Self { regex }).map_err(|error| error.to_string().replace('\n', " "))
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Puts `replacement`, as it stands, in the place of everything that matches.
    pub(crate) fn replace_all<'t>(&self, text: &'t str, replacement: &str) -> Cow<'t, str> {
        self.regex.replace_all(text, NoExpand(replacement))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_matches_anywhere_and_is_replaced_as_it_stands() {
        let pattern = Pattern::new("b+").unwrap();
        assert!(pattern.is_match("abc") && !pattern.is_match("ac"));
        assert_eq!(pattern.replace_all("abbcb", "$0"), "a$0c$0");
        assert!(matches!(pattern.replace_all("ac", "x"), Cow::Borrowed("ac")));
    }

    #[test]
    fn an_invalid_or_huge_expression_is_an_error_of_one_line() {
        let deep = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
        for expression in ["[invalid", "+", "(", "a{2,1}", "(?P<x", "\\", "(?:a{1000}){1000}", &deep] {
            let error = Pattern::new(expression).unwrap_err();
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn expressions_share_the_room_there_is() {
        let mut room = 2 * MIN_COMPILED;
        assert!(Pattern::new_in("(?:ab){1000}", &mut room).is_err());
        assert_eq!(room, 2 * MIN_COMPILED, "what was too large takes none");
        assert!(Pattern::new_in("a", &mut room).is_ok());
        assert!(Pattern::new_in("b", &mut room).is_ok());
        assert_eq!(room, 0);
        assert!(Pattern::new_in("c", &mut room).is_err());
    }
}
