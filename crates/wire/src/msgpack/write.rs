//! The mirror of the [`Reader`](super::Reader): every value in the fewest bytes that hold it.

use super::marker::*;

/// Msgpack being written.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// What was written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// The head of an array; its elements follow.
    pub(crate) fn array(&mut self, elements: usize) {
        match elements {
            0..=0x0f => self.bytes.push(0x90 | elements as u8),
            0x10..=0xffff => self.head16(ARRAY16, elements),
            _ => self.head32(ARRAY32, elements),
        }
    }

    /// The head of a map; its keys and values follow, taking turns.
    pub(crate) fn map(&mut self, pairs: usize) {
        match pairs {
            0..=0x0f => self.bytes.push(0x80 | pairs as u8),
            0x10..=0xffff => self.head16(MAP16, pairs),
            _ => self.head32(MAP32, pairs),
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        match text.len() {
            length @ 0..=0x1f => self.bytes.push(0xa0 | length as u8),
            length @ 0x20..=0xff => self.bytes.extend([STR8, length as u8]),
            length @ 0x100..=0xffff => self.head16(STR16, length),
            length => self.head32(STR32, length),
        }
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        match bytes.len() {
            length @ 0..=0xff => self.bytes.extend([BIN8, length as u8]),
            length @ 0x100..=0xffff => self.head16(BIN16, length),
            length => self.head32(BIN32, length),
        }
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn unsigned(&mut self, number: u64) {
        match number {
            0..=0x7f => self.bytes.push(number as u8),
            0x80..=0xff => self.bytes.extend([UINT8, number as u8]),
            0x100..=0xffff => self.fixed(UINT16, (number as u16).to_be_bytes()),
            0x1_0000..=0xffff_ffff => self.fixed(UINT32, (number as u32).to_be_bytes()),
            _ => self.fixed(UINT64, number.to_be_bytes()),
        }
    }

    pub(crate) fn signed(&mut self, number: i64) {
        match number {
            0.. => self.unsigned(number as u64),
            -0x20..0 => self.bytes.push(number as u8),
            -0x80..-0x20 => self.bytes.extend([INT8, number as u8]),
            -0x8000..-0x80 => self.fixed(INT16, (number as i16).to_be_bytes()),
            -0x8000_0000..-0x8000 => self.fixed(INT32, (number as i32).to_be_bytes()),
            _ => self.fixed(INT64, number.to_be_bytes()),
        }
    }

    pub(crate) fn float(&mut self, number: f64) {
        self.fixed(FLOAT64, number.to_be_bytes());
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.bytes.push(if value { TRUE } else { FALSE });
    }

    fn fixed<const N: usize>(&mut self, marker: u8, bytes: [u8; N]) {
        self.bytes.push(marker);
        self.bytes.extend(bytes);
    }

    fn head16(&mut self, marker: u8, length: usize) {
        self.fixed(marker, (length as u16).to_be_bytes());
    }

    /// Panics from 2^32 on, which no length reaches: a payload is far smaller than 4 GiB.
    fn head32(&mut self, marker: u8, length: usize) {
        let length = u32::try_from(length).expect("a payload is far smaller than 4 GiB");
        self.fixed(marker, length.to_be_bytes());
    }
}
