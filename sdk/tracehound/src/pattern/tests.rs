//! What matches, by RE2's documentation of its syntax, and by another engine: both must find the same in the same texts.

use std::borrow::Cow;

use regex_lite::{NoExpand, Regex};

use super::*;
use crate::dice::Dice;

#[test]
fn an_expression_matches_anywhere_and_is_replaced_as_it_stands() {
    let pattern = Pattern::new("b+").unwrap();
    assert!(pattern.is_match("abc") && !pattern.is_match("ac"));
    assert_eq!(pattern.replace_all("abbcb", "$0"), "a$0c$0");
    assert!(matches!(pattern.replace_all("ac", "x"), Cow::Borrowed("ac")));
}

/// Expressions, a text, and the text with `<…>` around all that matches.
#[test]
fn every_piece_of_syntax_means_what_re2_says() {
    for (expression, text, expected) in [
        ("", "ab", "<>a<>b<>"),
        ("abc", "xabcabx", "x<abc>abx"),
        ("é.", "aéb€é€", "a<éb>€<é€>"),
        ("a|ab", "ab", "<a>b"),
        ("ab|a|", "abac", "<ab><a>c<>"),
        ("(a)(?:b)(?P<n>c)(?<m>d)", "abcd", "<abcd>"),
        ("a*", "baac", "<>b<aa>c<>"),
        ("a+b?", "aab a b", "<aab> <a> b"),
        ("a+?", "aa", "<a><a>"),
        ("a{2}", "aaaaa", "<aa><aa>a"),
        ("a{2,}", "a aaa", "a <aaa>"),
        ("a{1,2}?b", "aaab", "a<aab>"),
        ("(?:ab){0}c", "abc", "ab<c>"),
        ("x{,2}", "xx{,2}", "x<x{,2}>"),
        ("a{b}|{|}", "a{b}{}", "<a{b}><{><}>"),
        ("a{1,2,}", "aaa{1,2,}", "aa<a{1,2,}>"),
        ("a{é}|{1", "a{é}{1", "<a{é}><{1>"),
        ("(?U)a+", "aa", "<a><a>"),
        ("(?U)a+?", "aa", "<aa>"),
        (".", "\na", "\n<a>"),
        ("(?s).", "\na", "<\n><a>"),
        ("^a|b$", "ab\nab", "<a>b\na<b>"),
        ("(?m)^a|b$", "ab\nab", "<a><b>\n<a><b>"),
        (r"\Aa|b\z", "ab\nab", "<a>b\na<b>"),
        (r"\bo", "o no on", "<o> no <o>n"),
        (r"o\B", "o no on", "o no <o>n"),
        ("(?i)straße", "STRAßE", "<STRAßE>"),
        ("a(?i)b(?-i)c|b", "aBc aBC B", "<aBc> aBC B"),
        ("(?i:a)b", "Ab AB", "<Ab> AB"),
        ("((?i)a)b", "Ab AB", "<Ab> AB"),
        ("(?i)[^a]", "aAb", "aA<b>"),
        ("(?i)[k-m]", "klnKLN", "<k><l>n<K><L>N"),
        ("[a-cx]", "abdx-", "<a><b>d<x>-"),
        ("[]a]", "]ab", "<]><a>b"),
        ("[^]a]", "]ab", "]a<b>"),
        ("[a-]", "a-b", "<a><->b"),
        ("[-a]", "a-b", "<a><->b"),
        (r"[\]\-\\^]", r"]-\^a", r"<]><-><\><^>a"),
        (r"[\d_]", "a1_", "a<1><_>"),
        (r"[^\D1]", "a12", "a1<2>"),
        ("[[:alpha:]!]", "a1!", "<a>1<!>"),
        ("[[:^alpha:]]", "a1", "a<1>"),
        (r"\d\D\s\S\w\W", "1a b_- ", "<1a b_-> "),
        (r"\w+", "né_9", "<n>é<_9>"),
        (r"\s", " \t\n\r\x0c\x0b", "< ><\t><\n><\r><\x0c>\x0b"),
        (r"\x41\x{1F600}\t\n\.", "A😀\t\n.", "<A😀\t\n.>"),
        (r"(?:a*)*b", "aab", "<aab>"),
        (r"(?:|a)+", "aa", "<>a<>a<>"),
        (r"(?:a|b*)+c", "abbac", "<abbac>"),
    ] {
        let pattern = Pattern::new(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        let mut marked = String::new();
        let mut rest = 0;
        for (start, end) in pattern.matches(text) {
            marked += &format!("{}<{}>", &text[rest..start], &text[start..end]);
            rest = end;
        }
        assert_eq!(marked + &text[rest..], expected, "{expression}");
    }
}

#[test]
fn what_re2_refuses_is_an_error() {
    for (expression, expected) in [
        ("*", "nothing to repeat"),
        ("a|+", "nothing to repeat"),
        ("({2})", "nothing to repeat"),
        ("a**", "a repetition of a repetition"),
        ("a{2}{3}", "a repetition of a repetition"),
        ("a{2,1}", "a count out of bounds"),
        ("a{1001}", "a count out of bounds"),
        ("(", "a parenthesis that is not closed"),
        ("(a|b", "a parenthesis that is not closed"),
        ("a)", "a parenthesis that was not opened"),
        ("(?P<x", "a name without an end"),
        ("(?P<>x)", "not the name of a group"),
        ("(?=a)", "an unknown flag"),
        ("(?x)a", "an unknown flag"),
        ("(?i", "flags without an end"),
        ("[a", "a bracket that is not closed"),
        ("[]", "a bracket that is not closed"),
        ("[b-a]", "no range of characters"),
        (r"[a-\d]", "no range of characters"),
        ("[[:letters:]]", "an unknown class"),
        (r"\", "a backslash at the end"),
        (r"\pL", "an unknown escape"),
        (r"\1", "an unknown escape"),
        (r"\x4", "no character of this number"),
        (r"\x{d800}", "no character of this number"),
        (r"\x{+41}", "no character of this number"),
        ("(?:a{1000}){1000}", "it is too large"),
        (&format!("[{}]{{1000}}", "ab".repeat(1_000)), "it is too large"),
        ("(?:(?:(?:){1000}){1000}){1000}", "it is too large"),
        (&format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000)), "too many groups within groups"),
    ] {
        assert_eq!(Pattern::new(expression).err(), Some(expected), "{expression:.40}");
    }
}

#[test]
fn expressions_share_the_room_there_is() {
    let mut room = 10;
    assert!(Pattern::new_in("(?:ab){1000}", &mut room).is_err());
    assert_eq!(room, 10, "what was too large takes none");
    assert!(Pattern::new_in("a", &mut room).is_ok());
    assert!(Pattern::new_in("abcd", &mut room).is_ok());
    assert!(Pattern::new_in("b", &mut room).is_err());
}

#[test]
fn time_is_at_most_steps_times_characters() {
    // Each would take longer than the world stands if ways were tried one after the other.
    let text = "x".repeat(5_000);
    for expression in ["(x+x+)+y", "(x*)*y", "(x|x)*y", "(?:x?){100}x{100}y", "(.*)(.*)(.*)(.*)y"] {
        assert!(!Pattern::new(expression).unwrap().is_match(&text), "{expression}");
    }
}

#[test]
fn an_expression_is_read_in_one_go() {
    // Looking from each brace for the one that closes it would take a minute.
    let expression = "{".repeat(300_000) + "}";
    assert_eq!(Pattern::new(&expression).err(), Some("it is too large"));
}

#[test]
fn generated_expressions_find_what_another_engine_finds() {
    let mut dice = Dice::new(1);
    for _ in 0..3_000 {
        let mut expression = String::new();
        dice.alternatives(&mut expression, 3);
        let theirs = Regex::new(&expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        let ours = Pattern::new(&expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        for _ in 0..8 {
            let text: String =
                (0..dice.roll(10)).map(|_| dice.pick(&["a", "b", "A", "é", "1", "_", " ", "\n"])).collect();
            let expected: Vec<_> = theirs.find_iter(&text).map(|found| (found.start(), found.end())).collect();
            assert_eq!(ours.matches(&text), expected, "{expression:?} in {text:?}");
            assert_eq!(ours.is_match(&text), !expected.is_empty(), "{expression:?} in {text:?}");
            assert_eq!(
                ours.replace_all(&text, "-"),
                theirs.replace_all(&text, NoExpand("-")),
                "{expression:?} in {text:?}"
            );
        }
    }
}

impl Dice {
    /// Writes an expression whose groups nest at most `depth` deep.
    fn alternatives(&mut self, out: &mut String, depth: usize) {
        out.push_str(self.pick(&["", "", "", "(?i)", "(?m)", "(?s)", "(?U)"]));
        for index in 0..=self.roll(3) {
            out.push_str(if index > 0 { "|" } else { "" });
            for _ in 0..self.roll(4) {
                self.atom(out, depth);
            }
        }
    }

    fn atom(&mut self, out: &mut String, depth: usize) {
        match self.roll(if depth > 0 { 8 } else { 6 }) {
            0..=2 => out.push_str(self.pick(&["a", "b", "A", "é", "1", r"\x61", r"\n"])),
            3 => out.push_str(self.pick(&[
                ".",
                r"\d",
                r"\D",
                r"\s",
                r"\w",
                r"\W",
                "[ab]",
                "[^a]",
                r"[^\w]",
                "[[:upper:]é-ü]",
            ])),
            // These are not repeated.
            4 => return out.push_str(self.pick(&["^", "$", r"\b", r"\B", r"\A", r"\z"])),
            5 => out.push_str(self.pick(&["[a-z1]", r"[\d_]", "(?:ab)", "(?i:A)"])),
            _ => {
                out.push_str(self.pick(&["(", "(?:", "(?P<name>"][..2]));
                self.alternatives(out, depth - 1);
                out.push(')');
            }
        }
        out.push_str(self.pick(&["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}"]));
        if out.ends_with(['*', '+', '?', '}']) {
            out.push_str(self.pick(&["", "", "?"]));
        }
    }
}
