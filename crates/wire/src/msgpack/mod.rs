//! MessagePack: a cursor over bytes, and the writer that is its mirror.
//!
//! The first byte of a value says what it is, and for small values holds them too:
//!
//! | bytes | what |
//! | --- | --- |
//! | `00`–`7f`, `e0`–`ff` | the integer itself |
//! | `80`–`8f`, `90`–`9f`, `a0`–`bf` | map, array, text with its length |
//! | `c0`, `c2`, `c3` | nil, false, true |
//! | `c4`–`c6`, `c7`–`c9` | bin, ext with 1, 2 or 4 bytes of length |
//! | `ca`, `cb` | float of 4 or 8 bytes |
//! | `cc`–`cf`, `d0`–`d3` | unsigned, signed integer of 1, 2, 4 or 8 bytes |
//! | `d4`–`d8` | ext of 1, 2, 4, 8 or 16 bytes |
//! | `d9`–`db`, `dc`–`dd`, `de`–`df` | text, array, map with their length |
//!
//! All numbers are big-endian. Source: the msgpack specification.

mod read;
mod value;
mod write;

pub(crate) use read::Reader;
pub(crate) use value::Msgpack;
pub(crate) use write::Writer;

/// Most elements that an array or map may announce. Source: agent-protocol 2.1.
const MAX_ELEMENTS: usize = 25_000_000;

/// First bytes that stand for themselves.
mod marker {
    pub(super) const NIL: u8 = 0xc0;
    pub(super) const FALSE: u8 = 0xc2;
    pub(super) const TRUE: u8 = 0xc3;
    pub(super) const BIN8: u8 = 0xc4;
    pub(super) const BIN16: u8 = 0xc5;
    pub(super) const BIN32: u8 = 0xc6;
    pub(super) const EXT8: u8 = 0xc7;
    pub(super) const EXT16: u8 = 0xc8;
    pub(super) const EXT32: u8 = 0xc9;
    pub(super) const FLOAT32: u8 = 0xca;
    pub(super) const FLOAT64: u8 = 0xcb;
    pub(super) const UINT8: u8 = 0xcc;
    pub(super) const UINT16: u8 = 0xcd;
    pub(super) const UINT32: u8 = 0xce;
    pub(super) const UINT64: u8 = 0xcf;
    pub(super) const INT8: u8 = 0xd0;
    pub(super) const INT16: u8 = 0xd1;
    pub(super) const INT32: u8 = 0xd2;
    pub(super) const INT64: u8 = 0xd3;
    pub(super) const FIXEXT1: u8 = 0xd4;
    pub(super) const FIXEXT16: u8 = 0xd8;
    pub(super) const STR8: u8 = 0xd9;
    pub(super) const STR16: u8 = 0xda;
    pub(super) const STR32: u8 = 0xdb;
    pub(super) const ARRAY16: u8 = 0xdc;
    pub(super) const ARRAY32: u8 = 0xdd;
    pub(super) const MAP16: u8 = 0xde;
    pub(super) const MAP32: u8 = 0xdf;
}
