//! What a span says about an error that came as a field.
//!
//! Behind `dyn Error` Rust has forgotten the type. Its name is read from the `Debug` text, which a derived implementation begins with it;
//! for an enum that is the variant's name. Where the text begins otherwise there is no type rather than a wrong one.

use std::error::Error;
use std::fmt::{self, Write};

use tracehound::SpanRef;

use crate::text;

/// Causes that are told. Chains of errors have no end if one is its own cause.
const MAX_CAUSES: usize = 16;

/// Bytes of a type's name that are told, at most.
const MAX_NAME_BYTES: usize = 128;

/// Marks a span as failed with an error and its causes.
pub(crate) fn mark(span: &SpanRef, error: &(dyn Error + 'static)) {
    let name = type_name(error);
    text::with(format_args!("{}", Chain(error)), |message| {
        span.set_error_details(&name, message, "");
    });
}

/// Marks a span as failed with an error of which there is only text. `false` and no text are no failure; `true` is one without a message.
pub(crate) fn mark_with_text<'a>(span: &'a SpanRef, message: &str) -> &'a SpanRef {
    match message {
        "" | "false" => span,
        "true" => span.set_failed(true),
        message => span.set_error_details("", message, ""),
    }
}

/// An error and what caused it: `cannot brew: no water: pump is off`. A cause that the text before tells already is not told twice.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = String::new();
        text::with(format_args!("{}", self.0), |text| text.clone_into(&mut told));
        out.write_str(&told)?;
        let causes = std::iter::successors(self.0.source(), |&cause| cause.source());
        for cause in causes.take(MAX_CAUSES) {
            text::with(format_args!("{cause}"), |text| {
                if text.is_empty() || told.ends_with(text) {
                    return Ok(());
                }
                text.clone_into(&mut told);
                write!(out, ": {text}")
            })?;
        }
        Ok(())
    }
}

/// The name that the `Debug` text begins with, or nothing.
fn type_name(error: &dyn Error) -> String {
    let mut name = Name(String::new());
    // Stopped by the first character that no name has.
    let _ = write!(name, "{error:?}");
    let Name(name) = name;
    if name.starts_with(|first: char| first.is_ascii_uppercase()) { name } else { String::new() }
}

struct Name(String);

impl Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | ':'));
        let name = end.and_then(|end| text.get(..end)).unwrap_or(text);
        self.0.push_str(name);
        if end.is_none() && self.0.len() < MAX_NAME_BYTES { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct NoWater {
        #[allow(dead_code, reason = "for Debug")]
        litres: u8,
        cause: Option<Box<dyn Error>>,
    }

    impl fmt::Display for NoWater {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("no water")
        }
    }

    impl Error for NoWater {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.cause.as_deref()
        }
    }

    /// Its own cause.
    #[derive(Debug)]
    struct Circle;

    impl fmt::Display for Circle {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("round")
        }
    }

    impl Error for Circle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    fn no_water(cause: impl Into<Box<dyn Error>>) -> NoWater {
        NoWater { litres: 2, cause: Some(cause.into()) }
    }

    #[test]
    fn the_type_is_what_a_derived_debug_begins_with() {
        assert_eq!(type_name(&no_water("")), "NoWater");
        assert_eq!(type_name(&"x".parse::<u8>().unwrap_err()), "ParseIntError");
        assert_eq!(type_name(&fmt::Error), "Error");
        // A text as an error has the text's Debug.
        assert_eq!(type_name(&*Box::<dyn Error>::from("boxed")), "");
    }

    #[test]
    fn causes_follow_and_end() {
        let cases: [(Box<dyn Error>, &str); 4] = [
            (no_water("pump is off").into(), "no water: pump is off"),
            (no_water(no_water("pump is off")).into(), "no water: pump is off"),
            (no_water("").into(), "no water"),
            (no_water(Circle).into(), "no water: round"),
        ];
        for (error, message) in cases {
            assert_eq!(Chain(&*error).to_string(), message);
        }
    }
}
