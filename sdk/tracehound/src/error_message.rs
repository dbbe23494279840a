//! The text of an error and of what caused it: `cannot brew: no water: the pump is off`.
//!
//! Rust has two habits: an error words its cause in its own text, or it leaves that to whoever follows [`Error::source`]. So the causes
//! are followed, and one is told unless the text before holds its words already.

use std::error::Error;
use std::iter::successors;

use crate::bounded_text::{bounded, write_bounded};

/// Causes that are looked at; hyper's errors have three or four. An error can be its own cause, and then there is no last one.
const MAX_CAUSES: usize = 16;

/// The text of an error, then `: ` and the text of each cause that is not in it yet. It ends at 100,000 bytes, which is what agents keep
/// of a tag, and after 16 causes. [`SpanRef::set_error`](crate::SpanRef::set_error) tells an error in these words.
///
/// ```
/// use tracehound::integration::error_message;
///
/// #[derive(Debug)]
/// struct NoMenu(std::num::ParseIntError);
/// impl std::fmt::Display for NoMenu {
///     fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         out.write_str("no menu")
///     }
/// }
/// impl std::error::Error for NoMenu {
///     fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
///         Some(&self.0)
///     }
/// }
///
/// let error = NoMenu("x".parse::<u8>().unwrap_err());
/// assert_eq!(error_message(&error), "no menu: invalid digit found in string");
/// ```
pub fn error_message<E: Error + ?Sized>(error: &E) -> String {
    let mut message = bounded(format_args!("{error}"));
    write_causes(&mut message, error);
    message
}

/// Appends the causes of an error to a text of your own about it, as [`error_message`] does to the error's.
///
/// ```
/// # #[derive(Debug)]
/// # struct NotSent(std::num::ParseIntError);
/// # impl std::fmt::Display for NotSent {
/// #     fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #         out.write_str("not sent to https://pay.example?token=abc")
/// #     }
/// # }
/// # impl std::error::Error for NotSent {
/// #     fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
/// #         Some(&self.0)
/// #     }
/// # }
/// # let error = NotSent("x".parse::<u8>().unwrap_err());
/// let mut message = error.to_string().replace("?token=abc", "");
/// tracehound::integration::write_causes(&mut message, &error);
/// assert_eq!(message, "not sent to https://pay.example: invalid digit found in string");
/// ```
pub fn write_causes<E: Error + ?Sized>(message: &mut String, error: &E) {
    for cause in successors(error.source(), |&cause| cause.source()).take(MAX_CAUSES) {
        let text = bounded(format_args!("{cause}"));
        if message.contains(&text) {
            continue;
        }
        let separator = if message.is_empty() { "" } else { ": " };
        write_bounded(message, format_args!("{separator}{text}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::fmt;

    #[derive(Debug)]
    struct Caused {
        text: String,
        cause: Option<Box<dyn Error>>,
    }

    impl fmt::Display for Caused {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str(&self.text)
        }
    }

    impl Error for Caused {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.cause.as_deref()
        }
    }

    /// Errors with these texts, each the cause of the one before.
    fn chain(texts: &[&str]) -> Caused {
        let (first, causes) = texts.split_first().unwrap();
        Caused { text: (*first).to_owned(), cause: (!causes.is_empty()).then(|| Box::from(chain(causes))) }
    }

    #[test]
    fn causes_follow_unless_they_are_told_already() {
        let cases: [(&[&str], &str); 8] = [
            (&["no water"], "no water"),
            (&["no water", "the pump is off"], "no water: the pump is off"),
            (&["cannot brew", "no water", "the pump is off"], "cannot brew: no water: the pump is off"),
            (&["cannot brew: no water", "no water", "the pump is off"], "cannot brew: no water: the pump is off"),
            (&["cannot brew (no water), sorry", "no water"], "cannot brew (no water), sorry"),
            (&["no water", "no water", "no water"], "no water"),
            (&["no water", "", "the pump is off"], "no water: the pump is off"),
            (&["", "the pump is off"], "the pump is off"),
        ];
        for (texts, message) in cases {
            assert_eq!(error_message(&chain(texts)), message, "{texts:?}");
        }
    }

    #[test]
    fn the_text_before_may_be_another() {
        let mut message = "the kitchen".to_owned();
        write_causes(&mut message, &chain(&["cannot brew", "no water"]));
        assert_eq!(message, "the kitchen: no water");
    }

    /// Its own cause, with another text each time.
    #[derive(Debug)]
    struct Circle(Cell<u32>);

    impl fmt::Display for Circle {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(out, "<{}>", self.0.replace(self.0.get() + 1))
        }
    }

    impl Error for Circle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[test]
    fn causes_without_end_are_stopped() {
        let message = error_message(&Circle(Cell::new(0)));
        assert!(message.starts_with("<0>: <1>: <2>") && message.ends_with(": <16>"), "{message}");
    }

    #[test]
    fn long_causes_are_cut_where_agents_cut_a_tag() {
        let (first, second) = ("x".repeat(99_990), "y".repeat(200_000));
        let message = error_message(&chain(&[&first, &second, "z"]));
        assert_eq!(message.len(), 100_000);
        assert!(message.ends_with("x: yyyyyyyy"), "the end of it is {:?}", message.get(99_980..));
    }

    #[derive(Debug)]
    struct BrokenDisplay;

    impl fmt::Display for BrokenDisplay {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    impl Error for BrokenDisplay {}

    #[test]
    fn a_display_that_fails_leaves_the_rest() {
        let error = Caused { text: "no water".to_owned(), cause: Some(Box::new(BrokenDisplay)) };
        assert_eq!(error_message(&error), "no water");
    }
}
