//! Services: a span's own, and those it names in tags.
//!
//! Source: agent-protocol 3.2 (rows 1 to 3).

use std::borrow::Cow;

use tracehound_model::limits::MAX_NAME_BYTES;

use crate::normalise::tag;
use crate::report::Repair;
use crate::truncate;
use crate::words::Fit;

/// The service of spans that have no usable one, for a tracer of this language, or of an unknown one if it is empty.
pub(crate) fn fallback(language: &str) -> String {
    if language.is_empty() {
        return "unnamed-service".to_owned();
    }
    // The language is a request header of any length, and a service keeps its limit whatever its origin.
    let language = truncate::utf8(language, MAX_NAME_BYTES - "unnamed--service".len());
    format!("unnamed-{language}-service")
}

/// A span's own service, never empty.
pub(crate) fn own<'t>(text: &'t str, fallback: &'t str) -> Fit<'t> {
    if text.is_empty() {
        return (Cow::Borrowed(fallback), Some(Repair::ServiceEmpty));
    }
    let (service, counter) = other(text, Repair::ServiceTruncate, Repair::ServiceInvalid);
    (if service.is_empty() { Cow::Borrowed(fallback) } else { service }, counter)
}

/// A service that a tag names; empty stays empty.
pub(crate) fn other(text: &str, truncated: Repair, invalid: Repair) -> Fit<'_> {
    let cut = truncate::utf8(text, MAX_NAME_BYTES);
    let service = tag::value(cut);
    let counter = if service.is_empty() && !text.is_empty() {
        Some(invalid)
    } else {
        (cut.len() < text.len()).then_some(truncated)
    };
    (service, counter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_cut_to_100_bytes_and_normalised_as_a_tag_value() {
        let long = "Too$Long$.".repeat(11);
        let wide = "é".repeat(51);
        let illegal = "$".repeat(101);
        for (sent, expected, counter) in [
            ("", "fallback", Some(Repair::ServiceEmpty)),
            ("good", "good", None),
            ("bad$service", "bad_service", None),
            ("127.site.platform-db-replica1", "127.site.platform-db-replica1", None),
            ("1🐨1animal-db🐶", "1_1animal-db", None),
            ("Web Store", "web_store", None),
            (&long, &"too_long_.".repeat(10), Some(Repair::ServiceTruncate)),
            (&wide, &wide[..100], Some(Repair::ServiceTruncate)),
            (&wide[..100], &wide[..100], None),
            ("$$$", "fallback", Some(Repair::ServiceInvalid)),
            (&illegal, "fallback", Some(Repair::ServiceInvalid)),
        ] {
            assert_eq!(own(sent, "fallback"), (expected.into(), counter), "{sent:?}");
        }
    }

    #[test]
    fn a_service_in_a_tag_may_be_empty() {
        let other = |sent| other(sent, Repair::PeerServiceTruncate, Repair::PeerServiceInvalid);
        assert_eq!(other(""), ("".into(), None));
        assert_eq!(other("Orders DB"), ("orders_db".into(), None));
        assert_eq!(other("$"), ("".into(), Some(Repair::PeerServiceInvalid)));
        assert_eq!(other(&"a".repeat(101)), ("a".repeat(100).into(), Some(Repair::PeerServiceTruncate)));
    }

    #[test]
    fn the_fallback_names_the_language_within_the_limit() {
        assert_eq!(fallback(""), "unnamed-service");
        assert_eq!(fallback("python"), "unnamed-python-service");
        assert_eq!(fallback(".NET"), "unnamed-.NET-service");
        assert_eq!(fallback(&"x".repeat(8_000)).len(), 100);
    }
}
