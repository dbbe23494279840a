//! Globs of sampling rules: `*` is any run of characters, `?` any one, everything else stands for itself in either case.
//!
//! A glob covers the whole value. On a mismatch only the last star is moved on, by one character: what came before it has found its
//! leftmost place, and no other place can do better. So the work is at most the text's length times that of the longest piece between
//! stars; nothing is tried in combinations.

use std::io::Write;
use std::str::Chars;

/// Digits of the largest finite `f64`, with a sign.
const MAX_DIGITS: usize = 310;

/// A compiled glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob {
    /// In lower case.
    pattern: String,
    /// Made of stars alone: whatever is there matches.
    any: bool,
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        let any = !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*');
        Self { pattern: pattern.chars().map(fold).collect(), any }
    }

    /// Whether the glob covers all of `text`.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if self.any {
            return true;
        }
        let (mut pattern, mut text) = (self.pattern.chars(), text.chars());
        // What follows the last star, and the text that star has not taken yet.
        let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
        loop {
            let rest = text.clone();
            match (pattern.next(), text.next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    text = rest;
                    retry = Some((pattern.clone(), text.clone()));
                }
                (Some('?'), Some(_)) => {}
                (Some(wanted), Some(found)) if wanted == fold(found) => {}
                // The pattern wants more than there is, and a star that takes more only leaves less.
                (Some(_), None) => return false,
                _ => {
                    let Some((after_star, taken)) = &mut retry else { return false };
                    if taken.next().is_none() {
                        return false;
                    }
                    (pattern, text) = (after_star.clone(), taken.clone());
                }
            }
        }
    }

    /// Whether the glob covers the decimal text of a whole number. Any other number is matched by stars alone, since tracers of other
    /// languages write its decimals differently.
    pub(crate) fn matches_number(&self, number: f64) -> bool {
        if self.any {
            return true;
        }
        // Infinities and NaN have no fraction that equals zero.
        if number.fract() != 0.0 {
            return false;
        }
        let mut digits = [0; MAX_DIGITS];
        let mut room = &mut digits[..];
        // Adding zero makes -0 a plain zero.
        let written = write!(room, "{:.0}", number + 0.0);
        let length = MAX_DIGITS - room.len();
        let text = digits.get(..length).and_then(|digits| std::str::from_utf8(digits).ok());
        written.is_ok() && text.is_some_and(|text| self.matches(text))
    }
}

/// Lower case, where that is one character.
fn fold(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_covers_the_whole_value_in_any_case() {
        for (pattern, text, expected) in [
            ("foo", "foo", true),
            ("foo", "foobar", false),
            ("foo", "a foo", false),
            ("Foo", "fOO", true),
            ("fo*", "foo", true),
            ("f??", "foo", true),
            ("f??", "fo", false),
            ("f??", "fooo", false),
            ("?o*", "foo", true),
            ("?O*", "foo", true),
            ("???", "foo", true),
            ("*", "foo", true),
            ("*", "", true),
            ("**", "foo", true),
            ("?", "", false),
            ("*?", "", false),
            ("*?", "x", true),
            ("", "", true),
            ("", "x", false),
            ("web.*", "web.request", true),
            ("web.*", "webXrequest", false),
            ("w?bs?rv?r", "webserver", true),
            ("/b?r", "/bar", true),
            ("*.request", "web.request.request", true),
            ("*ab", "aab", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*a*b*", "ba", false),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn only_stars_and_question_marks_are_special() {
        for text in ["[abc]", "[a-c]", "{a,b}", "^(foo|bar)[]\\$", "a.c", "!a", "\\"] {
            assert!(Glob::new(text).matches(text), "{text}");
        }
        for (pattern, text) in [("[abc]", "a"), ("[a-c]", "b"), ("a.c", "abc"), ("{a,b}", "a"), ("\\*", "*")] {
            assert!(!Glob::new(pattern).matches(text), "{pattern} on {text}");
        }
    }

    #[test]
    fn characters_outside_ascii_count_as_one_and_have_cases() {
        for (pattern, text, expected) in [
            ("?", "é", true),
            ("??", "é", false),
            ("CAFÉ", "café", true),
            ("*é", "CAFÉ", true),
            ("日?語", "日本語", true),
            ("🦀*", "🦀", true),
            // The lower case of this letter is two characters, so it stands for itself.
            ("İ", "İ", true),
            ("İ", "i", false),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn whole_numbers_match_by_their_decimal_text_and_others_only_by_stars() {
        for (pattern, number, expected) in [
            ("20", 20.0, true),
            ("2*", 20.0, true),
            ("2?", 20.0, true),
            ("*", 20.0, true),
            ("20.0", 20.0, false),
            ("20", 20.1, false),
            ("2*", 20.1, false),
            ("2?.?", 20.1, false),
            ("*", 20.1, true),
            ("***", -0.5, true),
            ("-100", -100.0, true),
            ("0", -0.0, true),
            ("1000000000000000000000", 1e21, true),
            ("17976931348623157*", f64::MAX, true),
            ("-17976931348623157*", f64::MIN, true),
            ("*", f64::NAN, true),
            ("n*", f64::NAN, false),
            ("inf", f64::INFINITY, false),
            ("-*", f64::NEG_INFINITY, false),
            ("", 0.0, false),
        ] {
            assert_eq!(Glob::new(pattern).matches_number(number), expected, "{pattern} on {number}");
        }
    }

    // Trying all ways to spread the stars would take longer than the universe has existed.
    #[test]
    fn many_stars_on_a_long_text_are_no_work_worth_mentioning() {
        let text = "a".repeat(25_000);
        assert!(!Glob::new(&format!("{}b", "*a".repeat(50))).matches(&text));
        assert!(Glob::new(&"*a".repeat(50)).matches(&text));
        assert!(!Glob::new(&format!("*{}b", "a".repeat(200))).matches(&text));
    }
}
