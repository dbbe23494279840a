//! JSON, as far as a tracer needs it: the agent's answers and the rules that people write in variables are read, the line at
//! the start and the tag `events` are written.
//!
//! Both go by way of a tree of [`Value`]s. None of it runs often, so one copy of a function is worth more than a quick one.
//! Source: RFC 8259.

mod read;
mod write;

pub(crate) use read::{read, read_list};

/// A value and all that it holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As it was written, so that no digit is lost: rules are compared with the digits of tags.
    Number(String),
    Text(String),
    List(Vec<Value>),
    /// In the order in which it was written. Of a repeated key the last value counts.
    Object(Vec<(String, Value)>),
}

/// Characters with an escape of two: the letter after the backslash, and what it stands for.
const ESCAPES: [(char, char); 7] =
    [('"', '"'), ('\\', '\\'), ('b', '\u{8}'), ('f', '\u{c}'), ('n', '\n'), ('r', '\r'), ('t', '\t')];

impl Value {
    /// What an object holds under a key; nothing if it is no object.
    #[inline(never)]
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.iter().rfind(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// A whole number that is written as one, without point and exponent.
    pub(crate) fn as_u64(&self) -> Option<u64> {
        if let Value::Number(digits) = self { digits.parse().ok() } else { None }
    }

    pub(crate) fn as_f64(&self) -> Option<f64> {
        if let Value::Number(digits) = self { digits.parse().ok() } else { None }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&[Value]> {
        if let Value::List(items) = self { Some(items) } else { None }
    }

    pub(crate) fn as_object(&self) -> Option<&[(String, Value)]> {
        if let Value::Object(entries) = self { Some(entries) } else { None }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Number(number.to_string())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Value::Number(number.to_string())
    }
}

impl From<f64> for Value {
    /// JSON knows neither infinity nor what is no number: both are null.
    fn from(number: f64) -> Self {
        if number.is_finite() { Value::Number(format!("{number:?}")) } else { Value::Null }
    }
}

impl From<&str> for Value {
    #[inline(never)]
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, T::into)
    }
}

impl<'k> FromIterator<(&'k str, Value)> for Value {
    /// An object.
    fn from_iter<I: IntoIterator<Item = (&'k str, Value)>>(entries: I) -> Self {
        Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

#[cfg(test)]
mod tests;
