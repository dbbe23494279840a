//! Checksums over every byte of a file, read and verified block by block.
//!
//! Parquet's own page checksums leave out page headers, page index and footer, so a part does not rely on them. Instead,
//! when a file is complete, a seal is put in front of its last 8 bytes: one checksum per block of 4 KiB, and a trailer
//! that covers these. Nothing of a sealed file is interpreted before its checksum has been compared.
//!
//! ```text
//! content                      `covered` bytes
//! block checksum u32           one per begun 4 KiB of content, CRC-32C
//! covered u64                  ┐
//! format u32                   │ trailer of 20 bytes
//! CRC-32C of the checksums u32 │
//! CRC-32C u32                  ┘ of the 16 bytes before it and the ending
//! length u32, magic [u8; 4]    the ending, as the content's writer left it, `length` raised by the seal's size
//! ```
//!
//! Integers are little-endian. A Parquet file ends with the length of its footer and `PAR1`; the seal becomes the footer's
//! tail, where readers stop before it. The trailer is the same in all later formats, so that an old program can tell a
//! new file from a damaged one.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest, crc32_iscsi};
use tracehound_platform::File;

use crate::Error;
use crate::le::{u32_at, u64_at};

/// The format that is written, and the latest that is read.
pub(crate) const FORMAT: u32 = 0;

/// Smallest unit that is read. One checksum per 4 KiB is a thousandth of the file, and a page of a column is seldom
/// smaller.
const BLOCK_BYTES: usize = 4096;

/// How much is collected before it is written: large enough that system calls do not count.
const BUFFER_BYTES: usize = 64 * BLOCK_BYTES;

const TRAILER_BYTES: usize = 20;
const ENDING_BYTES: usize = 8;

/// Writes a file from its start and seals it.
pub(crate) struct SealWriter<'a> {
    file: &'a dyn File,
    /// How much of the content the file has: whole blocks.
    written: u64,
    /// Content that follows, fewer than `BUFFER_BYTES` plus an ending.
    buffer: Vec<u8>,
    sums: Vec<u8>,
}

impl<'a> SealWriter<'a> {
    pub(crate) fn new(file: &'a dyn File) -> SealWriter<'a> {
        SealWriter { file, written: 0, buffer: Vec::with_capacity(BUFFER_BYTES + ENDING_BYTES), sums: Vec::new() }
    }

    /// Puts the seal in front of the last 8 bytes that were written, and syncs. Returns the file's length and a checksum
    /// that stands for its content.
    pub(crate) fn finish(mut self) -> io::Result<(u64, u32)> {
        let split = self.buffer.len().checked_sub(ENDING_BYTES).ok_or(io::ErrorKind::InvalidInput)?;
        let ending = self.buffer.split_off(split);
        let covered = self.written + split as u64;
        self.write_blocks(split)?;

        let mut seal = std::mem::take(&mut self.sums);
        let sums_crc = crc32_iscsi(&seal);
        seal.extend(covered.to_le_bytes());
        seal.extend(FORMAT.to_le_bytes());
        seal.extend(sums_crc.to_le_bytes());
        let seal_bytes = seal.len() + size_of::<u32>();
        let length = u32_at(&ending, 0) as usize + seal_bytes;
        let length = u32::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let ending = [length.to_le_bytes(), [ending[4], ending[5], ending[6], ending[7]]].concat();
        let crc = trailer_crc(&seal[seal.len() - (TRAILER_BYTES - 4)..], &ending);
        seal.extend(crc.to_le_bytes());
        seal.extend(ending);
        self.file.write_at(&seal, covered)?;
        self.file.sync()?;
        Ok((covered + seal.len() as u64, crc))
    }

    /// Writes the first `len` bytes of the buffer, which end a block or the content.
    fn write_blocks(&mut self, len: usize) -> io::Result<()> {
        let content = &self.buffer[..len];
        for block in content.chunks(BLOCK_BYTES) {
            self.sums.extend(crc32_iscsi(block).to_le_bytes());
        }
        self.file.write_at(content, self.written)?;
        self.written += len as u64;
        self.buffer.drain(..len);
        Ok(())
    }
}

impl io::Write for SealWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = BUFFER_BYTES + ENDING_BYTES - self.buffer.len();
        let taken = bytes.len().min(room);
        self.buffer.extend_from_slice(&bytes[..taken]);
        if taken == room {
            self.write_blocks(BUFFER_BYTES)?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn trailer_crc(trailer: &[u8], ending: &[u8]) -> u32 {
    let mut digest = Digest::new(CrcAlgorithm::Crc32Iscsi);
    digest.update(trailer);
    digest.update(ending);
    digest.finalize() as u32
}

/// A sealed file whose seal is whole.
#[derive(Clone)]
pub(crate) struct SealedFile {
    file: Arc<dyn File>,
    path: Arc<str>,
    file_bytes: u64,
    covered: u64,
    /// The number in the ending as its writer left it: how long the content's own tail is.
    tail_bytes: u64,
    crc: u32,
    sums: Arc<[u32]>,
}

impl SealedFile {
    /// Reads and verifies the seal of a file that ends with `magic`.
    pub(crate) fn open(file: Arc<dyn File>, path: &str, magic: &[u8; 4]) -> Result<SealedFile, Error> {
        let damaged = |what| Error::damaged(path, what);
        let file_bytes = file.len().map_err(Error::io(path, "read"))?;
        let end = (TRAILER_BYTES + ENDING_BYTES) as u64;
        let trailer_at = file_bytes.checked_sub(end).ok_or_else(|| damaged("file ends too early"))?;
        let mut trailer = [0; TRAILER_BYTES + ENDING_BYTES];
        file.read_at(&mut trailer, trailer_at).map_err(Error::io(path, "read"))?;
        let (trailer, ending) = trailer.split_at(TRAILER_BYTES);

        let crc = u32_at(trailer, 16);
        if crc != trailer_crc(&trailer[..16], ending) || ending[4..] != *magic {
            return Err(damaged("its seal is broken"));
        }
        let format = u32_at(trailer, 8);
        if format > FORMAT {
            return Err(Error::Unsupported { path: path.to_owned(), format });
        }
        let covered = u64_at(trailer, 0);
        if covered > trailer_at {
            return Err(damaged("file ends too early"));
        }
        let sums_bytes = covered.div_ceil(BLOCK_BYTES as u64) * size_of::<u32>() as u64;
        let tail_bytes = u64::from(u32_at(ending, 0)).checked_sub(sums_bytes + TRAILER_BYTES as u64);
        let (Some(tail_bytes), true) = (tail_bytes, covered + sums_bytes == trailer_at) else {
            return Err(damaged("its length is not the one it was written with"));
        };

        let mut sums = vec![0; sums_bytes as usize];
        file.read_at(&mut sums, covered).map_err(Error::io(path, "read"))?;
        if u32_at(trailer, 12) != crc32_iscsi(&sums) {
            return Err(damaged("its block checksums are broken"));
        }
        let sums = sums.chunks_exact(4).map(|sum| u32_at(sum, 0)).collect();
        Ok(SealedFile { file, path: path.into(), file_bytes, covered, tail_bytes, crc, sums })
    }

    /// Which file, for messages.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Size of the file, the seal included.
    pub(crate) fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// Size of what the seal covers.
    pub(crate) fn content_bytes(&self) -> u64 {
        self.covered
    }

    /// A checksum that stands for the content.
    pub(crate) fn crc(&self) -> u32 {
        self.crc
    }

    /// Where the content's own tail is, whose length the ending tells.
    pub(crate) fn tail(&self) -> Result<Range<u64>, Error> {
        let start = self.covered.checked_sub(self.tail_bytes);
        start.map(|start| start..self.covered).ok_or_else(|| Error::damaged(&self.path, "its tail begins before it"))
    }

    /// Bytes of the content, verified.
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Bytes, Error> {
        if range.start > range.end || range.end > self.covered {
            return Err(Error::damaged(
                &self.path,
                format_args!("bytes {range:?} of {} are referred to", self.covered),
            ));
        }
        let first_block = range.start / BLOCK_BYTES as u64;
        let start = first_block * BLOCK_BYTES as u64;
        let end = range.end.next_multiple_of(BLOCK_BYTES as u64).min(self.covered);
        let mut blocks = vec![0; (end - start) as usize];
        self.file.read_at(&mut blocks, start).map_err(Error::io(&self.path, "read"))?;
        for (block, sum) in blocks.chunks(BLOCK_BYTES).zip(&self.sums[first_block as usize..]) {
            if crc32_iscsi(block) != *sum {
                return Err(Error::damaged(&self.path, "a block does not match its checksum"));
            }
        }
        let blocks = Bytes::from(blocks);
        Ok(blocks.slice((range.start - start) as usize..(range.end - start) as usize))
    }

    /// Reads every byte once.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        let mut start = 0;
        while start < self.covered {
            let end = (start + BUFFER_BYTES as u64).min(self.covered);
            self.read(start..end)?;
            start = end;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
