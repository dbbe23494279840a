//! A segment: a file of frames, with a header that says which one it is.
//!
//! | at | bytes | what |
//! | --- | --- | --- |
//! | 0 | 8 | `thwal\r\n\0` |
//! | 8 | 4 | format |
//! | 12 | 4 | CRC-32C of the other 36 bytes of the header |
//! | 16 | 8 | segment id |
//! | 24 | 8 | first sequence number that the recovery before this segment found torn |
//! | 32 | 8 | first sequence number after those; equal to the field above if there were none |
//! | 40 | – | frames |
//!
//! These 40 bytes stay as they are in every later format, so that every version can tell a later one from damage. The
//! id is in the file's name too: a segment whose header is damaged still gives its frames.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use tracehound_platform::{File, Files};

use crate::Error;
use crate::frame::{crc32c, u32_at, u64_at};

/// Directory of the log's files, below the data directory.
pub const DIRECTORY: &str = "wal";

/// The format that is written, and the latest that is read.
pub(crate) const FORMAT: u32 = 0;

/// Size of a segment's header: where its first frame starts.
pub(crate) const HEADER_BYTES: u64 = 40;

const MAGIC: [u8; 8] = *b"thwal\r\n\0";

/// What a segment says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) id: u64,
    /// Sequence numbers whose absence is no damage: the recovery before this segment did not find all of them, and
    /// nothing says that they had been synced.
    pub(crate) torn: Range<u64>,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[0..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.id.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.torn.start.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.torn.end.to_le_bytes());
        let checksum = checksum(&bytes);
        bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The header, none if it is damaged, or the later format that it has.
    fn decode(bytes: &[u8; HEADER_BYTES as usize]) -> Result<Option<SegmentHeader>, u32> {
        if bytes[0..8] != MAGIC || u32_at(bytes, 12) != checksum(bytes) {
            return Ok(None);
        }
        match u32_at(bytes, 8) {
            ..=FORMAT => Ok(Some(SegmentHeader { id: u64_at(bytes, 16), torn: u64_at(bytes, 24)..u64_at(bytes, 32) })),
            later => Err(later),
        }
    }
}

fn checksum(bytes: &[u8; HEADER_BYTES as usize]) -> u32 {
    crc32c(&[&bytes[..12], &bytes[16..]])
}

/// A segment of an earlier run.
pub(crate) struct Segment {
    pub(crate) id: u64,
    pub(crate) file: Arc<dyn File>,
    pub(crate) bytes: u64,
    /// None if it is damaged, or was never finished.
    pub(crate) header: Option<SegmentHeader>,
}

impl Segment {
    /// Opens the segment `id` and reads its header.
    pub(crate) fn open(files: &dyn Files, id: u64) -> Result<Segment, Error> {
        let path = path(id);
        let file = files.open(&path).map_err(Error::io("open", &path))?;
        let bytes = file.len().map_err(Error::io("read the length of", &path))?;
        let mut header = [0; HEADER_BYTES as usize];
        match file.read_at(&mut header, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
            result => result.map_err(Error::io("read", &path))?,
        }
        let header = SegmentHeader::decode(&header)
            .map_err(|found| Error::Format { path, found, supported: FORMAT })?
            // One whose file was taken for another id, and then not renamed, speaks for neither.
            .filter(|header| header.id == id);
        Ok(Segment { id, file, bytes, header })
    }
}

/// Where the segment `id` is.
pub(crate) fn path(id: u64) -> String {
    format!("{DIRECTORY}/{id:016x}.wal")
}

/// Where the segment `id` is once it was released, until it is used again.
pub(crate) fn spare_path(id: u64) -> String {
    format!("{DIRECTORY}/{id:016x}.spare")
}

/// The ids of the log's segments and of its spares, ascending. Files of other names are left alone.
pub(crate) fn list(files: &dyn Files) -> Result<(Vec<u64>, Vec<u64>), Error> {
    let names = files.list(DIRECTORY).map_err(Error::io("list", DIRECTORY))?;
    let ids = |ending| names.iter().filter_map(|name| id_of(name, ending)).collect();
    Ok((ids(".wal"), ids(".spare")))
}

fn id_of(name: &str, ending: &str) -> Option<u64> {
    let digits = name.strip_suffix(ending)?;
    let id = u64::from_str_radix(digits, 16).ok()?;
    (format!("{id:016x}") == digits).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_the_bytes_that_are_documented() {
        let bytes = SegmentHeader { id: 0x0102, torn: 7..9 }.encode();
        let mut rest = b"thwal\r\n\0\0\0\0\0".to_vec();
        rest.extend([2, 1, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!([&bytes[..12], &bytes[16..]].concat(), rest);
        assert_eq!(bytes[12..16], crc32c(&[&rest]).to_le_bytes());
        assert_eq!(SegmentHeader::decode(&bytes), Ok(Some(SegmentHeader { id: 0x0102, torn: 7..9 })));
    }

    #[test]
    fn a_header_with_any_bit_flipped_is_damaged_and_not_of_a_later_format() {
        for bit in 0..HEADER_BYTES as usize * 8 {
            let mut bytes = SegmentHeader { id: 1, torn: 0..0 }.encode();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(SegmentHeader::decode(&bytes), Ok(None), "bit {bit}");
        }
    }

    #[test]
    fn only_names_that_we_make_are_segments() {
        assert_eq!(path(0x1f), "wal/000000000000001f.wal");
        assert_eq!(spare_path(0x1f), "wal/000000000000001f.spare");
        for (name, id) in [
            ("000000000000001f.wal", Some(0x1f)),
            ("ffffffffffffffff.wal", Some(u64::MAX)),
            ("000000000000001F.wal", None),
            ("1f.wal", None),
            ("+00000000000001f.wal", None),
            ("000000000000001f.spare", None),
            ("000000000000001f", None),
            (".wal", None),
        ] {
            assert_eq!(id_of(name, ".wal"), id, "{name}");
        }
    }
}
