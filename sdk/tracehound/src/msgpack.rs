//! Writes MessagePack, the little of it that trace and stats payloads are made of.
//!
//! Everything appends to a [`Sink`] and takes the shortest form, except where a length is not known yet: then a header of fixed
//! width is written and [`patch_u32`] fills it in.

/// What is written to.
pub(crate) trait Sink {
    fn put(&mut self, bytes: &[u8]);

    /// The same for bytes whose number is known when this is compiled.
    fn put_array<const N: usize>(&mut self, bytes: [u8; N]);
}

impl Sink for Vec<u8> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    #[inline]
    fn put_array<const N: usize>(&mut self, bytes: [u8; N]) {
        self.extend_from_slice(&bytes);
    }
}

/// What stands before the number of a map's pairs, in two bytes.
pub(crate) const MAP16: u8 = 0xde;

/// A map header for `len` pairs.
#[inline]
pub(crate) fn map(out: &mut impl Sink, len: usize) {
    match len {
        0..=15 => out.put_array([0x80 | len as u8]),
        16..=0xffff => prefixed(out, MAP16, (len as u16).to_be_bytes()),
        _ => prefixed(out, 0xdf, bounded(len).to_be_bytes()),
    }
}

/// An array header for `len` items.
#[inline]
pub(crate) fn array(out: &mut impl Sink, len: usize) {
    match len {
        0..=15 => out.put_array([0x90 | len as u8]),
        16..=0xffff => prefixed(out, 0xdc, (len as u16).to_be_bytes()),
        _ => prefixed(out, 0xdd, bounded(len).to_be_bytes()),
    }
}

/// An array header of five bytes whose length [`patch_u32`] fills in at the returned position.
#[inline]
pub(crate) fn open_array(out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&[0xdd, 0, 0, 0, 0]);
    out.len() - 4
}

/// Fills in the length of a header that [`open_array`] wrote.
#[inline]
pub(crate) fn patch_u32(out: &mut [u8], position: usize, len: u32) {
    if let Some(place) = out.get_mut(position..position + 4) {
        place.copy_from_slice(&len.to_be_bytes());
    }
}

/// What stands before an unsigned number of eight bytes.
pub(crate) const UINT64: u8 = 0xcf;

/// What stands before a number with a fraction, which always has eight bytes.
pub(crate) const FLOAT64: u8 = 0xcb;

/// A literal of at most 31 bytes as MessagePack, made at compile time: keys are written as one piece.
macro_rules! packed {
    ($text:literal) => {
        const { crate::msgpack::pack::<{ $text.len() + 1 }>($text) }
    };
}
pub(crate) use packed;

/// The short form of a text, for [`packed!`]: `N` is one more than its length.
pub(crate) const fn pack<const N: usize>(text: &str) -> [u8; N] {
    assert!(text.len() < 32 && N == text.len() + 1);
    let mut packed = [0xa0 | text.len() as u8; N];
    let mut at = 1;
    while at < N {
        packed[at] = text.as_bytes()[at - 1];
        at += 1;
    }
    packed
}

/// UTF-8 text.
#[inline]
pub(crate) fn str(out: &mut impl Sink, text: &str) {
    match text.len() {
        len @ 0..=31 => out.put_array([0xa0 | len as u8]),
        len => {
            let (head, head_len) = long_str_head(len);
            out.put(head.get(..head_len).unwrap_or_default());
        }
    }
    out.put(text.as_bytes());
}

/// What stands before a text of 32 bytes or more, and how many bytes of it count. Apart, so that it is not worked out before it is needed.
#[inline(never)]
fn long_str_head(len: usize) -> ([u8; 5], usize) {
    match len {
        0..=0xff => ([0xd9, len as u8, 0, 0, 0], 2),
        0x100..=0xffff => {
            let [high, low] = (len as u16).to_be_bytes();
            ([0xda, high, low, 0, 0], 3)
        }
        _ => {
            let [a, b, c, d] = bounded(len).to_be_bytes();
            ([0xdb, a, b, c, d], 5)
        }
    }
}

/// Reads what [`str`] wrote: the text's bytes, and what follows.
#[inline]
pub(crate) fn split_str(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&head, rest) = bytes.split_first()?;
    if head & 0xe0 == 0xa0 {
        return rest.split_at_checked(usize::from(head & 0x1f));
    }
    let (len, rest) = match head {
        0xd9 => rest.split_first_chunk().map(|(&len, rest)| (u32::from(u8::from_be_bytes(len)), rest)),
        0xda => rest.split_first_chunk().map(|(&len, rest)| (u32::from(u16::from_be_bytes(len)), rest)),
        0xdb => rest.split_first_chunk().map(|(&len, rest)| (u32::from_be_bytes(len), rest)),
        _ => None,
    }?;
    rest.split_at_checked(len as usize)
}

/// Bytes that are not text.
pub(crate) fn bin(out: &mut impl Sink, bytes: &[u8]) {
    let len = bytes.len();
    match len {
        0..=0xff => prefixed(out, 0xc4, [len as u8]),
        0x100..=0xffff => prefixed(out, 0xc5, (len as u16).to_be_bytes()),
        _ => prefixed(out, 0xc6, bounded(len).to_be_bytes()),
    }
    out.put(bytes);
}

/// An unsigned integer.
#[inline]
pub(crate) fn uint(out: &mut impl Sink, value: u64) {
    match value {
        0..=0x7f => out.put_array([value as u8]),
        0x80..=0xff => prefixed(out, 0xcc, [value as u8]),
        0x100..=0xffff => prefixed(out, 0xcd, (value as u16).to_be_bytes()),
        0x1_0000..=0xffff_ffff => prefixed(out, 0xce, (value as u32).to_be_bytes()),
        _ => prefixed(out, UINT64, value.to_be_bytes()),
    }
}

/// A signed integer.
#[inline]
pub(crate) fn int(out: &mut impl Sink, value: i64) {
    match value {
        0.. => uint(out, value.unsigned_abs()),
        -32..=-1 => out.put_array([value as u8]),
        -0x80..=-33 => prefixed(out, 0xd0, [value as u8]),
        -0x8000..=-0x81 => prefixed(out, 0xd1, (value as i16).to_be_bytes()),
        -0x8000_0000..=-0x8001 => prefixed(out, 0xd2, (value as i32).to_be_bytes()),
        _ => prefixed(out, 0xd3, value.to_be_bytes()),
    }
}

/// A number with a fraction, always of 64 bits.
#[inline]
pub(crate) fn f64(out: &mut impl Sink, value: f64) {
    prefixed(out, FLOAT64, value.to_be_bytes());
}

/// `true` or `false`.
#[inline]
pub(crate) fn bool(out: &mut impl Sink, value: bool) {
    out.put_array([if value { 0xc3 } else { 0xc2 }]);
}

#[inline]
fn prefixed<const N: usize>(out: &mut impl Sink, marker: u8, bytes: [u8; N]) {
    out.put_array([marker]);
    out.put_array(bytes);
}

/// Lengths of 4 GiB and more do not exist here: every buffer of the tracer is bounded to a few MiB.
fn bounded(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    // Source of the expectations: the MessagePack specification's table of formats.
    #[test]
    fn numbers_take_their_shortest_form() {
        for (value, expected) in [
            (0, vec![0x00]),
            (127, vec![0x7f]),
            (128, vec![0xcc, 0x80]),
            (256, vec![0xcd, 0x01, 0x00]),
            (65_536, vec![0xce, 0x00, 0x01, 0x00, 0x00]),
            (1 << 32, vec![0xcf, 0, 0, 0, 1, 0, 0, 0, 0]),
            (-1, vec![0xff]),
            (-32, vec![0xe0]),
            (-33, vec![0xd0, 0xdf]),
            (-129, vec![0xd1, 0xff, 0x7f]),
            (-32_769, vec![0xd2, 0xff, 0xff, 0x7f, 0xff]),
            (i64::MIN, vec![0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            assert_eq!(written(|out| int(out, value)), expected, "{value}");
        }
    }

    #[test]
    fn lengths_choose_the_header() {
        assert_eq!(written(|out| map(out, 15)), [0x8f]);
        assert_eq!(written(|out| map(out, 16)), [0xde, 0, 16]);
        assert_eq!(written(|out| array(out, 70_000)), [0xdd, 0, 1, 0x11, 0x70]);
        assert_eq!(written(|out| str(out, "é")), [0xa2, 0xc3, 0xa9]);
        assert_eq!(written(|out| bin(out, &[7])), [0xc4, 1, 7]);
    }

    // Source of the expectations: the same table.
    #[test]
    fn a_text_of_any_length_follows_its_header() {
        for (len, head) in [
            (0, &[0xa0][..]),
            (31, &[0xbf]),
            (32, &[0xd9, 32]),
            (255, &[0xd9, 255]),
            (256, &[0xda, 1, 0]),
            (65_535, &[0xda, 255, 255]),
            (65_536, &[0xdb, 0, 1, 0, 0]),
        ] {
            let text = "x".repeat(len);
            let expected = [head, text.as_bytes()].concat();
            assert!(written(|out| str(out, &text)) == expected, "{len}");
            assert_eq!(split_str(&expected), Some((text.as_bytes(), &[][..])), "{len}");
        }
    }

    #[test]
    fn an_open_header_takes_its_length_later() {
        let mut out = vec![1];
        let array = open_array(&mut out);
        patch_u32(&mut out, array, 3);
        assert_eq!(out, [1, 0xdd, 0, 0, 0, 3]);
    }
}
