//! The member `ot` of `tracestate`, in which tracers of OpenTelemetry, and Datadog's, tell with what probability a trace was kept.
//!
//! ```text
//! tracestate: dd=s:2;p:00f067aa0ba902b7,ot=rv:f0948a54d43b8e;th:e6666666666668
//!             rv  the trace's randomness, 14 hexadecimal digits
//!             th  the threshold it was held against, up to 14; the zeros at its end are left out
//! ```
//!
//! Whoever takes over a decision passes the member on as it came. Fields that are not what they should be are left out, since a wrong
//! threshold would make receivers weigh the trace wrongly; fields that are unknown stay. Source: OpenTelemetry, TraceState probability
//! sampling.

use std::borrow::Cow;

use super::tracestate::MAX_OTHERS;

const OT: &str = "ot=";
const RANDOMNESS: &str = "rv:";
const THRESHOLD: &str = "th:";

/// Digits of 56 bits.
const DIGITS: usize = 14;

/// A received member without malformed fields; `None` if nothing is left of it. Members of others are left alone.
pub(super) fn sanitized(member: &str) -> Option<Cow<'_, str>> {
    keep_fields(member, |field| {
        if let Some(randomness) = field.strip_prefix(RANDOMNESS) {
            randomness.len() == DIGITS && is_hexadecimal(randomness)
        } else if let Some(threshold) = field.strip_prefix(THRESHOLD) {
            (1..=DIGITS).contains(&threshold.len()) && is_hexadecimal(threshold)
        } else {
            !field.is_empty()
        }
    })
}

/// The members of others where the user's word replaced the decision: its threshold does not hold any more.
pub(crate) fn without_threshold(others: &str) -> String {
    let members = others.split(',').filter_map(|member| keep_fields(member, |field| !field.starts_with(THRESHOLD)));
    members.collect::<Vec<_>>().join(",")
}

/// The members of others together with a decision taken here, unless one is told among them.
pub(crate) fn with_decision(others: &str, fields: &str) -> String {
    let members = || others.split(',').filter(|member| !member.is_empty());
    if members().any(|member| member.starts_with(OT)) {
        return others.to_owned();
    }
    let mut told = format!("{OT}{fields}");
    for member in members().take(MAX_OTHERS - 1) {
        told.push(',');
        told.push_str(member);
    }
    told
}

/// A member, without those of its fields that `keep` does not like if it is the one called `ot`.
fn keep_fields(member: &str, keep: impl Fn(&str) -> bool) -> Option<Cow<'_, str>> {
    let Some(fields) = member.strip_prefix(OT) else { return Some(Cow::Borrowed(member)) };
    let kept: Vec<&str> = fields.split(';').filter(|field| keep(field)).collect();
    if kept.is_empty() { None } else { Some(Cow::Owned(format!("{OT}{}", kept.join(";")))) }
}

fn is_hexadecimal(digits: &str) -> bool {
    digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_fields_are_left_out_and_unknown_ones_stay() {
        for (member, expected) in [
            ("ot=rv:ef284ace7a91e1;th:e6666666666668", Some("ot=rv:ef284ace7a91e1;th:e6666666666668")),
            ("ot=th:0", Some("ot=th:0")),
            ("ot=foo:bar", Some("ot=foo:bar")),
            ("ot=rv:ef284ace7a91e1;th:8;foo:bar", Some("ot=rv:ef284ace7a91e1;th:8;foo:bar")),
            ("ot=rv:1234567890abcd;th:not-hex", Some("ot=rv:1234567890abcd")),
            ("ot=rv:not-hex;th:not-hex", None),
            ("ot=rv:1234567890abc;th:8", Some("ot=th:8")),
            ("ot=rv:1234567890ABCD", None),
            ("ot=th:123456789012345", None),
            ("ot=th:", None),
            ("ot=", None),
            ("ot=;;", None),
            ("congo=th:not-hex", Some("congo=th:not-hex")),
        ] {
            assert_eq!(sanitized(member).as_deref(), expected, "{member}");
        }
    }

    #[test]
    fn the_users_word_takes_the_threshold_away() {
        for (others, expected) in [
            ("ot=rv:65cd67504a538e;th:e6666666666668", "ot=rv:65cd67504a538e"),
            ("foo=1,ot=th:8,bar=2", "foo=1,bar=2"),
            ("foo=th:1", "foo=th:1"),
            ("", ""),
        ] {
            assert_eq!(without_threshold(others), expected, "{others}");
        }
    }

    #[test]
    fn a_decision_is_told_first_among_others_unless_one_is_told() {
        assert_eq!(with_decision("", "rv:1;th:2"), "ot=rv:1;th:2");
        assert_eq!(with_decision("foo=1,bar=2", "rv:1;th:2"), "ot=rv:1;th:2,foo=1,bar=2");
        assert_eq!(with_decision("foo=1,ot=th:8", "rv:1;th:2"), "foo=1,ot=th:8");
        let full = vec!["foo=1"; MAX_OTHERS].join(",");
        assert_eq!(with_decision(&full, "th:2").split(',').count(), MAX_OTHERS);
    }
}
