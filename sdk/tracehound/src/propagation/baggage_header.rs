//! W3C Baggage: the header `baggage`.
//!
//! ```text
//! baggage: userId=Am%C3%A9lie,serverNode=DF%2028,isProduction=false;a=property
//! ```
//!
//! Keys and values are percent-encoded; properties are not read. One malformed member makes the whole list invalid. What goes out is
//! what every receiver understands: `+` is encoded, since some read it as a space, and items without a key or a value are left out, since
//! they would make other tracers drop the list. Source: W3C Baggage, 3.3.

use std::borrow::Cow;

use super::Baggage;
use super::carrier::{Extract, Inject};
use super::header::OPTIONAL_WHITESPACE;
use crate::percent::decode;

const BAGGAGE: &str = "baggage";

/// How much of a list is read and written at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Members: `DD_TRACE_BAGGAGE_MAX_ITEMS`.
    pub(crate) members: usize,
    /// Bytes, commas included: `DD_TRACE_BAGGAGE_MAX_BYTES`.
    pub(crate) len: usize,
}

impl Limits {
    /// What every receiver takes. Source: W3C Baggage, 3.3.2.
    pub(crate) const DEFAULT: Limits = Limits { members: 64, len: 8_192 };
}

/// Reads all headers as one list, up to the limits; none of it if it is malformed.
pub(super) fn read(carrier: &dyn Extract, limits: Limits) -> Baggage {
    let mut list = List { limits, baggage: Baggage::new(), members: 0, len: 0, malformed: false };
    carrier.get(BAGGAGE, &mut |header| {
        // An empty header is an empty list.
        if !header.is_empty() {
            list.read(header);
        }
    });
    if list.malformed { Baggage::new() } else { list.baggage }
}

/// A list as it is read.
struct List {
    limits: Limits,
    baggage: Baggage,
    members: usize,
    len: usize,
    malformed: bool,
}

impl List {
    fn read(&mut self, header: &str) {
        for member in header.split(',') {
            let comma = usize::from(self.members > 0);
            self.members += 1;
            self.len = self.len.saturating_add(member.len() + comma);
            if self.malformed || self.members > self.limits.members || self.len > self.limits.len {
                return;
            }
            match parse(member) {
                Some((key, value)) => self.baggage.set(&key, &value),
                None => self.malformed = true,
            }
        }
    }
}

fn parse(member: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let item = member.split(';').next()?;
    let (key, value) = item.split_once('=')?;
    let (key, value) = (key.trim_matches(OPTIONAL_WHITESPACE), value.trim_matches(OPTIONAL_WHITESPACE));
    let valid = !key.is_empty() && !value.is_empty();
    valid.then(|| (decode(key), decode(value)))
}

/// Writes the header, up to the first item that would exceed a limit; no header if there is no item.
pub(super) fn write(baggage: &Baggage, limits: Limits, scratch: &mut String, carrier: &mut dyn Inject) {
    scratch.clear();
    let complete = baggage.iter().filter(|(key, value)| !key.is_empty() && !value.is_empty());
    for (key, value) in complete.take(limits.members) {
        let before = scratch.len();
        // Encoding only makes longer. An item of megabytes is not encoded to be thrown away.
        if before.saturating_add(key.len()).saturating_add(value.len()) > limits.len {
            break;
        }
        if before > 0 {
            scratch.push(',');
        }
        encode(key, is_key_byte, scratch);
        scratch.push('=');
        encode(value, is_value_byte, scratch);
        if scratch.len() > limits.len {
            scratch.truncate(before);
            break;
        }
    }
    if !scratch.is_empty() {
        carrier.set(BAGGAGE, scratch);
    }
}

/// Whether a byte stands for itself in a key: the characters of a token, but for `%` and `+`. Source: RFC 7230, 3.2.6.
fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&'*-.^_`|~".contains(&byte)
}

/// Whether a byte stands for itself in a value: also some that end a token.
fn is_value_byte(byte: u8) -> bool {
    is_key_byte(byte) || b"()/:<>?@[]{}".contains(&byte)
}

fn encode(text: &str, stands_for_itself: fn(u8) -> bool, out: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let digit = |value: u8| DIGITS[usize::from(value & 0xf)];
    for byte in text.bytes() {
        if stands_for_itself(byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(headers: &[&str]) -> Vec<(String, String)> {
        let headers: Vec<(&str, &str)> = headers.iter().map(|&value| (BAGGAGE, value)).collect();
        read(&headers, Limits::DEFAULT).iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    fn header(items: &[(&str, &str)]) -> Option<String> {
        header_within(Limits::DEFAULT, items, &mut String::new())
    }

    fn header_within(limits: Limits, items: &[(&str, &str)], scratch: &mut String) -> Option<String> {
        let mut baggage = Baggage::new();
        for (key, value) in items {
            baggage.set(key, value);
        }
        let mut carrier: Vec<(String, String)> = Vec::new();
        write(&baggage, limits, scratch, &mut carrier);
        carrier.pop().map(|(_, value)| value)
    }

    /// Pairs whose header and items were published for all tracers.
    const BOTH_WAYS: &[(&str, &str, &str)] = &[
        ("foo=bar", "foo", "bar"),
        ("userId=Am%C3%A9lie", "userId", "Amélie"),
        ("serverNode=DF%2028", "serverNode", "DF 28"),
        ("%22%2C%3B%5C%28%29%2F%3A%3C%3D%3E%3F%40%5B%5D%7B%7D=%22%2C%3B%5C", "\",;\\()/:<=>?@[]{}", "\",;\\"),
        ("feature*flag=xyz", "feature*flag", "xyz"),
        ("a=%25%2B%3D", "a", "%+="),
        ("a=http://b/?c", "a", "http://b/?c"),
        ("%00=%7F%0D%0A", "\0", "\x7f\r\n"),
    ];

    #[test]
    fn keys_and_values_are_percent_encoded() {
        for &(text, key, value) in BOTH_WAYS {
            assert_eq!(header(&[(key, value)]).as_deref(), Some(text));
            assert_eq!(items(&[text]), [(key.to_owned(), value.to_owned())]);
        }
    }

    #[test]
    fn every_control_character_is_encoded_with_two_digits() {
        let controls: String = (0..0x20_u8).map(char::from).collect();
        let encoded: String = (0..0x20_u8).map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(header(&[("k", &controls)]), Some(format!("k={encoded}")));
        assert_eq!(items(&[&format!("k={encoded}")]), [("k".to_owned(), controls)]);
    }

    #[test]
    fn what_others_write_is_read() {
        type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);
        let table: &[Row<'_>] = &[
            (&["foo=bar,baz=qux"], &[("foo", "bar"), ("baz", "qux")]),
            (&["foo=bar", "baz=qux"], &[("foo", "bar"), ("baz", "qux")]),
            (&[" foo \t=\t bar , baz = qux "], &[("foo", "bar"), ("baz", "qux")]),
            (&["foo=1,foo=2"], &[("foo", "2")]),
            (&["foo=bar;property;key=value,baz=qux"], &[("foo", "bar"), ("baz", "qux")]),
            (&["foo=a=b"], &[("foo", "a=b")]),
            (&["foo=DF 28"], &[("foo", "DF 28")]),
            (&["foo=a+b"], &[("foo", "a+b")]),
            (&["foo=%c3%A9"], &[("foo", "é")]),
            (&["foo=100%,bar=%4z,baz=%z4,qux=%4"], &[("foo", "100%"), ("bar", "%4z"), ("baz", "%z4"), ("qux", "%4")]),
            (&["foo=%ff"], &[("foo", "\u{fffd}")]),
            (&["foo=é"], &[("foo", "é")]),
            (&["", "foo=bar"], &[("foo", "bar")]),
            (&[], &[]),
        ];
        for &(headers, expected) in table {
            let items = items(headers);
            let items: Vec<(&str, &str)> = items.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            assert_eq!(items, expected, "{headers:?}");
        }
    }

    #[test]
    fn a_malformed_list_is_dropped_whole() {
        let table: &[&[&str]] = &[
            &["no-equal-sign,foo=gets-dropped-because-previous-pair-is-malformed"],
            &["=no-key"],
            &["no-value="],
            &["foo=gets-dropped-because-subsequent-pair-is-malformed,="],
            &["user.id=,session.id=mysession"],
            &["foo=bar,"],
            &["foo=bar,,baz=qux"],
            &["foo= ;property"],
            &["foo=bar", "malformed"],
            &[","],
            &[" "],
        ];
        for &headers in table {
            assert_eq!(items(headers), [], "{headers:?}");
        }
    }

    #[test]
    fn at_most_64_items_are_written_and_read() {
        let owned: Vec<(String, String)> = (0..66).map(|n| (format!("key{n}"), format!("value{n}"))).collect();
        let pairs: Vec<(&str, &str)> = owned.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let header = header(&pairs).unwrap();
        assert_eq!(header.split(',').count(), 64);
        assert!(header.starts_with("key0=value0,") && header.ends_with(",key63=value63"));
        assert_eq!(items(&[&format!("{header},one=more")]), owned[..64]);
        let many: String = (0..10_000).map(|n| format!("k{n}=v,")).collect();
        assert_eq!(items(&[&many]).len(), 64);
    }

    #[test]
    fn at_most_8192_bytes_are_written_and_read() {
        let third = "a".repeat(8_192 / 3);
        let written = header(&[("key1", &third), ("key2", &third), ("key3", &third), ("key4", "d")]).unwrap();
        assert_eq!(written, format!("key1={third},key2={third}"));
        let whole = "v".repeat(8_192 - 2);
        assert_eq!(header(&[("k", &whole)]).map(|header| header.len()), Some(8_192));
        assert_eq!(header(&[("k", &format!("{whole}v"))]), None);
        let fits = "v".repeat(8_192 - "a=b,k=".len());
        assert_eq!(items(&[&format!("a=b,k={fits}")]).len(), 2);
        assert_eq!(items(&["a=b", &format!("k={fits}")]).len(), 2);
        assert_eq!(items(&[&format!("a=b,k={fits}v")]), [("a".to_owned(), "b".to_owned())]);
        assert_eq!(items(&[&"x".repeat(1 << 20)]), []);
    }

    #[test]
    fn limits_that_somebody_chose_hold_both_ways() {
        let pairs = [("a", "1"), ("b", "2 3"), ("c", "4")];
        for (members, len, written, read_items) in [
            (3, 100, Some("a=1,b=2%203,c=4"), 3),
            (2, 100, Some("a=1,b=2%203"), 2),
            (1, 100, Some("a=1"), 1),
            (0, 100, None, 0),
            (3, 15, Some("a=1,b=2%203,c=4"), 3),
            (3, 14, Some("a=1,b=2%203"), 2),
            (3, 10, Some("a=1"), 1),
            (3, 2, None, 0),
            (3, 0, None, 0),
        ] {
            let limits = Limits { members, len };
            assert_eq!(header_within(limits, &pairs, &mut String::new()).as_deref(), written, "{limits:?}");
            let headers = vec![(BAGGAGE, "a=1,b=2%203,c=4")];
            assert_eq!(read(&headers, limits).iter().count(), read_items, "{limits:?}");
        }
    }

    #[test]
    fn what_exceeds_the_limit_is_not_encoded_first() {
        let megabyte = " ".repeat(1 << 20);
        for items in [&[("k", megabyte.as_str())], &[(megabyte.as_str(), "v")]] {
            let mut scratch = String::new();
            assert_eq!(header_within(Limits::DEFAULT, items, &mut scratch), None);
            assert!(scratch.capacity() <= 4 * Limits::DEFAULT.len, "{}", scratch.capacity());
        }
    }

    #[test]
    fn items_without_key_or_value_stay_here() {
        assert_eq!(header(&[("", "a"), ("b", ""), ("c", "d")]).as_deref(), Some("c=d"));
        assert_eq!(header(&[("", "")]), None);
        assert_eq!(header(&[]), None);
    }
}
