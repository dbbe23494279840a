//! Values of tags, and of the attributes of links and events.

use std::borrow::Cow;
use std::fmt;

/// What a tag holds: text, or a number that can be averaged and charted.
///
/// Whole and floating numbers become numbers; truth values become the text `true` or `false`. `None` sets nothing.
///
/// ```
/// let span = tracehound::span("checkout").start();
/// span.set_tag("plan", "gold").set_tag("items", 3).set_tag("express", true).set_tag("coupon", None::<&str>);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TagValue<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// Nothing: the tag is left as it is.
    Nothing,
}

impl TagValue<'_> {
    /// The same value, free of what it borrowed.
    ///
    /// ```
    /// use tracehound::TagValue;
    /// assert_eq!(TagValue::from("gold").into_owned(), TagValue::from(String::from("gold")));
    /// ```
    pub fn into_owned(self) -> TagValue<'static> {
        match self {
            TagValue::Text(text) => TagValue::Text(Cow::Owned(text.into_owned())),
            TagValue::Number(number) => TagValue::Number(number),
            TagValue::Nothing => TagValue::Nothing,
        }
    }
}

impl fmt::Display for TagValue<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TagValue::Text(text) => out.write_str(text),
            TagValue::Number(number) => number.fmt(out),
            TagValue::Nothing => Ok(()),
        }
    }
}

impl<'a> From<&'a str> for TagValue<'a> {
    fn from(text: &'a str) -> Self {
        TagValue::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for TagValue<'a> {
    fn from(text: &'a String) -> Self {
        TagValue::Text(Cow::Borrowed(text))
    }
}

impl From<String> for TagValue<'_> {
    fn from(text: String) -> Self {
        TagValue::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for TagValue<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        TagValue::Text(text)
    }
}

impl From<bool> for TagValue<'_> {
    fn from(truth: bool) -> Self {
        TagValue::Text(Cow::Borrowed(if truth { "true" } else { "false" }))
    }
}

impl From<char> for TagValue<'_> {
    fn from(character: char) -> Self {
        TagValue::Text(Cow::Owned(character.to_string()))
    }
}

impl<'a, T: Into<TagValue<'a>>> From<Option<T>> for TagValue<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(TagValue::Nothing, Into::into)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for TagValue<'_> {
            fn from(number: $number) -> Self {
                TagValue::Number(number as f64)
            }
        }

        impl From<&$number> for TagValue<'_> {
            fn from(number: &$number) -> Self {
                TagValue::Number(*number as f64)
            }
        }
    )*};
}

numbers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, f32, f64);

impl From<&bool> for TagValue<'_> {
    fn from(truth: &bool) -> Self {
        TagValue::from(*truth)
    }
}

impl<'a, 'b: 'a> From<&'a &'b str> for TagValue<'a> {
    fn from(text: &'a &'b str) -> Self {
        TagValue::Text(Cow::Borrowed(text))
    }
}

/// A typed attribute of a span event or a span link.
///
/// ```
/// use tracehound::Attribute;
///
/// let span = tracehound::span("checkout").start();
/// span.add_event("paid", None, [("amount", Attribute::from(12.5)), ("items", vec!["tea", "cup"].into())]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Attribute {
    /// Text.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// A whole number of 64 bits.
    Int(i64),
    /// A floating number.
    Float(f64),
    /// Values of one type. In events a list of several types, or of lists, is dropped; in links every item stands by itself.
    List(Vec<Attribute>),
    /// A value that no event can hold, such as a whole number beyond 64 bits. It is dropped.
    Invalid,
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Attribute::Text(text.to_owned())
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Attribute::Text(text)
    }
}

impl From<bool> for Attribute {
    fn from(truth: bool) -> Self {
        Attribute::Bool(truth)
    }
}

impl<T: Into<Attribute>> From<Vec<T>> for Attribute {
    fn from(items: Vec<T>) -> Self {
        Attribute::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Attribute>, const N: usize> From<[T; N]> for Attribute {
    fn from(items: [T; N]) -> Self {
        Attribute::List(items.into_iter().map(Into::into).collect())
    }
}

macro_rules! integers {
    ($($number:ty),*) => {$(
        impl From<$number> for Attribute {
            fn from(number: $number) -> Self {
                i64::try_from(number).map_or(Attribute::Invalid, Attribute::Int)
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

impl From<f64> for Attribute {
    fn from(number: f64) -> Self {
        Attribute::Float(number)
    }
}

impl From<f32> for Attribute {
    fn from(number: f32) -> Self {
        Attribute::Float(f64::from(number))
    }
}
