//! Reads one segment from its start, frame by frame, and finds its way again after bytes that are none.

use std::ops::Range;

use crate::Error;
use crate::frame::{self, ALIGNMENT_BYTES, FrameHeader};
use crate::segment::{self, Segment};

/// How much is read at once while looking for headers.
const WINDOW_BYTES: u64 = 256 << 10;

/// How far a sequence number may be above the one before. Failed disks leave gaps, but none of this size; bytes that
/// somebody made look like a frame could otherwise use up all numbers.
const MAX_SEQUENCE_JUMP: u64 = 1 << 48;

/// A frame that is whole. Its payload is in the buffer that the caller gave.
pub(crate) struct Frame {
    pub(crate) sequence: u64,
    pub(crate) synced_through: u64,
    /// The bytes between the frame before, or the segment's header, and this one.
    pub(crate) skipped: Range<u64>,
}

pub(crate) struct SegmentReader<'a> {
    segment: &'a Segment,
    path: String,
    /// Where a frame is looked for next.
    position: u64,
    /// Where the last whole frame ended.
    end: u64,
    /// The highest number that any header had, of a whole frame or not.
    highest_sequence: u64,
    window: Vec<u8>,
    window_start: u64,
}

impl<'a> SegmentReader<'a> {
    pub(crate) fn new(segment: &'a Segment) -> SegmentReader<'a> {
        SegmentReader {
            segment,
            path: segment::path(segment.id),
            position: segment::HEADER_BYTES,
            end: segment::HEADER_BYTES,
            highest_sequence: 0,
            window: Vec::new(),
            window_start: 0,
        }
    }

    /// The next whole frame whose sequence number is above `after`, with its payload in `payload`.
    ///
    /// A frame that is not above `after` is a copy of one that was there: skipped, like anything that is no frame.
    pub(crate) fn next(&mut self, after: u64, payload: &mut Vec<u8>) -> Result<Option<Frame>, Error> {
        while let Some(header) = self.find_header(after)? {
            let start = self.position;
            self.position += frame::frame_bytes(header.payload_bytes);
            self.highest_sequence = self.highest_sequence.max(header.sequence);
            payload.resize(header.payload_bytes, 0);
            self.read(payload, start + frame::HEADER_BYTES as u64)?;
            if frame::payload_checksum(&[payload]) == header.payload_checksum {
                let skipped = self.end..start;
                self.end = self.position;
                return Ok(Some(Frame { sequence: header.sequence, synced_through: header.synced_through, skipped }));
            }
        }
        Ok(None)
    }

    /// Where the last whole frame ended, or the first one would start.
    pub(crate) fn end(&self) -> u64 {
        self.end.min(self.segment.bytes)
    }

    /// What is behind the last whole frame.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.end()..self.segment.bytes
    }

    /// The highest number that any header had, of a whole frame or not; 0 if there was none.
    pub(crate) fn highest_sequence(&self) -> u64 {
        self.highest_sequence
    }

    /// Moves to the next header that can be believed.
    fn find_header(&mut self, after: u64) -> Result<Option<FrameHeader>, Error> {
        let segment = self.segment;
        while let Some(bytes) = self.header_at_position()? {
            let header = FrameHeader::decode(bytes, segment.id).filter(|header| {
                header.sequence > after
                    && header.sequence - after <= MAX_SEQUENCE_JUMP
                    && header.payload_bytes as u64 <= segment.bytes - self.position - frame::HEADER_BYTES as u64
            });
            if header.is_some() {
                return Ok(header);
            }
            self.position += ALIGNMENT_BYTES;
        }
        Ok(None)
    }

    fn header_at_position(&mut self) -> Result<Option<&[u8; frame::HEADER_BYTES]>, Error> {
        let end = self.position + frame::HEADER_BYTES as u64;
        if end > self.segment.bytes {
            return Ok(None);
        }
        if end > self.window_start + self.window.len() as u64 {
            let mut window = std::mem::take(&mut self.window);
            window.resize(WINDOW_BYTES.min(self.segment.bytes - self.position) as usize, 0);
            self.read(&mut window, self.position)?;
            (self.window, self.window_start) = (window, self.position);
        }
        Ok(self.window[(self.position - self.window_start) as usize..].first_chunk())
    }

    fn read(&self, buffer: &mut [u8], offset: u64) -> Result<(), Error> {
        self.segment.file.read_at(buffer, offset).map_err(Error::io("read", &self.path))
    }
}
