//! Turns values of the application into text, in a buffer that is used again and again.

use std::cell::Cell;
use std::fmt;

use tracehound::integration::write_bounded;

/// Bytes of buffer that a thread keeps between two values.
const KEPT_BYTES: usize = 4 * 1024;

thread_local! {
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
}

/// Calls `take` with the text, as [`write_bounded`] writes it.
pub(crate) fn with<T>(text: fmt::Arguments<'_>, take: impl FnOnce(&str) -> T) -> T {
    // Taken out, not borrowed: the application's code that formats the value may come here again.
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    write_bounded(&mut buffer, text);
    let taken = take(&buffer);
    buffer.clear();
    buffer.shrink_to(KEPT_BYTES);
    let _ = BUFFER.try_with(|kept| kept.set(buffer));
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nested;

    impl fmt::Debug for Nested {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            with(format_args!("inside"), |text| out.write_str(text))?;
            out.write_str(" and outside")
        }
    }

    #[test]
    fn nothing_is_left_of_the_value_before() {
        with(format_args!("{}", "x".repeat(200_000)), |text| assert_eq!(text.len(), 100_000));
        with(format_args!("next"), |text| assert_eq!(text, "next"));
    }

    #[test]
    fn a_value_may_format_others_while_it_is_formatted() {
        with(format_args!("{Nested:?}"), |text| assert_eq!(text, "inside and outside"));
    }
}
