//! Writes values on one line, without spaces.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{ESCAPES, Value};

impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => out.write_str("null"),
            Value::Bool(truth) => write!(out, "{truth}"),
            Value::Number(digits) => out.write_str(digits),
            Value::Text(text) => quoted(out, text),
            Value::List(items) => list(out, items),
            Value::Object(entries) => object(out, entries),
        }
    }
}

fn list(out: &mut Formatter<'_>, items: &[Value]) -> fmt::Result {
    out.write_char('[')?;
    for (index, item) in items.iter().enumerate() {
        comma(out, index)?;
        item.fmt(out)?;
    }
    out.write_char(']')
}

fn object(out: &mut Formatter<'_>, entries: &[(String, Value)]) -> fmt::Result {
    out.write_char('{')?;
    for (index, (key, value)) in entries.iter().enumerate() {
        comma(out, index)?;
        quoted(out, key)?;
        out.write_char(':')?;
        value.fmt(out)?;
    }
    out.write_char('}')
}

fn comma(out: &mut Formatter<'_>, index: usize) -> fmt::Result {
    if index > 0 { out.write_char(',') } else { Ok(()) }
}

/// A text in quotes. What needs no escape is passed on in one piece.
fn quoted(out: &mut Formatter<'_>, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for piece in text.split_inclusive(must_be_escaped) {
        let plain = piece.trim_end_matches(must_be_escaped);
        out.write_str(plain)?;
        if let Some(last) = piece.chars().next_back().filter(|last| must_be_escaped(*last)) {
            escaped(out, last)?;
        }
    }
    out.write_char('"')
}

fn must_be_escaped(char: char) -> bool {
    matches!(char, '"' | '\\' | '\0'..='\x1f')
}

fn escaped(out: &mut Formatter<'_>, char: char) -> fmt::Result {
    match ESCAPES.iter().find(|(_, meant)| *meant == char) {
        Some((letter, _)) => write!(out, "\\{letter}"),
        None => write!(out, "\\u{:04x}", u32::from(char)),
    }
}
