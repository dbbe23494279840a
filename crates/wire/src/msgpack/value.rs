//! The next value of a [`Reader`], with how deep it stands.

use std::borrow::Cow;

use tracehound_model::Attribute;
use tracehound_model::limits::MAX_NESTING;

use super::{Reader, marker::*};
use crate::attribute::{self, List, Pairs};
use crate::budget::{Room, TooLarge};
use crate::error::{DecodeError, Problem};
use crate::number::Number;
use crate::text::Text;
use crate::value::{Elements, Fields, Scalar, Value};

/// A value about to be read.
pub(crate) struct Msgpack<'read, 'body> {
    reader: &'read mut Reader<'body>,
    /// How many arrays and maps it stands in.
    depth: usize,
}

type Result<T> = std::result::Result<T, Box<DecodeError>>;

impl<'read, 'body> Msgpack<'read, 'body> {
    /// The outermost value.
    pub(crate) fn outermost(reader: &'read mut Reader<'body>) -> Self {
        Msgpack { reader, depth: 0 }
    }

    /// Nil is read and false; an array or map may stand here if it is not too deep.
    #[inline]
    fn opens(&mut self) -> Result<bool> {
        if self.reader.nil()? {
            return Ok(false);
        }
        if self.depth >= MAX_NESTING { Err(self.reader.too_deep()) } else { Ok(true) }
    }

    #[inline]
    fn inside(&mut self) -> Msgpack<'_, 'body> {
        Msgpack { reader: self.reader, depth: self.depth + 1 }
    }
}

impl<'body> Value<'body> for Msgpack<'_, 'body> {
    type Error = Box<DecodeError>;

    #[inline]
    fn text(self) -> Result<Text<'body>> {
        self.reader.text()
    }

    #[inline]
    fn number<T>(self, wanted: &'static str, convert: impl FnOnce(Number) -> Option<T>) -> Result<T> {
        self.reader.number_as(wanted, convert)
    }

    fn scalar<T>(self, wanted: &'static str, convert: impl FnOnce(Scalar<'body>) -> Option<T>) -> Result<T> {
        let begin = self.reader.offset();
        let scalar = match self.reader.peek()? {
            NIL => self.reader.nil().map(|_| Scalar::Nil)?,
            0xa0..=0xbf | STR8..=STR32 | BIN8..=BIN32 => Scalar::Text(self.reader.text()?),
            _ => Scalar::Number(self.reader.number()?),
        };
        convert(scalar).ok_or_else(|| DecodeError::at(Problem::OutOfRange { wanted }, begin))
    }

    fn bytes(self) -> Result<Cow<'body, [u8]>> {
        self.reader.bytes().map(Cow::Borrowed)
    }

    fn attribute(self, room: &mut Room) -> Result<Attribute> {
        Ok(match self.reader.peek()? {
            NIL | 0xa0..=0xbf | STR8..=STR32 | BIN8..=BIN32 => {
                Attribute::String(room.copy(&self.reader.text()?.into_str()).map_err(Self::refused)?)
            }
            FALSE | TRUE => Attribute::Bool(self.reader.number()?.is_set()),
            0x90..=0x9f | ARRAY16 | ARRAY32 => {
                let mut list = List::new(room);
                self.array(&mut list)?;
                Attribute::List(list.values)
            }
            0x80..=0x8f | MAP16 | MAP32 => {
                let mut pairs = Pairs::new(room);
                self.map(&mut pairs)?;
                Attribute::Map(pairs.pairs)
            }
            _ => attribute::of_number(self.reader.number()?),
        })
    }

    #[inline]
    fn array(mut self, elements: &mut impl Elements<'body>) -> Result<bool> {
        if !self.opens()? {
            return Ok(false);
        }
        for _ in 0..self.reader.array()? {
            elements.element(self.inside())?;
        }
        Ok(true)
    }

    #[inline]
    fn map(mut self, fields: &mut impl Fields<'body>) -> Result<bool> {
        if !self.opens()? {
            return Ok(false);
        }
        for _ in 0..self.reader.map()? {
            let key = self.reader.text()?;
            fields.field(key, self.inside())?;
        }
        Ok(true)
    }

    fn skip(self) -> Result<()> {
        self.reader.skip(self.depth)
    }

    fn refused(too_large: TooLarge) -> Box<DecodeError> {
        too_large.into()
    }
}
