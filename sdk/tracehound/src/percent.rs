//! Percent-encoding, undone: in URLs and in headers `%41` stands for `A`.

use std::borrow::Cow;

/// Turns each `%` and two digits into a byte. Any other `%` stands for itself, and what is not UTF-8 becomes U+FFFD.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(nibble(*high) << 4 | nibble(*low));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The value of a hexadecimal digit.
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source of the expectations: RFC 3986, 2.1, and the URL Standard, "percent-decode", for what is not well encoded.
    #[test]
    fn only_a_percent_sign_with_two_digits_stands_for_a_byte() {
        for (text, expected) in [
            ("", ""),
            ("plain+text", "plain+text"),
            ("%41%6d%C3%a9lie", "Amélie"),
            ("50%25", "50%"),
            ("%2541", "%41"),
            ("%", "%"),
            ("%4", "%4"),
            ("%4é", "%4é"),
            ("%+1%g0%0g", "%+1%g0%0g"),
            ("%%41", "%A"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(decode(text), expected, "{text}");
        }
    }
}
