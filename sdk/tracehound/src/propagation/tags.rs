//! The tags that travel with a trace, `_dd.p.*`, and the header that carries them.
//!
//! ```text
//! x-datadog-tags: _dd.p.dm=-4,_dd.p.tid=640cfd8d00000000,_dd.p.usr.id=baz64==
//! ```
//!
//! A key is printable ASCII without space, comma and equals sign, a value printable ASCII without comma. `_dd.p.tid` is the high half of
//! the trace id: it is split off when it is read and put back when it is written.

use std::borrow::Cow;
use std::fmt::Write;

use super::digits::lower_hex;
use super::header::{OPTIONAL_WHITESPACE, is_printable};
use super::{DEFAULT_TAGS_MAX_LEN, Extracted};

/// What the keys of all these tags begin with.
pub(super) const PREFIX: &str = "_dd.p.";

/// The decision maker, without the prefix.
pub(super) const DECISION_MAKER: &str = "dm";

/// The high half of the trace id, without the prefix.
pub(super) const HIGH_HALF: &str = "tid";

/// A list of the services before us that older tracers sent; it is not to be propagated any more.
const UPSTREAM_SERVICES: &str = "upstream_services";

/// Reads the header into `extracted`, or none of it if it is malformed or longer than `max_len` bytes. A `max_len` of 0 stops the header
/// from being sent, not from being read.
pub(super) fn read(header: &str, max_len: usize, extracted: &mut Extracted) {
    let max_len = if max_len == 0 { DEFAULT_TAGS_MAX_LEN } else { max_len };
    if header.is_empty() {
        return;
    }
    if header.len() > max_len {
        extracted.propagation_error = Some(Cow::Borrowed("extract_max_size"));
        return;
    }
    if pairs(header).any(|pair| !pair.is_some_and(|(key, value)| is_key(key) && is_value(value))) {
        extracted.propagation_error = Some(Cow::Borrowed("decoding_error"));
        return;
    }
    for (key, value) in pairs(header).flatten() {
        match key.strip_prefix(PREFIX) {
            Some(HIGH_HALF) => set_high_half(value, extracted),
            Some(name) => set(name, Cow::Borrowed(value), extracted),
            None => {}
        }
    }
}

fn pairs(header: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    header.split(',').map(|pair| {
        let (key, value) = pair.split_once('=')?;
        Some((key.trim_matches(OPTIONAL_WHITESPACE), value.trim_matches(OPTIONAL_WHITESPACE)))
    })
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b',' && byte != b'=')
}

fn is_value(value: &str) -> bool {
    !value.is_empty() && is_printable(value) && !value.contains(',')
}

/// The high half of a trace id: 16 lower-case hexadecimal digits.
pub(super) fn high_half(value: &str) -> Option<u64> {
    lower_hex(value, 16).map(|half| half as u64)
}

fn set_high_half(value: &str, extracted: &mut Extracted) {
    match high_half(value) {
        Some(high) => extracted.trace_id = u128::from(high) << 64 | u128::from(extracted.trace_id as u64),
        None => extracted.propagation_error = Some(Cow::Owned(format!("malformed_tid {value}"))),
    }
}

/// Sets the tag `_dd.p.{name}`; the last value of a name counts, and a decision maker must be one.
pub(super) fn set(name: &str, value: Cow<'_, str>, extracted: &mut Extracted) {
    match name {
        DECISION_MAKER if !is_decision_maker(&value) => {
            extracted.propagation_error = Some(Cow::Borrowed("decoding_error"));
        }
        "" | HIGH_HALF | UPSTREAM_SERVICES => {}
        _ => {
            remove(name, extracted);
            extracted.tags.push(([PREFIX, name].concat(), value.into_owned()));
        }
    }
}

/// Removes the tag `_dd.p.{name}`.
pub(super) fn remove(name: &str, extracted: &mut Extracted) {
    extracted.tags.retain(|(key, _)| key.strip_prefix(PREFIX) != Some(name));
}

/// The number of a sampling mechanism after a hyphen, `-4`. Older tracers put a hash of the deciding service before it, `934086a686-4`.
fn is_decision_maker(value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    value.split_once('-').is_some_and(|(service, mechanism)| {
        digits(mechanism) && service.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Appends the header's value, which stays empty if there is nothing to send or if it would be longer than `max_len` bytes.
///
/// # Errors
///
/// What was left out, in the words of the tag `_dd.propagation_error`.
pub(super) fn write(
    tags: &[(String, String)],
    high: u64,
    max_len: usize,
    out: &mut String,
) -> Result<(), &'static str> {
    if max_len == 0 {
        return Err("disabled");
    }
    let mut outcome = Ok(());
    for (key, value) in tags {
        if !is_key(key) || !is_value(value) {
            outcome = Err("encoding_error");
            continue;
        }
        separate(out);
        out.push_str(key);
        out.push('=');
        out.push_str(value);
    }
    if high != 0 {
        separate(out);
        // Writing to a String does not fail.
        let _ = write!(out, "{PREFIX}{HIGH_HALF}={high:016x}");
    }
    if out.len() > max_len {
        out.clear();
        return Err("inject_max_size");
    }
    outcome
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extracted(header: &str) -> Extracted {
        let mut extracted = Extracted { trace_id: 5, ..Extracted::default() };
        read(header, DEFAULT_TAGS_MAX_LEN, &mut extracted);
        extracted
    }

    fn tags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn tags_are_read_in_order_and_others_are_left_out() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("", &[]),
            ("_dd.p.dm=-4", &[("_dd.p.dm", "-4")]),
            ("_dd.p.dm=934086a686-4", &[("_dd.p.dm", "934086a686-4")]),
            ("_dd.p.dm=-11,_dd.p.ksr=0.5", &[("_dd.p.dm", "-11"), ("_dd.p.ksr", "0.5")]),
            ("_dd.p.usr.id=baz64==", &[("_dd.p.usr.id", "baz64==")]),
            ("_dd.p.url=http://localhost", &[("_dd.p.url", "http://localhost")]),
            (" _dd.p.a = b c ,\t_dd.p.d=e", &[("_dd.p.a", "b c"), ("_dd.p.d", "e")]),
            ("_dd.p.a=1,_dd.p.b=2,_dd.p.a=3", &[("_dd.p.b", "2"), ("_dd.p.a", "3")]),
            ("foo=bar,_dd.p.a=b,_dd.q.c=d,_dd.p.=x", &[("_dd.p.a", "b")]),
            ("_dd.p.upstream_services=bWNudWx0eS13ZWI|0|1|0.1,_dd.p.a=b", &[("_dd.p.a", "b")]),
        ];
        for &(header, expected) in table {
            let extracted = extracted(header);
            assert_eq!(extracted.tags, tags(expected), "{header:?}");
            assert_eq!(extracted.propagation_error, None, "{header:?}");
        }
    }

    #[test]
    fn a_malformed_header_is_dropped_whole() {
        let malformed =
            ["_dd.p.a", "_dd.p.a=", "=b", "_dd.p.a=b,", ",_dd.p.a=b", "_dd.p.a=b,,_dd.p.c=d", "_dd.p.a b=c"];
        let unprintable = ["_dd.p.a=é", "_dd.p.a=\0", "_dd.p.a=b\r\nc: d", "_dd.p.é=b", ","];
        for header in malformed.iter().chain(&unprintable) {
            let extracted = extracted(header);
            assert_eq!(extracted.tags, [], "{header:?}");
            assert_eq!(extracted.propagation_error.as_deref(), Some("decoding_error"), "{header:?}");
        }
    }

    #[test]
    fn a_malformed_decision_maker_is_dropped_alone() {
        for dm in ["4", "-", "-x", "--4", "-4-", "a b-4"] {
            let extracted = extracted(&format!("_dd.p.dm={dm},_dd.p.a=b"));
            assert_eq!(extracted.tags, tags(&[("_dd.p.a", "b")]), "{dm:?}");
            assert_eq!(extracted.propagation_error.as_deref(), Some("decoding_error"), "{dm:?}");
        }
    }

    #[test]
    fn the_high_half_goes_into_the_trace_id_if_it_is_16_lower_case_digits() {
        let table = [
            ("640cfd8d00000000", 0x640c_fd8d_0000_0000_0000_0000_0000_0005, None),
            ("0000000000000010", 0x10_0000_0000_0000_0005, None),
            ("0000000000000000", 5, None),
            ("1234567890abcdef1", 5, Some("malformed_tid 1234567890abcdef1")),
            ("1234567890abcde", 5, Some("malformed_tid 1234567890abcde")),
            ("1234567890abcdeX", 5, Some("malformed_tid 1234567890abcdeX")),
            ("1234567890ABCDEF", 5, Some("malformed_tid 1234567890ABCDEF")),
        ];
        for (tid, trace_id, error) in table {
            let extracted = extracted(&format!("_dd.p.tid={tid}"));
            assert_eq!(extracted.trace_id, trace_id, "{tid}");
            assert_eq!(extracted.propagation_error.as_deref(), error, "{tid}");
            assert_eq!(extracted.tags, [], "{tid}");
        }
    }

    #[test]
    fn a_header_over_the_limit_is_not_read() {
        let fits = format!("_dd.p.a={}", "x".repeat(DEFAULT_TAGS_MAX_LEN - 8));
        assert_eq!(extracted(&fits).tags.len(), 1);
        for header in [fits + "x", "_dd.p.a=b,".repeat(100_000)] {
            let extracted = extracted(&header);
            assert_eq!(extracted.tags, []);
            assert_eq!(extracted.propagation_error.as_deref(), Some("extract_max_size"));
        }
    }

    #[test]
    fn a_limit_of_0_stops_sending_but_not_reading() {
        let mut extracted = Extracted::default();
        read("_dd.p.a=b", 0, &mut extracted);
        assert_eq!(extracted.tags, tags(&[("_dd.p.a", "b")]));
        let mut out = String::new();
        assert_eq!(write(&extracted.tags, 0, 0, &mut out), Err("disabled"));
        assert_eq!(out, "");
    }

    #[test]
    fn what_is_written_says_what_was_left_out() {
        let long = "x".repeat(DEFAULT_TAGS_MAX_LEN - 8);
        let too_long = format!("{long}x");
        let whole = format!("_dd.p.a={long}");
        type Row<'a> = (&'a [(&'a str, &'a str)], u64, &'a str, Result<(), &'static str>);
        let table: &[Row<'_>] = &[
            (&[], 0, "", Ok(())),
            (&[("_dd.p.dm", "-4")], 0, "_dd.p.dm=-4", Ok(())),
            (
                &[("_dd.p.dm", "-4"), ("_dd.p.a", "b=c")],
                16,
                "_dd.p.dm=-4,_dd.p.a=b=c,_dd.p.tid=0000000000000010",
                Ok(()),
            ),
            (&[("_dd.p.a", "b,c"), ("_dd.p.d", "e")], 0, "_dd.p.d=e", Err("encoding_error")),
            (&[("_dd.p.a b", "c")], 0, "", Err("encoding_error")),
            (&[("_dd.p.a", "é")], 1, "_dd.p.tid=0000000000000001", Err("encoding_error")),
            (&[("_dd.p.a", "b\r\nc: d")], 0, "", Err("encoding_error")),
            (&[("_dd.p.a", &long)], 0, &whole, Ok(())),
            (&[("_dd.p.a", &too_long)], 0, "", Err("inject_max_size")),
            (&[("_dd.p.a", &long)], 1, "", Err("inject_max_size")),
        ];
        for &(pairs, high, expected, outcome) in table {
            let mut out = String::new();
            assert_eq!(write(&tags(pairs), high, DEFAULT_TAGS_MAX_LEN, &mut out), outcome, "{pairs:.60?}");
            assert_eq!(out, expected);
        }
    }
}
