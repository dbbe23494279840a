//! Turns values of the application into text, in a buffer that is used again and again.

use std::cell::Cell;
use std::fmt::{self, Write};

/// Bytes that the 25,000 characters which agents keep of a value can take. Source: agent-protocol 3.5.
const MAX_BYTES: usize = 4 * 25_000;

/// Bytes of buffer that a thread keeps between two values.
const KEPT_BYTES: usize = 4 * 1024;

thread_local! {
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
}

/// Calls `take` with the text. It is cut where agents would cut it; a value that reports a failure leaves what it wrote before.
pub(crate) fn with<T>(text: fmt::Arguments<'_>, take: impl FnOnce(&str) -> T) -> T {
    // Taken out, not borrowed: the application's code that formats the value may come here again.
    let mut bounded = Bounded(BUFFER.try_with(Cell::take).unwrap_or_default());
    let _ = bounded.write_fmt(text);
    let Bounded(mut buffer) = bounded;
    let taken = take(&buffer);
    buffer.clear();
    buffer.shrink_to(KEPT_BYTES);
    let _ = BUFFER.try_with(|kept| kept.set(buffer));
    taken
}

/// As much of a text as agents keep, about.
pub(crate) fn bounded(text: &str) -> &str {
    cut(text, MAX_BYTES)
}

/// The beginning of a text, up to so many bytes, without a torn character.
fn cut(text: &str, max_bytes: usize) -> &str {
    let mut end = text.len().min(max_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = cut(text, MAX_BYTES.saturating_sub(self.0.len()));
        self.0.push_str(fits);
        // Stops a value that would go on.
        if fits.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Endless;

    impl fmt::Debug for Endless {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                out.write_str("€")?;
            }
        }
    }

    struct Nested;

    impl fmt::Debug for Nested {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            with(format_args!("inside"), |text| out.write_str(text))?;
            out.write_str(" and outside")
        }
    }

    #[test]
    fn a_value_without_end_is_cut_between_two_characters() {
        with(format_args!("{Endless:?}"), |text| assert_eq!((text.len(), text.ends_with('€')), (99_999, true)));
        with(format_args!("next"), |text| assert_eq!(text, "next"));
    }

    #[test]
    fn a_text_is_cut_at_the_same_place() {
        assert_eq!(bounded(&"€".repeat(40_000)).len(), 99_999);
        assert_eq!(bounded("short"), "short");
    }

    #[test]
    fn a_value_may_format_others_while_it_is_formatted() {
        with(format_args!("{Nested:?}"), |text| assert_eq!(text, "inside and outside"));
    }
}
