//! Turns values of the application into text that has an end, whatever their `Display` does.

use std::fmt::{self, Write};

/// Bytes that the 25,000 characters which agents keep of a value can take. Source: agent-protocol 3.5.
const MAX_BYTES: usize = 4 * 25_000;

/// The text, as [`write_bounded`] writes it.
pub(crate) fn bounded(text: fmt::Arguments<'_>) -> String {
    let mut out = String::new();
    write_bounded(&mut out, text);
    out
}

/// Appends the text of an application's value, until `out` holds as much as agents keep of a tag. A `Display` that reports a failure
/// leaves what it wrote before, where `to_string` would panic.
///
/// ```
/// let mut message = String::new();
/// tracehound::integration::write_bounded(&mut message, format_args!("{}", std::fmt::Error));
/// assert_eq!(message, "an error occurred when formatting an argument");
/// ```
pub fn write_bounded(out: &mut String, text: fmt::Arguments<'_>) {
    // The failure is the value's own, or ours when there is no more room.
    let _ = Bounded(out).write_fmt(text);
}

struct Bounded<'a>(&'a mut String);

impl Write for Bounded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = beginning(text, MAX_BYTES.saturating_sub(self.0.len()));
        self.0.push_str(fits);
        // Stops a `Display` that would go on.
        if fits.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// As much of a text as fits into so many bytes, without a part of a character.
pub(crate) fn beginning(text: &str, max_bytes: usize) -> &str {
    let mut end = text.len().min(max_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
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

    #[test]
    fn a_beginning_has_whole_characters_only() {
        for (max_bytes, expected) in [(0, ""), (1, "x"), (2, "x"), (3, "xé"), (6, "xé"), (7, "xé😀"), (100, "xé😀")]
        {
            assert_eq!(beginning("xé😀", max_bytes), expected, "{max_bytes}");
        }
    }
}
