//! What a span says about an error that came as a field.
//!
//! Behind `dyn Error` Rust has forgotten the type. Its name is read from the `Debug` text, which a derived implementation begins with it;
//! for an enum that is the variant's name. Where the text begins otherwise there is no type rather than a wrong one.

use std::error::Error;
use std::fmt::{self, Write};

use tracehound::SpanRef;
use tracehound::integration::error_message;

/// Bytes of a type's name that are told, at most.
const MAX_NAME_BYTES: usize = 128;

/// Marks a span as failed with an error and its causes.
pub(crate) fn mark(span: &SpanRef, error: &(dyn Error + 'static)) {
    span.set_error_details(&type_name(error), &error_message(error), "");
}

/// Marks a span as failed with an error of which there is only text. `false` and no text are no failure; `true` is one without a message.
pub(crate) fn mark_with_text<'a>(span: &'a SpanRef, message: &str) -> &'a SpanRef {
    match message {
        "" | "false" => span,
        "true" => span.set_failed(true),
        message => span.set_error_details("", message, ""),
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
    }

    impl fmt::Display for NoWater {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("no water")
        }
    }

    impl Error for NoWater {}

    #[test]
    fn the_type_is_what_a_derived_debug_begins_with() {
        assert_eq!(type_name(&NoWater { litres: 2 }), "NoWater");
        assert_eq!(type_name(&"x".parse::<u8>().unwrap_err()), "ParseIntError");
        assert_eq!(type_name(&fmt::Error), "Error");
        // A text as an error has the text's Debug.
        assert_eq!(type_name(&*Box::<dyn Error>::from("boxed")), "");
    }
}
