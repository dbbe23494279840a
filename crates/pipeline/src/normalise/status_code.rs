//! The tag `http.status_code`.

/// Whether `text` is a number of at least 100 and below 600, in decimal digits alone. Source: agent-protocol 3.2 (row 12).
pub(crate) fn is_valid(text: &str) -> bool {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    digits_only && text.parse().is_ok_and(|code: u64| (100..600).contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_is_an_unsigned_number_from_100_to_599() {
        for text in ["100", "200", "404", "599", "0200", "00000000000000000000000200"] {
            assert!(is_valid(text), "{text:?}");
        }
        for text in [
            "",
            "0",
            "99",
            "600",
            "-200",
            "+200",
            " 200",
            "200 ",
            "2e2",
            "200.0",
            "0xc8",
            "OK",
            "٢٠٠",
            "18446744073709551816",
        ] {
            assert!(!is_valid(text), "{text:?}");
        }
    }
}
