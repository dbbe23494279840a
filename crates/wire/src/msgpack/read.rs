//! A cursor over the bytes of a body.
//!
//! No length is believed: an array or map that announces more than the bytes left can hold is refused before anybody
//! makes room for it, and what nobody asked for is read over without recursion.

use std::borrow::Cow;

use tracehound_model::limits::MAX_NESTING;

use super::{MAX_ELEMENTS, marker::*};
use crate::error::{DecodeError, Problem};
use crate::number::Number;
use crate::text::Text;

/// The rest of a body.
pub(crate) struct Reader<'body> {
    rest: &'body [u8],
    whole_bytes: usize,
}

type Result<T> = std::result::Result<T, Box<DecodeError>>;

impl<'body> Reader<'body> {
    pub(crate) fn new(body: &'body [u8]) -> Reader<'body> {
        Reader { rest: body, whole_bytes: body.len() }
    }

    /// The first byte of the next value.
    #[inline]
    pub(crate) fn peek(&self) -> Result<u8> {
        self.rest.first().copied().ok_or_else(|| self.short(1))
    }

    /// Whether the next value is nil, which is then read.
    #[inline]
    pub(crate) fn nil(&mut self) -> Result<bool> {
        let nil = self.peek()? == NIL;
        if nil {
            self.rest = &self.rest[1..];
        }
        Ok(nil)
    }

    /// The elements that the array has which begins here. Each takes a byte at least.
    #[inline]
    pub(crate) fn array(&mut self) -> Result<usize> {
        let elements = match self.peek()? {
            first @ 0x90..=0x9f => self.after_first(usize::from(first & 0x0f)),
            NIL => self.after_first(0),
            ARRAY16 => self.length16()?,
            ARRAY32 => self.length32()?,
            first => return Err(self.unexpected("an array", first)),
        };
        self.believable(elements, 1)
    }

    /// The pairs that the map has which begins here. Each takes two bytes at least.
    #[inline]
    pub(crate) fn map(&mut self) -> Result<usize> {
        let pairs = match self.peek()? {
            first @ 0x80..=0x8f => self.after_first(usize::from(first & 0x0f)),
            NIL => self.after_first(0),
            MAP16 => self.length16()?,
            MAP32 => self.length32()?,
            first => return Err(self.unexpected("a map", first)),
        };
        self.believable(pairs, 2)
    }

    /// The bytes of a str or bin.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'body [u8]> {
        let length = match self.peek()? {
            first @ 0xa0..=0xbf => self.after_first(usize::from(first & 0x1f)),
            NIL => self.after_first(0),
            STR8 | BIN8 => self.length8()?,
            STR16 | BIN16 => self.length16()?,
            STR32 | BIN32 => self.length32()?,
            first => return Err(self.unexpected("text", first)),
        };
        self.take(length)
    }

    /// The text of a str or bin.
    #[inline]
    pub(crate) fn text(&mut self) -> Result<Text<'body>> {
        self.bytes().map(|bytes| Text(Cow::Borrowed(bytes)))
    }

    /// A number of any kind and width; true is 1.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Number> {
        let first = self.peek()?;
        let mut after = Reader { rest: &self.rest[1..], ..*self };
        let number = match first {
            0x00..=0x7f => Number::Unsigned(u64::from(first)),
            0xe0..=0xff => Number::Signed(i64::from(first as i8)),
            NIL | FALSE => Number::Unsigned(0),
            TRUE => Number::Unsigned(1),
            UINT8 => Number::Unsigned(u64::from(u8::from_be_bytes(after.fixed()?))),
            UINT16 => Number::Unsigned(u64::from(u16::from_be_bytes(after.fixed()?))),
            UINT32 => Number::Unsigned(u64::from(u32::from_be_bytes(after.fixed()?))),
            UINT64 => Number::Unsigned(u64::from_be_bytes(after.fixed()?)),
            INT8 => Number::Signed(i64::from(i8::from_be_bytes(after.fixed()?))),
            INT16 => Number::Signed(i64::from(i16::from_be_bytes(after.fixed()?))),
            INT32 => Number::Signed(i64::from(i32::from_be_bytes(after.fixed()?))),
            INT64 => Number::Signed(i64::from_be_bytes(after.fixed()?)),
            FLOAT32 => Number::Float(f64::from(f32::from_be_bytes(after.fixed()?))),
            FLOAT64 => Number::Float(f64::from_be_bytes(after.fixed()?)),
            _ => return Err(self.unexpected("a number", first)),
        };
        *self = after;
        Ok(number)
    }

    /// A number, if `convert` takes it.
    #[inline]
    pub(crate) fn number_as<T>(
        &mut self,
        wanted: &'static str,
        convert: impl FnOnce(Number) -> Option<T>,
    ) -> Result<T> {
        let begin = self.offset();
        let number = self.number()?;
        convert(number).ok_or_else(|| DecodeError::at(Problem::OutOfRange { wanted }, begin))
    }

    /// Reads over a value that stands inside `depth` arrays and maps.
    pub(crate) fn skip(&mut self, depth: usize) -> Result<()> {
        // Per level of nesting, how many values are still to come.
        let mut pending = [0_usize; MAX_NESTING];
        let mut level = depth;
        loop {
            if let Some(values) = self.skip_head()? {
                let Some(count) = pending.get_mut(level) else { return Err(self.too_deep()) };
                *count = values;
                level += 1;
            } else if level > depth {
                pending[level - 1] -= 1;
            }
            while level > depth && pending[level - 1] == 0 {
                level -= 1;
                if level > depth {
                    pending[level - 1] -= 1;
                }
            }
            if level == depth {
                return Ok(());
            }
        }
    }

    /// Reads over a scalar, or over the head of an array or map: how many values that one holds.
    fn skip_head(&mut self) -> Result<Option<usize>> {
        match self.peek()? {
            0x80..=0x8f | MAP16 | MAP32 => return self.map().map(|pairs| Some(2 * pairs)),
            0x90..=0x9f | ARRAY16 | ARRAY32 => return self.array().map(Some),
            0xa0..=0xbf | STR8..=STR32 | BIN8..=BIN32 => drop(self.bytes()?),
            // The type of an ext is one more byte.
            EXT8 => drop(self.length8().and_then(|length| self.take(length + 1))?),
            EXT16 => drop(self.length16().and_then(|length| self.take(length + 1))?),
            EXT32 => drop(self.length32().and_then(|length| self.take(length.saturating_add(1)))?),
            first @ FIXEXT1..=FIXEXT16 => drop(self.take(2 + (1 << (first - FIXEXT1)))?),
            _ => drop(self.number()?),
        }
        Ok(None)
    }

    /// How many bytes were read.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.whole_bytes - self.rest.len()
    }

    /// An error about what comes next.
    fn fail(&self, problem: Problem) -> Box<DecodeError> {
        DecodeError::at(problem, self.offset())
    }

    /// The error of a value that stands too deep.
    #[cold]
    pub(crate) fn too_deep(&self) -> Box<DecodeError> {
        self.fail(Problem::TooDeep { limit: MAX_NESTING })
    }

    #[cold]
    fn short(&self, announced: usize) -> Box<DecodeError> {
        self.fail(Problem::Short { announced, left: self.rest.len() })
    }

    #[cold]
    pub(crate) fn unexpected(&self, wanted: &'static str, first: u8) -> Box<DecodeError> {
        let found = match first {
            0x00..=0x7f | 0xe0..=0xff | UINT8..=INT64 => "an integer",
            0x80..=0x8f | MAP16 | MAP32 => "a map",
            0x90..=0x9f | ARRAY16 | ARRAY32 => "an array",
            0xa0..=0xbf | STR8..=STR32 => "text",
            NIL => "nil",
            FALSE | TRUE => "a boolean",
            BIN8..=BIN32 => "bytes",
            FLOAT32 | FLOAT64 => "a float",
            EXT8..=EXT32 | FIXEXT1..=FIXEXT16 => "an extension",
            _ => "a byte that begins no value",
        };
        self.fail(Problem::Unexpected { wanted, found })
    }

    /// Refuses a number of elements that the bytes left cannot hold.
    #[inline]
    fn believable(&self, elements: usize, least_bytes_each: usize) -> Result<usize> {
        if elements > MAX_ELEMENTS {
            return Err(self.fail(Problem::TooManyElements { announced: elements }));
        }
        if elements * least_bytes_each > self.rest.len() {
            return Err(self.short(elements * least_bytes_each));
        }
        Ok(elements)
    }

    /// Steps over the first byte, which told the length.
    #[inline]
    fn after_first(&mut self, length: usize) -> usize {
        self.rest = &self.rest[1..];
        length
    }

    fn length8(&mut self) -> Result<usize> {
        self.fixed().map(|[_, length]| usize::from(length))
    }

    fn length16(&mut self) -> Result<usize> {
        self.fixed().map(|[_, a, b]| usize::from(u16::from_be_bytes([a, b])))
    }

    fn length32(&mut self) -> Result<usize> {
        self.fixed().map(|[_, a, b, c, d]| u32::from_be_bytes([a, b, c, d]) as usize)
    }

    #[inline]
    fn take(&mut self, bytes: usize) -> Result<&'body [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or_else(|| self.short(bytes))?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (&taken, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.short(N))?;
        self.rest = rest;
        Ok(taken)
    }
}
