//! Span names: ASCII letters, digits, `.` and single `_`, beginning with a letter.
//!
//! Source: agent-protocol 3.2 (row 5) and 3.4.

use std::borrow::Cow;

use tracehound_model::limits::MAX_NAME_BYTES;

use crate::report::Repair;
use crate::truncate;
use crate::words::Fit;

/// Stands where there is no usable name. Source: agent-protocol 3.2.
const UNNAMED: &str = "unnamed_operation";

/// The normal form of `text`, never empty. A normal form is its own normal form.
pub(crate) fn normalise(text: &str) -> Fit<'_> {
    if text.is_empty() {
        return (Cow::Borrowed(UNNAMED), Some(Repair::SpanNameEmpty));
    }
    let cut = truncate::utf8(text, MAX_NAME_BYTES);
    let Some(name) = rewrite(cut) else {
        return (Cow::Borrowed(UNNAMED), Some(Repair::SpanNameInvalid));
    };
    (Cow::Owned(name), (cut.len() < text.len()).then_some(Repair::SpanNameTruncate))
}

/// None if there is no letter.
fn rewrite(text: &str) -> Option<String> {
    let begin = text.find(|c: char| c.is_ascii_alphabetic())?;
    let mut name = String::with_capacity(text.len());
    for sent in text[begin..].chars() {
        match sent {
            _ if sent.is_ascii_alphanumeric() => name.push(sent),
            '.' => {
                if name.ends_with('_') {
                    name.pop();
                }
                name.push('.');
            }
            _ if name.ends_with(['.', '_']) => {}
            _ => name.push('_'),
        }
    }
    if name.ends_with('_') {
        name.pop();
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_ascii_with_single_underscores_and_begins_with_a_letter() {
        for (sent, expected) in [
            ("good", "good"),
            ("pylons.controller", "pylons.controller"),
            ("trace-api.request", "trace_api.request"),
            ("GET /a b", "GET_a_b"),
            ("bad-name", "bad_name"),
            ("CamelCase", "CamelCase"),
            ("http.2xx", "http.2xx"),
            ("12.a", "a"),
            ("_.a", "a"),
            ("a_.b", "a.b"),
            ("a-.b", "a.b"),
            ("a._b", "a.b"),
            ("a.-.b", "a..b"),
            ("a..b", "a..b"),
            ("a.", "a."),
            ("a_", "a"),
            ("a__", "a"),
            ("a_b__c", "a_b_c"),
            ("naïve", "na_ve"),
            ("été", "t"),
        ] {
            assert_eq!(normalise(sent), (expected.into(), None), "{sent:?}");
        }
    }

    #[test]
    fn a_name_that_had_to_be_cut_or_replaced_is_counted() {
        let long = "a".repeat(101);
        let weird = "Too-Long-.".repeat(11);
        for (sent, expected, counter) in [
            ("", UNNAMED, Repair::SpanNameEmpty),
            ("/", UNNAMED, Repair::SpanNameInvalid),
            ("12.3", UNNAMED, Repair::SpanNameInvalid),
            ("é", UNNAMED, Repair::SpanNameInvalid),
            (&long, &long[..100], Repair::SpanNameTruncate),
            (&weird, &"Too_Long.".repeat(10), Repair::SpanNameTruncate),
            (&format!("{}a", "1".repeat(100)), UNNAMED, Repair::SpanNameInvalid),
        ] {
            assert_eq!(normalise(sent), (expected.into(), Some(counter)), "{sent:?}");
        }
        assert_eq!(normalise(&long[..100]), (long[..100].into(), None), "100 bytes are not too many");
    }
}
