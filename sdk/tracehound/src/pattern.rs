//! Regular expressions that others wrote: the agent's filters, the user's pattern for query strings.
//!
//! Matching takes time in proportion to text and pattern, whatever they hold. A compiled expression keeps its working memory behind a
//! lock, which a forked child must not touch since another thread of its parent may have held it; so each process has its own, made on
//! first use.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::{NoExpand, Regex, RegexBuilder};

use crate::fork;

/// How large an expression may become when compiled, in bytes. The default pattern for query strings takes a fifth of it.
const MAX_COMPILED: usize = 1024 * 1024;

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    generation: u32,
    next: OnceLock<Box<Pattern>>,
}

impl Pattern {
    /// Compiles RE2 syntax; an error is what is wrong with it, in one line.
    pub(crate) fn new(expression: &str) -> Result<Self, String> {
        let regex = RegexBuilder::new(expression).size_limit(MAX_COMPILED).build();
        regex.map(Self::of_this_process).map_err(|error| error.to_string().replace('\n', " "))
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex().is_match(text)
    }

    /// Puts `replacement`, as it stands, in the place of everything that matches.
    pub(crate) fn replace_all<'t>(&self, text: &'t str, replacement: &str) -> Cow<'t, str> {
        self.regex().replace_all(text, NoExpand(replacement))
    }

    fn of_this_process(regex: Regex) -> Self {
        Self { regex, generation: fork::generation(), next: OnceLock::new() }
    }

    fn regex(&self) -> &Regex {
        let generation = fork::generation();
        let mut pattern = self;
        while pattern.generation != generation {
            // A clone shares the program and has working memory of its own.
            pattern = pattern.next.get_or_init(|| Box::new(Self::of_this_process(pattern.regex.clone())));
        }
        &pattern.regex
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
    fn a_forked_child_has_working_memory_of_its_own() {
        let of_the_parent = Pattern { generation: fork::generation().wrapping_sub(1), ..Pattern::new("b+").unwrap() };
        assert!(of_the_parent.is_match("abc") && !of_the_parent.is_match("ac"));
        let used = std::ptr::from_ref(of_the_parent.regex());
        assert!(!std::ptr::eq(used, &of_the_parent.regex));
        assert!(std::ptr::eq(used, of_the_parent.regex()), "it is made once");
    }

    #[test]
    fn an_invalid_or_huge_expression_is_an_error_of_one_line() {
        let deep = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
        for expression in ["[invalid", "+", "(", "a{2,1}", "(?P<x", "\\", "(?:a{1000}){1000}", &deep] {
            let error = Pattern::new(expression).unwrap_err();
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
