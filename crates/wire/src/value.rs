//! What msgpack and JSON have in common, so that spans, links and events are read by one piece of code.
//!
//! A [`Value`] is a value of the body that has not been read yet; every method reads it and is done with it. Arrays and
//! maps are pushed element by element into an [`Elements`] or [`Fields`]. Everywhere nil (`null`) reads as the zero value
//! of what was asked for: no text, 0, false, an empty array or map.

use std::borrow::Cow;

use tracehound_model::Attribute;

use crate::budget::{Room, TooLarge};
use crate::number::Number;
use crate::text::Text;

/// A value about to be read from a body that lives for `'body`.
pub(crate) trait Value<'body>: Sized {
    /// How reading fails.
    type Error;

    /// Text.
    fn text(self) -> Result<Text<'body>, Self::Error>;

    /// A number, or true and false as 1 and 0, if `convert` takes it; `wanted` names what it takes.
    fn number<T>(self, wanted: &'static str, convert: impl FnOnce(Number) -> Option<T>) -> Result<T, Self::Error>;

    /// Nil, text or a number, if `convert` takes it.
    fn scalar<T>(
        self,
        wanted: &'static str,
        convert: impl FnOnce(Scalar<'body>) -> Option<T>,
    ) -> Result<T, Self::Error>;

    /// Bytes.
    fn bytes(self) -> Result<Cow<'body, [u8]>, Self::Error>;

    /// Whatever it is, as a typed attribute.
    fn attribute(self, room: &mut Room) -> Result<Attribute, Self::Error>;

    /// Feeds the elements of an array. False for nil.
    fn array(self, elements: &mut impl Elements<'body>) -> Result<bool, Self::Error>;

    /// Feeds the keys and values of a map. False for nil.
    fn map(self, fields: &mut impl Fields<'body>) -> Result<bool, Self::Error>;

    /// Reads over it.
    fn skip(self) -> Result<(), Self::Error>;

    /// The error of a reader that ran out of room.
    fn refused(too_large: TooLarge) -> Self::Error;
}

/// Nil, text or a number.
pub(crate) enum Scalar<'body> {
    Nil,
    Text(Text<'body>),
    Number(Number),
}

/// Takes the elements of an array.
pub(crate) trait Elements<'body> {
    /// Reads one element.
    fn element<V: Value<'body>>(&mut self, value: V) -> Result<(), V::Error>;
}

/// Takes the pairs of a map.
pub(crate) trait Fields<'body> {
    /// Reads the value of one key.
    fn field<V: Value<'body>>(&mut self, key: Text<'body>, value: V) -> Result<(), V::Error>;
}
