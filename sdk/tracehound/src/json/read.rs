//! Reads a text as one value, by recursive descent over what is left of it.

use std::{fmt, iter};

use super::{ESCAPES, Value};

/// How deep lists and objects nest at most, since each level takes its share of the stack. Nothing real comes near; other
/// readers have the same limit.
const MAX_DEPTH: usize = 127;

/// Why a text is no JSON, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Error {
    problem: &'static str,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at line {}, column {}", self.problem, self.line, self.column)
    }
}

impl Error {
    /// A problem with what follows after `before`.
    fn after(before: &str, problem: &'static str) -> Self {
        let last_line = before.rsplit('\n').next().unwrap_or_default();
        Error { problem, line: before.matches('\n').count() + 1, column: last_line.chars().count() + 1 }
    }
}

/// The value that the whole text is. The caller bounds the text's length.
pub(crate) fn read(text: &str) -> Result<Value, Error> {
    let mut reader = Reader { rest: text };
    reader.document().map_err(|problem| Error::after(reader.read_since(text), problem))
}

/// The items of the list that the whole text is.
pub(crate) fn read_list(text: &str) -> Result<Vec<Value>, Error> {
    match read(text)? {
        Value::List(items) => Ok(items),
        _ => Err(Error::after("", "no list")),
    }
}

/// What was read, or the problem with what is left.
type Outcome<T> = Result<T, &'static str>;

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Outcome<Value> {
        self.skip_space();
        let value = self.value(MAX_DEPTH)?;
        self.skip_space();
        if self.rest.is_empty() { Ok(value) } else { Err("something behind the value") }
    }

    /// A value that nests at most `depth` deep.
    fn value(&mut self, depth: usize) -> Outcome<Value> {
        if self.eat("\"") {
            self.text().map(Value::Text)
        } else if self.eat("{") {
            self.object(depth).map(Value::Object)
        } else if self.eat("[") {
            self.list(depth).map(Value::List)
        } else if self.eat("true") {
            Ok(Value::Bool(true))
        } else if self.eat("false") {
            Ok(Value::Bool(false))
        } else if self.eat("null") {
            Ok(Value::Null)
        } else {
            self.number().map(Value::Number)
        }
    }

    fn list(&mut self, depth: usize) -> Outcome<Vec<Value>> {
        let mut items = Vec::new();
        self.members("]", depth, |reader, depth| {
            items.push(reader.value(depth)?);
            Ok(())
        })?;
        Ok(items)
    }

    fn object(&mut self, depth: usize) -> Outcome<Vec<(String, Value)>> {
        let mut entries = Vec::new();
        self.members("}", depth, |reader, depth| {
            reader.expect("\"", "no key in quotes")?;
            let key = reader.text()?;
            reader.skip_space();
            reader.expect(":", "no colon")?;
            reader.skip_space();
            entries.push((key, reader.value(depth)?));
            Ok(())
        })?;
        Ok(entries)
    }

    /// What stands between commas, each read by `member`, as far as the closing bracket.
    fn members(
        &mut self,
        close: &str,
        depth: usize,
        mut member: impl FnMut(&mut Self, usize) -> Outcome<()>,
    ) -> Outcome<()> {
        let depth = depth.checked_sub(1).ok_or("too many brackets within brackets")?;
        self.skip_space();
        if self.eat(close) {
            return Ok(());
        }
        loop {
            member(self, depth)?;
            self.skip_space();
            if self.eat(close) {
                return Ok(());
            }
            self.expect(",", "neither comma nor closing bracket")?;
            self.skip_space();
        }
    }

    /// A number as it is written.
    fn number(&mut self) -> Outcome<String> {
        let start = self.rest;
        self.eat("-");
        // A zero in front stands alone.
        if !self.eat("0") {
            self.digits("no value")?;
        }
        if self.eat(".") {
            self.digits("no digit behind the point")?;
        }
        if self.eat("e") || self.eat("E") {
            let _ = self.eat("+") || self.eat("-");
            self.digits("no digit in the exponent")?;
        }
        let number = self.read_since(start);
        let is_finite = number.parse().is_ok_and(f64::is_finite);
        if is_finite { Ok(number.to_owned()) } else { Err("a number too large before this") }
    }

    fn digits(&mut self, otherwise: &'static str) -> Outcome<()> {
        let behind = self.rest.trim_start_matches(|char: char| char.is_ascii_digit());
        if behind.len() == self.rest.len() {
            return Err(otherwise);
        }
        self.rest = behind;
        Ok(())
    }

    /// A text behind its opening quote, and the closing one.
    fn text(&mut self) -> Outcome<String> {
        let mut text = String::new();
        loop {
            let end = self.rest.find(|char| matches!(char, '"' | '\\' | '\0'..='\x1f'));
            let Some((plain, rest)) = end.and_then(|end| self.rest.split_at_checked(end)) else {
                return Err("a text without an end");
            };
            text.push_str(plain);
            self.rest = rest;
            if self.eat("\"") {
                return Ok(text);
            }
            self.expect("\\", "a control character that is not escaped")?;
            text.push(self.escaped()?);
        }
    }

    /// The character that stands behind a backslash.
    fn escaped(&mut self) -> Outcome<char> {
        if self.eat("u") {
            return self.utf16();
        }
        let mut chars = self.rest.chars();
        let letter = chars.next();
        let meant = match ESCAPES.iter().find(|(known, _)| Some(*known) == letter) {
            Some((_, meant)) => *meant,
            None if letter == Some('/') => '/',
            None => return Err("an unknown escape"),
        };
        self.rest = chars.as_str();
        Ok(meant)
    }

    /// A character as UTF-16: one unit of four digits, or two for those beyond the first 65,536.
    fn utf16(&mut self) -> Outcome<char> {
        let first = self.unit()?;
        let is_half = matches!(first, 0xd800..=0xdbff);
        let second = if is_half && self.eat("\\u") { Some(self.unit()?) } else { None };
        match char::decode_utf16(iter::once(first).chain(second)).next() {
            Some(Ok(char)) => Ok(char),
            _ => Err("half a pair of surrogates before this"),
        }
    }

    fn unit(&mut self) -> Outcome<u16> {
        let no_unit = "no four hexadecimal digits";
        let (digits, rest) = self.rest.split_at_checked(4).ok_or(no_unit)?;
        // The standard library would take a sign as well.
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(no_unit);
        }
        self.rest = rest;
        u16::from_str_radix(digits, 16).map_err(|_| no_unit)
    }

    /// What of `start` is no longer left.
    fn read_since(&self, start: &'t str) -> &'t str {
        start.get(..start.len().saturating_sub(self.rest.len())).unwrap_or_default()
    }

    #[inline(never)]
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn expect(&mut self, token: &str, otherwise: &'static str) -> Outcome<()> {
        if self.eat(token) { Ok(()) } else { Err(otherwise) }
    }

    /// Whether `token` was next; then it is behind us.
    fn eat(&mut self, token: &str) -> bool {
        let behind = self.rest.strip_prefix(token);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }
}
