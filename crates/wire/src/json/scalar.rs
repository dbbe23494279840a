//! Text and numbers as `serde_json` shows them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Visitor};

use crate::number::Number;
use crate::text::Text;
use crate::value::Scalar;

/// Takes text, or null as none.
pub(super) struct TextVisitor;

impl<'body> Visitor<'body> for TextVisitor {
    type Value = Text<'body>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(b"")))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(b"")))
    }

    fn visit_some<D: Deserializer<'body>>(self, text: D) -> Result<Self::Value, D::Error> {
        text.deserialize_bytes(self)
    }

    fn visit_borrowed_bytes<E>(self, bytes: &'body [u8]) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(bytes)))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(bytes.to_owned())))
    }
}

/// Takes text or a number.
pub(super) struct ScalarVisitor {
    pub(super) wanted: &'static str,
}

impl<'body> Visitor<'body> for ScalarVisitor {
    type Value = Scalar<'body>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wanted)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Nil)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Number(Number::Unsigned(u64::from(value))))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(Number::Unsigned(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(Number::Signed(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(Number::Float(value)))
    }

    fn visit_borrowed_str<E>(self, text: &'body str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Text(Cow::Borrowed(text.as_bytes()))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Text(Cow::Owned(text.as_bytes().to_owned()))))
    }
}
