//! Turns values of the application into text that has an end, whatever their `Display` does.

use std::fmt::{self, Write};

/// Bytes that the 25,000 characters which agents keep of a value can take. Source: agent-protocol 3.5.
const MAX_BYTES: usize = 4 * 25_000;

/// The text, up to [`MAX_BYTES`]. A `Display` that reports a failure leaves what it wrote before; `to_string` would panic.
pub(crate) fn bounded(text: fmt::Arguments<'_>) -> String {
    let mut out = Bounded(String::new());
    let _ = out.write_fmt(text);
    out.0
}

struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut end = text.len().min(MAX_BYTES.saturating_sub(self.0.len()));
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (fits, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        self.0.push_str(fits);
        // Stops a `Display` that would go on.
        if rest.is_empty() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                out.write_str("€")?;
            }
        }
    }

    #[test]
    fn a_display_without_end_is_stopped() {
        let text = bounded(format_args!("{Endless}"));
        assert_eq!(text.len(), 99_999, "the next character would take three bytes where one is left");
        assert!(text.ends_with('€'));
    }

    #[test]
    fn ordinary_text_is_whole() {
        assert_eq!(bounded(format_args!("{}-{:?}", 1, "x")), "1-\"x\"");
        assert_eq!(bounded(format_args!("plain")), "plain");
    }
}
