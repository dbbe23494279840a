//! Step 6: cutting what is too long.
//!
//! A cut falls between characters, and a cut tag says so by three dots. Source: agent-protocol 3.5.

use std::borrow::Cow;

use tracehound_model::limits::{MAX_RESOURCE_BYTES, MAX_TAG_KEY_BYTES, MAX_TAG_VALUE_BYTES};

use crate::report::Repair;
use crate::words::Fit;

/// The longest beginning of `text` that has at most `max_bytes` bytes.
pub(crate) fn utf8(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

/// A resource.
pub(crate) fn resource(text: &str) -> Fit<'_> {
    let cut = utf8(text, MAX_RESOURCE_BYTES);
    (Cow::Borrowed(cut), (cut.len() < text.len()).then_some(Repair::ResourceTruncate))
}

/// A key of `meta` or `metrics`, whose counters differ.
pub(crate) fn key(text: &str, counter: Repair) -> Fit<'_> {
    with_dots(text, MAX_TAG_KEY_BYTES, counter)
}

/// A value of `meta`.
pub(crate) fn value(text: &str) -> Fit<'_> {
    with_dots(text, MAX_TAG_VALUE_BYTES, Repair::MetaValueTruncate)
}

fn with_dots(text: &str, max_bytes: usize, counter: Repair) -> Fit<'_> {
    if text.len() <= max_bytes {
        return (Cow::Borrowed(text), None);
    }
    (Cow::Owned(format!("{}...", utf8(text, max_bytes))), Some(counter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_keeps_whole_characters() {
        for (text, max_bytes, expected) in [
            ("", 5, ""),
            ("télé", 5, "tél"),
            ("télé", 2, "t"),
            ("ééééé", 5, "éé"),
            ("ééééé", 10, "ééééé"),
            ("ééééé", 18, "ééééé"),
            ("肋", 2, ""),
            ("🠠a", 4, "🠠"),
            ("abc", 0, ""),
        ] {
            assert_eq!(utf8(text, max_bytes), expected, "{text:?} to {max_bytes} bytes");
        }
    }

    #[test]
    fn a_text_of_exactly_the_limit_stays_and_one_byte_more_is_cut() {
        let cut = |text: String, rule: fn(&str) -> Fit<'_>| {
            let (text, counter) = rule(&text);
            (text.len(), text.ends_with("a..."), counter)
        };
        let meta_key: fn(&str) -> Fit<'_> = |text| key(text, Repair::MetaKeyTruncate);
        for (bytes, rule, expected) in [
            (5_000, resource as fn(&str) -> Fit<'_>, (5_000, false, None)),
            (5_001, resource, (5_000, false, Some(Repair::ResourceTruncate))),
            (200, meta_key, (200, false, None)),
            (201, meta_key, (203, true, Some(Repair::MetaKeyTruncate))),
            (25_000, value, (25_000, false, None)),
            (25_001, value, (25_003, true, Some(Repair::MetaValueTruncate))),
        ] {
            assert_eq!(cut("a".repeat(bytes), rule), expected, "{bytes} bytes");
        }
    }
}
