//! Names and values as the agent writes them once it has received them.
//!
//! Its filters and its rates speak of those, not of what the application set. Only what these two need is here.
//! Source: agent-protocol 3.2 to 3.4.

use std::borrow::Cow;

use crate::bounded_text::beginning;

/// The longest service and the longest span name, in bytes.
const MAX_NAME: usize = 100;

/// The longest value of a tag that is normalised, in characters.
const MAX_VALUE: usize = 200;

/// A span name that holds no letter, or is missing.
const UNNAMED: &str = "unnamed_operation";

/// A service, or a tag that names one: at most 100 bytes of a tag value.
pub(crate) fn service(text: &str) -> Cow<'_, str> {
    tag_value(beginning(text, MAX_NAME))
}

/// The value of a tag such as `env`: lower case; letters, digits and `:./-` stay, and runs of anything else become one underscore,
/// except at the end.
pub(crate) fn tag_value(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut value = String::new();
    let mut length = 0;
    for (at, character) in text.char_indices() {
        if length >= MAX_VALUE || at >= 2 * MAX_VALUE {
            break;
        }
        match legal(character) {
            Some(character) => value.push(character),
            None if value.ends_with('_') => continue,
            None => value.push('_'),
        }
        length += 1;
    }
    value.truncate(value.trim_end_matches('_').len());
    Cow::Owned(value)
}

/// The name of a span: ASCII letters, digits, `.` and single underscores, beginning with a letter.
pub(crate) fn span_name(text: &str) -> String {
    let text = beginning(text, MAX_NAME);
    let mut name = String::with_capacity(text.len());
    for byte in text.bytes().skip_while(|byte| !byte.is_ascii_alphabetic()) {
        match byte {
            b'.' => {
                if name.ends_with('_') {
                    name.pop();
                }
                name.push('.');
            }
            byte if byte.is_ascii_alphanumeric() => name.push(char::from(byte)),
            _ if name.ends_with(['.', '_']) => {}
            _ => name.push('_'),
        }
    }
    if name.ends_with('_') {
        name.pop();
    }
    if name.is_empty() { UNNAMED.to_owned() } else { name }
}

/// Nearly every value there is, told without looking at letters of the world.
fn is_plain(text: &str) -> bool {
    text.len() <= MAX_VALUE
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b':' | b'.' | b'/' | b'-'))
}

fn legal(character: char) -> Option<char> {
    match character {
        'a'..='z' | '0'..='9' | ':' | '.' | '/' | '-' => Some(character),
        'A'..='Z' => Some(character.to_ascii_lowercase()),
        character if character.is_ascii() => None,
        character if character.is_uppercase() => Some(lower_case(character)),
        character if character.is_alphanumeric() => Some(character),
        _ => None,
    }
}

/// Lower case, where that takes as many bytes.
fn lower_case(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) if lower.len_utf8() == character.len_utf8() => lower,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of agent-protocol 3.3, and what follows from its rules.
    #[test]
    fn tag_values_are_lower_case_with_single_underscores() {
        for (value, expected) in [
            ("", ""),
            ("prod", "prod"),
            ("Name-Bad$", "name-bad"),
            ("fun:ky__tag/1", "fun:ky_tag/1"),
            ("Test Conditions", "test_conditions"),
            ("ALLCAPS", "allcaps"),
            ("Prod Env", "prod_env"),
            ("7eleven", "7eleven"),
            ("_leading", "_leading"),
            ("$leading", "_leading"),
            ("a$#@!b", "a_b"),
            ("trailing___", "trailing"),
            ("!!!", ""),
            ("Économie", "économie"),
            ("日本語 サービス", "日本語_サービス"),
            ("🦀 shop", "_shop"),
        ] {
            assert_eq!(tag_value(value), expected, "{value}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(tag_value(&format!("A{}", "0".repeat(300))), format!("a{}", "0".repeat(199)));
        assert_eq!(tag_value(&"語".repeat(300)).chars().count(), 134);
        assert_eq!(service(&"a".repeat(150)), "a".repeat(100));
        assert_eq!(service(&"é".repeat(51)), "é".repeat(50));
        assert_eq!(service(&format!("a{}", "é".repeat(51))), format!("a{}", "é".repeat(49)));
    }

    #[test]
    fn plain_values_are_not_copied() {
        assert!(matches!(tag_value("prod-eu.1:a/b"), Cow::Borrowed(_)));
    }

    // The examples of agent-protocol 3.4 and sdk.md 5.3.
    #[test]
    fn span_names_are_letters_digits_dots_and_single_underscores() {
        for (name, expected) in [
            ("pylons.controller", "pylons.controller"),
            ("trace-api.request", "trace_api.request"),
            ("/", "unnamed_operation"),
            ("", "unnamed_operation"),
            ("123", "unnamed_operation"),
            ("GET /a b", "GET_a_b"),
            ("GET /users", "GET_users"),
            ("GET /", "GET"),
            ("foo::bar::baz", "foo_bar_baz"),
            ("a--b", "a_b"),
            ("a_.é", "a."),
            ("a-.b", "a.b"),
            ("1st.call", "st.call"),
        ] {
            assert_eq!(span_name(name), expected, "{name}");
        }
        assert_eq!(span_name(&"a".repeat(150)), "a".repeat(100));
    }
}
