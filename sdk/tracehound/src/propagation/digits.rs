//! Numbers as headers write them: digits of a bounded count, and no sign, no prefix, no space.

/// A decimal number of 64 bits. Longer texts than its 20 digits are invalid, even if they begin with zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    const MAX_DIGITS: usize = 20;
    let valid = !text.is_empty() && text.len() <= MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

/// A hexadecimal number of exactly `digits` lower-case digits, 32 at most.
pub(super) fn lower_hex(text: &str, digits: usize) -> Option<u128> {
    let valid = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if valid { u128::from_str_radix(text, 16).ok() } else { None }
}

/// A hexadecimal number of one to `max_digits` digits in any case, 32 at most.
pub(super) fn any_hex(text: &str, max_digits: usize) -> Option<u128> {
    let valid = !text.is_empty() && text.len() <= max_digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if valid { u128::from_str_radix(text, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_digits_that_fit_64_bits() {
        let table = [
            ("0", Some(0)),
            ("123456789", Some(123_456_789)),
            ("00012", Some(12)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("000000000000000000001", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("0x10", None),
            (" 1", None),
            ("1\0", None),
            ("\u{0661}", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(decimal(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_hexadecimal_has_the_digits_asked_for() {
        assert_eq!(lower_hex("00ff", 4), Some(255));
        assert_eq!(lower_hex(&"f".repeat(32), 32), Some(u128::MAX));
        for text in ["", "ff", "000ff", "00FF", "+0ff", "0x0f", "00f\0", "é0f"] {
            assert_eq!(lower_hex(text, 4), None, "{text:?}");
        }
        assert_eq!(any_hex("fF", 4), Some(255));
        assert_eq!(any_hex("0", 4), Some(0));
        for text in ["", "00001", "-f", "+f", "g", "\u{ff11}"] {
            assert_eq!(any_hex(text, 4), None, "{text:?}");
        }
    }
}
