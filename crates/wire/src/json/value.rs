//! A JSON value about to be read.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tracehound_model::Attribute;

use super::base64;
use super::scalar::{ScalarVisitor, TextVisitor};
use crate::attribute::{self, List, Pairs};
use crate::budget::{Room, TooLarge};
use crate::number::Number;
use crate::text::Text;
use crate::value::{Elements, Fields, Scalar, Value};

/// How the message of an error begins that stands for [`TooLarge`], which serde's errors cannot carry.
pub(super) const REFUSED: &str = "too much memory";

/// A value about to be read.
pub(crate) struct Json<D>(pub(super) D);

impl<'body, D: Deserializer<'body>> Value<'body> for Json<D> {
    type Error = D::Error;

    fn text(self) -> Result<Text<'body>, D::Error> {
        self.0.deserialize_option(TextVisitor)
    }

    fn number<T>(self, wanted: &'static str, convert: impl FnOnce(Number) -> Option<T>) -> Result<T, D::Error> {
        self.scalar(wanted, |scalar| match scalar {
            Scalar::Nil => convert(Number::Unsigned(0)),
            Scalar::Number(number) => convert(number),
            Scalar::Text(_) => None,
        })
    }

    fn scalar<T>(self, wanted: &'static str, convert: impl FnOnce(Scalar<'body>) -> Option<T>) -> Result<T, D::Error> {
        let scalar = self.0.deserialize_any(ScalarVisitor { wanted })?;
        convert(scalar).ok_or_else(|| D::Error::custom(format_args!("expected {wanted}")))
    }

    fn bytes(self) -> Result<Cow<'body, [u8]>, D::Error> {
        let text = self.text()?;
        base64::decode(&text.into_str()).map(Cow::Owned).ok_or_else(|| D::Error::custom("expected base64"))
    }

    fn attribute(self, room: &mut Room) -> Result<Attribute, D::Error> {
        self.0.deserialize_any(AttributeVisitor { room })
    }

    fn array(self, elements: &mut impl Elements<'body>) -> Result<bool, D::Error> {
        self.0.deserialize_any(ArrayVisitor(elements))
    }

    fn map(self, fields: &mut impl Fields<'body>) -> Result<bool, D::Error> {
        self.0.deserialize_any(MapVisitor(fields))
    }

    fn skip(self) -> Result<(), D::Error> {
        IgnoredAny::deserialize(self.0).map(drop)
    }

    fn refused(_: TooLarge) -> D::Error {
        D::Error::custom(REFUSED)
    }
}

/// What a string is not, said without repeating it: it may be as long as the body.
fn not_text<E: Error>(wanted: &str) -> E {
    E::custom(format_args!("expected {wanted}, found text"))
}

struct AttributeVisitor<'room> {
    room: &'room mut Room,
}

impl<'body> Visitor<'body> for AttributeVisitor<'_> {
    type Value = Attribute;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute")
    }

    fn visit_unit<E>(self) -> Result<Attribute, E> {
        Ok(Attribute::String(Box::default()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Attribute, E> {
        Ok(Attribute::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Attribute, E> {
        Ok(attribute::of_number(Number::Unsigned(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Attribute, E> {
        Ok(Attribute::Int(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Attribute, E> {
        Ok(Attribute::Double(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Attribute, E> {
        self.room.copy(text).map(Attribute::String).map_err(|_| E::custom(REFUSED))
    }

    fn visit_seq<A: SeqAccess<'body>>(self, array: A) -> Result<Attribute, A::Error> {
        let mut list = List::new(self.room);
        ArrayVisitor(&mut list).visit_seq(array)?;
        Ok(Attribute::List(list.values))
    }

    fn visit_map<A: MapAccess<'body>>(self, map: A) -> Result<Attribute, A::Error> {
        let mut pairs = Pairs::new(self.room);
        MapVisitor(&mut pairs).visit_map(map)?;
        Ok(Attribute::Map(pairs.pairs))
    }
}

struct ArrayVisitor<'a, E>(&'a mut E);

impl<'body, E: Elements<'body>> Visitor<'body> for ArrayVisitor<'_, E> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<F>(self) -> Result<bool, F> {
        Ok(false)
    }

    fn visit_str<F: Error>(self, _: &str) -> Result<bool, F> {
        Err(not_text("an array"))
    }

    fn visit_seq<A: SeqAccess<'body>>(self, mut array: A) -> Result<bool, A::Error> {
        while array.next_element_seed(Element(&mut *self.0))?.is_some() {}
        Ok(true)
    }
}

struct Element<'a, E>(&'a mut E);

impl<'body, E: Elements<'body>> DeserializeSeed<'body> for Element<'_, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'body>>(self, value: D) -> Result<(), D::Error> {
        self.0.element(Json(value))
    }
}

struct MapVisitor<'a, F>(&'a mut F);

impl<'body, F: Fields<'body>> Visitor<'body> for MapVisitor<'_, F> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<bool, E> {
        Err(not_text("an object"))
    }

    fn visit_map<A: MapAccess<'body>>(self, mut map: A) -> Result<bool, A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            map.next_value_seed(Field { fields: &mut *self.0, key })?;
        }
        Ok(true)
    }
}

struct Key;

impl<'body> DeserializeSeed<'body> for Key {
    type Value = Text<'body>;

    fn deserialize<D: Deserializer<'body>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_bytes(TextVisitor)
    }
}

struct Field<'a, 'body, F> {
    fields: &'a mut F,
    key: Text<'body>,
}

impl<'body, F: Fields<'body>> DeserializeSeed<'body> for Field<'_, 'body, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'body>>(self, value: D) -> Result<(), D::Error> {
        self.fields.field(self.key, Json(value))
    }
}
