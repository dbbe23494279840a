//! Tag values: services, environments.
//!
//! Kept are letters, made lower-case, digits and `: . / -`. A run of anything else becomes one `_`, and nothing at the
//! end. Source: agent-protocol 3.3.

use std::borrow::Cow;

/// Longest value in characters, counted before runs shrink. Source: agent-protocol 3.3.
const MAX_CHARS: usize = 200;

/// No character is read that begins at this byte or later. Source: agent-protocol 3.3.
const MAX_BYTES: usize = 2 * MAX_CHARS;

/// The normal form of `text`, which may be empty. A normal form is its own normal form.
pub(crate) fn value(text: &str) -> Cow<'_, str> {
    if is_normal_ascii(text) {
        return Cow::Borrowed(text);
    }
    let mut value = String::with_capacity(text.len().min(MAX_BYTES + char::MAX.len_utf8()));
    let mut illegal_before = false;
    for (_, sent) in text.char_indices().take(MAX_CHARS).take_while(|&(begin, _)| begin < MAX_BYTES) {
        let Some(kept) = legal(sent) else {
            illegal_before = true;
            continue;
        };
        if illegal_before {
            value.push('_');
        }
        illegal_before = false;
        value.push(kept);
    }
    Cow::Owned(value)
}

/// Whether an ASCII text is normal already. Most are, and then nothing needs to be copied.
fn is_normal_ascii(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_normal = |(i, &byte): (usize, &u8)| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b':' | b'.' | b'/' | b'-' => true,
        b'_' => bytes.get(i + 1).is_some_and(|&next| next != b'_'),
        _ => false,
    };
    bytes.len() <= MAX_CHARS && bytes.iter().enumerate().all(is_normal)
}

/// The character to keep, or none.
fn legal(sent: char) -> Option<char> {
    let kept = lower_case(sent);
    (kept.is_alphanumeric() || matches!(kept, ':' | '.' | '/' | '-')).then_some(kept)
}

/// The lower-case form of an upper-case letter, but only if it is one character of the same length in UTF-8.
fn lower_case(sent: char) -> char {
    if !sent.is_uppercase() {
        return sent;
    }
    let mut lower = sent.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if one.len_utf8() == sent.len_utf8() => one,
        _ => sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_letters_digits_and_four_signs() {
        for (sent, expected) in [
            ("", ""),
            ("ok", "ok"),
            ("Name-Bad$", "name-bad"),
            ("fun:ky__tag/1", "fun:ky_tag/1"),
            ("fun:ky@tag/2", "fun:ky_tag/2"),
            ("fun:ky@@@tag/3", "fun:ky_tag/3"),
            ("tag:1/2.3", "tag:1/2.3"),
            ("Test Conditions", "test_conditions"),
            ("ALLCAPS", "allcaps"),
            ("Test Conversion Of Weird !@#$%^&**() Characters", "test_conversion_of_weird_characters"),
            ("1love", "1love"),
            ("127.0.0.1", "127.0.0.1"),
            (":testing", ":testing"),
            (":::test", ":::test"),
            (":still_ok", ":still_ok"),
            ("---x", "---x"),
            ("foo_", "foo"),
            ("spaces   ", "spaces"),
            ("   ", ""),
            ("_", ""),
            ("contiguous_____underscores", "contiguous_underscores"),
            ("a\0b\nc", "a_b_c"),
        ] {
            assert_eq!(value(sent), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_run_of_illegal_characters_at_the_start_becomes_an_underscore() {
        for (sent, expected) in [
            ("_foo", "_foo"),
            ("___trim", "_trim"),
            ("#test_starting_hash", "_test_starting_hash"),
            ("$#weird_starting", "_weird_starting"),
            ("🐨animal-db🐶", "_animal-db"),
            ("🐨1animal-db🐶", "_1animal-db"),
            ("_1", "_1"),
            ("_:", "_:"),
            ("_É", "_é"),
        ] {
            assert_eq!(value(sent), expected, "{sent:?}");
        }
    }

    #[test]
    fn letters_and_digits_are_those_of_unicode() {
        for (sent, expected) in [
            ("ünicöde:metäl", "ünicöde:metäl"),
            ("AlsO:œ#@ö))œk", "also:œ_ö_œk"),
            ("™Ö™Ö™™Ö™", "_ö_ö_ö"),
            ("Data🐨dog🐶 繋がっ⛰てて", "data_dog_繋がっ_てて"),
            ("ÀÉ", "àé"),
            ("٣", "٣"),
            // The lower-case form has another length: ſ stays, and so do İ and K (the Kelvin sign).
            ("ſodd_ſcaseſ", "ſodd_ſcaseſ"),
            ("İ", "İ"),
            ("\u{212a}", "\u{212a}"),
            // Title case is not upper case.
            ("ǅungla", "ǅungla"),
            // U+FFFD stands for what was not UTF-8.
            ("a\u{fffd}", "a"),
            ("a\u{fffd}\u{fffd}b", "a_b"),
        ] {
            assert_eq!(value(sent), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_value_ends_after_200_characters_or_at_400_bytes() {
        let table = [
            ("a".repeat(200), "a".repeat(200)),
            ("a".repeat(888), "a".repeat(200)),
            (format!("A{}", "0".repeat(250)), format!("a{}", "0".repeat(199))),
            // Characters are counted as sent, those that vanish too.
            (format!("A{} {}", "0".repeat(197), "0".repeat(9)), format!("a{}_0", "0".repeat(197))),
            (format!("{}__b", "a".repeat(197)), format!("{}_b", "a".repeat(197))),
            (format!("{}___b", "a".repeat(197)), "a".repeat(197)),
            (format!("a{}b", "🐶".repeat(799)), "a".to_owned()),
            ("é".repeat(201), "é".repeat(200)),
            // The character that begins below 400 bytes is taken whole.
            ("繋".repeat(200), "繋".repeat(134)),
            (format!("{}繋", "a".repeat(199)), format!("{}繋", "a".repeat(199))),
        ];
        for (sent, expected) in table {
            assert_eq!(value(&sent), expected, "{sent:?}");
        }
    }
}
