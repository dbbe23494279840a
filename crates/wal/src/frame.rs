//! A frame: a header of 32 bytes and a payload that only its owner understands.
//!
//! | at | bytes | what |
//! | --- | --- | --- |
//! | 0 | 8 | sequence number |
//! | 8 | 8 | sequence number through which the log was synced when this was written |
//! | 16 | 8 | CRC-64/NVME of the payload |
//! | 24 | 4 | length of the payload, in bytes |
//! | 28 | 4 | CRC-32C of the segment's id (8 bytes) and of the 28 bytes above |
//! | 32 | length | payload |
//!
//! Numbers are little-endian. A frame starts at a multiple of 8; the bytes up to the next multiple mean nothing.
//!
//! The header has a checksum of its own so that a length can be believed: a frame whose payload is broken is stepped
//! over, instead of being searched for frames that somebody may have sent as data. The segment's id in it keeps what a
//! segment held before it was used again from being taken for part of the log.

use crc_fast::{CrcAlgorithm, Digest};

/// Largest payload. Source: the receiver's budget for bodies and batches, 128 MiB in all, so that no batch is larger.
pub const MAX_PAYLOAD_BYTES: usize = 128 << 20;

/// Size of a frame's header, in bytes.
pub(crate) const HEADER_BYTES: usize = 32;

/// Frames start at multiples of this many bytes.
pub(crate) const ALIGNMENT_BYTES: u64 = 8;

/// What precedes a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) sequence: u64,
    /// Everything up to here was synced when the frame was written. Below `sequence`.
    pub(crate) synced_through: u64,
    pub(crate) payload_checksum: u64,
    pub(crate) payload_bytes: usize,
}

impl FrameHeader {
    /// Its bytes in the segment `segment`.
    pub(crate) fn encode(&self, segment: u64) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0..8].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.synced_through.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.payload_checksum.to_le_bytes());
        bytes[24..28].copy_from_slice(&(self.payload_bytes as u32).to_le_bytes());
        let checksum = header_checksum(&bytes, segment);
        bytes[28..32].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The header that these bytes are in the segment `segment`, if they are one.
    pub(crate) fn decode(bytes: &[u8; HEADER_BYTES], segment: u64) -> Option<FrameHeader> {
        let header = FrameHeader {
            sequence: u64_at(bytes, 0),
            synced_through: u64_at(bytes, 8),
            payload_checksum: u64_at(bytes, 16),
            payload_bytes: u32_at(bytes, 24) as usize,
        };
        // Both are cheap and hold for little else than headers: a search computes few checksums, and none over zeros.
        let plausible =
            header.synced_through < header.sequence && (1..=MAX_PAYLOAD_BYTES).contains(&header.payload_bytes);
        (plausible && u32_at(bytes, 28) == header_checksum(bytes, segment)).then_some(header)
    }
}

/// Size of a frame with so long a payload, up to where the next frame starts.
pub(crate) fn frame_bytes(payload_bytes: usize) -> u64 {
    (HEADER_BYTES as u64 + payload_bytes as u64).next_multiple_of(ALIGNMENT_BYTES)
}

/// CRC-64/NVME of a payload in parts. 64 bits, because payloads are long and their number has no end.
pub(crate) fn payload_checksum(parts: &[&[u8]]) -> u64 {
    let mut digest = Digest::new(CrcAlgorithm::Crc64Nvme);
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize()
}

fn header_checksum(bytes: &[u8; HEADER_BYTES], segment: u64) -> u32 {
    crc32c(&[&segment.to_le_bytes(), &bytes[..28]])
}

/// CRC-32C of bytes in parts.
pub(crate) fn crc32c(parts: &[&[u8]]) -> u32 {
    let mut digest = Digest::new(CrcAlgorithm::Crc32Iscsi);
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize() as u32
}

/// The number at `at`, which the caller knows to be within `bytes`.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// The number at `at`, which the caller knows to be within `bytes`.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: FrameHeader = FrameHeader {
        sequence: 0x0102_0304_0506_0708,
        synced_through: 0x11,
        payload_checksum: 0x2122_2324_2526_2728,
        payload_bytes: 0x31,
    };

    #[test]
    fn checksums_are_the_published_ones() {
        assert_eq!(crc32c(&[b"1234", b"56789"]), 0xe306_9283);
        assert_eq!(payload_checksum(&[b"12345", b"6789"]), 0xae8b_1486_0a79_9888);
    }

    #[test]
    fn a_header_has_the_bytes_that_are_documented() {
        let mut expected = vec![8, 7, 6, 5, 4, 3, 2, 1];
        expected.extend([0x11, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21]);
        expected.extend([0x31, 0, 0, 0]);
        let checksum = crc32c(&[&[5, 0, 0, 0, 0, 0, 0, 0], &expected]);
        expected.extend(checksum.to_le_bytes());
        assert_eq!(HEADER.encode(5).as_slice(), expected);
        assert_eq!(FrameHeader::decode(&HEADER.encode(5), 5), Some(HEADER));
    }

    #[test]
    fn a_header_is_one_only_in_its_segment() {
        assert_eq!(FrameHeader::decode(&HEADER.encode(5), 6), None);
    }

    #[test]
    fn a_header_with_any_bit_flipped_is_none() {
        for bit in 0..HEADER_BYTES * 8 {
            let mut bytes = HEADER.encode(5);
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(FrameHeader::decode(&bytes, 5), None, "bit {bit}");
        }
    }

    #[test]
    fn a_header_that_no_writer_writes_is_none_whatever_its_checksum() {
        let too_long = MAX_PAYLOAD_BYTES + 1;
        for impossible in [
            FrameHeader { payload_bytes: 0, ..HEADER },
            FrameHeader { payload_bytes: too_long, ..HEADER },
            FrameHeader { synced_through: HEADER.sequence, ..HEADER },
        ] {
            assert_eq!(FrameHeader::decode(&impossible.encode(5), 5), None, "{impossible:?}");
        }
    }

    #[test]
    fn a_frame_ends_at_a_multiple_of_eight() {
        assert_eq!([1, 8, 9, 16].map(frame_bytes), [40, 40, 48, 48]);
    }
}
