//! Numbers and texts one behind the other, which is how [`extras`](crate::extras) and the log's frames are written.
//!
//! Counts and lengths are unsigned LEB128: seven bits a byte, the lowest first, the top bit set in all but the last. Numbers
//! of fixed width are little-endian. A [`Cursor`] believes nothing: what it reads has to fit into what remains.

use std::fmt;

/// Appends a LEB128 number.
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends the length of `bytes`, then them.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Bytes that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong, a clause.
    pub what: &'static str,
    /// Before which byte it was met.
    pub offset: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (offset {})", self.what, self.offset)
    }
}

impl std::error::Error for Malformed {}

/// The rest of some bytes that are being read.
pub struct Cursor<'a> {
    rest: &'a [u8],
    whole_bytes: usize,
}

impl<'a> Cursor<'a> {
    /// At the first of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { rest: bytes, whole_bytes: bytes.len() }
    }

    /// Whether all was read, which whoever wrote it counts on.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.malformed("bytes are left over")) }
    }

    /// An error about what was just read.
    pub fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { what, offset: self.whole_bytes - self.rest.len() }
    }

    /// So many bytes.
    pub fn take(&mut self, bytes: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or_else(|| self.malformed("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// So many bytes as an array: a number of fixed width.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.malformed("it ends too early"))?;
        self.rest = rest;
        Ok(*taken)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, Malformed> {
        self.array().map(|[byte]| byte)
    }

    /// A number of eight bytes.
    pub fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_le_bytes)
    }

    /// A LEB128 number; of one beyond 64 bits the low ones.
    pub fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.malformed("a number has more than ten bytes"))
    }

    /// How many things follow that take `least_bytes` each, so that a count that lies reserves no memory.
    pub fn count(&mut self, least_bytes: usize) -> Result<usize, Malformed> {
        let count = self.number()?;
        let count = usize::try_from(count).ok().filter(|count| *count <= self.rest.len() / least_bytes);
        count.ok_or_else(|| self.malformed("a count is larger than what remains"))
    }

    /// Bytes behind their length.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.count(1)?;
        self.take(length)
    }

    /// Text behind its length.
    pub fn text(&mut self) -> Result<&'a str, Malformed> {
        let bytes = self.bytes()?;
        self.utf8(bytes)
    }

    /// The text that bytes are which were just read.
    pub fn utf8(&self, bytes: &'a [u8]) -> Result<&'a str, Malformed> {
        std::str::from_utf8(bytes).map_err(|_| self.malformed("a text is not UTF-8"))
    }

    /// Things behind their count, each read by `item`.
    pub fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
        let count = self.count(1)?;
        (0..count).map(|_| item(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_come_back_from_their_bytes() {
        for (number, bytes) in [
            (0, &[0][..]),
            (127, &[0x7f]),
            (128, &[0x80, 0x01]),
            (300, &[0xac, 0x02]),
            (u64::MAX, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
        ] {
            let mut out = Vec::new();
            put_number(&mut out, number);
            assert_eq!(out, bytes, "{number}");
            assert_eq!(Cursor::new(bytes).number(), Ok(number));
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let mut cursor = Cursor::new(&[3, b'a', b'b', 0xff, 0xff]);
        assert_eq!(cursor.count(2), Err(Malformed { what: "a count is larger than what remains", offset: 1 }));
        assert_eq!(cursor.u64(), Err(Malformed { what: "it ends too early", offset: 1 }));
        assert_eq!(cursor.byte(), Ok(b'a'));
        assert_eq!(cursor.malformed("x").to_string(), "x (offset 2)");
        assert_eq!(cursor.finish(), Err(Malformed { what: "bytes are left over", offset: 2 }));
        assert_eq!(Cursor::new(&[1, 0xff]).text(), Err(Malformed { what: "a text is not UTF-8", offset: 2 }));
        let endless = Malformed { what: "a number has more than ten bytes", offset: 10 };
        assert_eq!(Cursor::new(&[0xff; 20]).number(), Err(endless));
    }
}
