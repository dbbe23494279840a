//! The end of the log: appends frames to the newest segment, and syncs it.
//!
//! A frame that could not be written leaves no trace: the next one takes its place and its number, so that sequence
//! numbers have no gaps. A failed sync is the end: what the disk holds is unknown, and syncing again would not tell.

use std::ops::Range;
use std::sync::Arc;

use tracehound_platform::File;

use crate::Error;
use crate::frame::{self, FrameHeader, MAX_PAYLOAD_BYTES};
use crate::pool::{Pool, Sealed};
use crate::segment::{self, SegmentHeader};

/// Appends to the log. Comes from [`recover`](crate::recover).
pub struct Writer {
    pool: Arc<Pool>,
    /// Made with the first frame: a run that writes nothing leaves nothing.
    active: Option<Active>,
    next_segment: u64,
    next_sequence: u64,
    synced_through: u64,
    /// See [`SegmentHeader::torn`].
    torn: Range<u64>,
    poisoned: bool,
}

/// The segment that is written.
struct Active {
    id: u64,
    path: String,
    file: Arc<dyn File>,
    bytes: u64,
    /// Where the next frame starts.
    position: u64,
}

impl Writer {
    /// A writer that goes on after a recovery, in a new segment. `torn` ends at the first number it gives.
    pub(crate) fn new(pool: Arc<Pool>, next_segment: u64, torn: Range<u64>) -> Writer {
        let next_sequence = torn.end;
        let synced_through = next_sequence - 1;
        Writer { pool, active: None, next_segment, next_sequence, synced_through, torn, poisoned: false }
    }

    /// Goes on above `sequence`, if that is higher than what the log has seen, so that a number which is known from
    /// elsewhere is not given again. Only before the first frame: the gap is written down with it, as torn.
    pub fn continue_above(&mut self, sequence: u64) {
        debug_assert!(self.active.is_none(), "numbers are skipped before the first frame only");
        if sequence >= self.next_sequence {
            self.torn.end = sequence + 1;
            self.next_sequence = sequence + 1;
            self.synced_through = sequence;
        }
    }

    /// The sequence number of the next frame.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Whether a sync failed: nothing is taken any more.
    pub fn poisoned(&self) -> bool {
        self.poisoned
    }

    /// Size of the segments that hold frames, or will, in bytes.
    pub fn bytes_on_disk(&self) -> u64 {
        self.pool.bytes_on_disk()
    }

    /// Gives up the segments whose frames are all at or below `through`, except the one that is being written.
    pub fn release(&self, through: u64) -> Result<(), Error> {
        self.pool.release(through)
    }

    pub(crate) fn pool(&self) -> Arc<Pool> {
        Arc::clone(&self.pool)
    }

    /// Appends a frame and gives its sequence number. It is safe once [`sync`](Writer::sync) succeeded.
    ///
    /// `payload` comes in parts and is 1 to [`MAX_PAYLOAD_BYTES`] long. After an error, other than that of a failed sync,
    /// the log is as it was before, and the next frame may fare better.
    pub fn append(&mut self, payload: &[&[u8]]) -> Result<u64, Error> {
        if self.poisoned {
            return Err(Error::Poisoned);
        }
        let bytes = payload.iter().map(|part| part.len()).sum();
        if !(1..=MAX_PAYLOAD_BYTES).contains(&bytes) {
            return Err(Error::PayloadSize { bytes });
        }
        let frame_bytes = frame::frame_bytes(bytes);
        self.make_room(frame_bytes)?;
        let header = FrameHeader {
            sequence: self.next_sequence,
            synced_through: self.synced_through,
            payload_checksum: frame::payload_checksum(payload),
            payload_bytes: bytes,
        };
        self.active_segment().write(&header, payload)?;
        self.active_segment().position += frame_bytes;
        self.next_sequence += 1;
        Ok(header.sequence)
    }

    /// Makes every frame appended so far safe. On an error the log is poisoned.
    pub fn sync(&mut self) -> Result<(), Error> {
        if self.poisoned {
            return Err(Error::Poisoned);
        }
        let last_sequence = self.next_sequence - 1;
        if let Some(active) = &self.active
            && self.synced_through < last_sequence
        {
            let synced = active.file.sync().map_err(Error::sync(&active.path));
            synced.inspect_err(|_| self.poisoned = true)?;
            self.synced_through = last_sequence;
        }
        Ok(())
    }

    /// Makes a new segment if the active one has no room for a frame of this size.
    fn make_room(&mut self, frame_bytes: u64) -> Result<(), Error> {
        if self.active.as_ref().is_some_and(|active| active.bytes - active.position >= frame_bytes) {
            return Ok(());
        }
        let header = SegmentHeader { id: self.next_segment, torn: self.torn.clone() };
        let made = self.pool.make(&header, frame_bytes);
        let (file, bytes) = made.inspect_err(|error| self.poisoned = matches!(error, Error::SyncFailed { .. }))?;
        // Only one segment ever has frames that are not synced, so that one sync is enough for a group.
        self.sync()?;
        let last_sequence = self.next_sequence - 1;
        let sealed = self.active.take().map(|full| Sealed { id: full.id, bytes: full.bytes, last_sequence });
        self.pool.rotate(sealed, bytes);
        let path = segment::path(header.id);
        self.active = Some(Active { id: header.id, path, file, bytes, position: segment::HEADER_BYTES });
        self.next_segment += 1;
        Ok(())
    }

    fn active_segment(&mut self) -> &mut Active {
        self.active.as_mut().expect("making room leaves a segment")
    }
}

impl Active {
    /// Writes the payload, then the header: a frame whose writing fails half-way has none, so it can never be taken for
    /// the frame that later gets its number.
    fn write(&self, header: &FrameHeader, payload: &[&[u8]]) -> Result<(), Error> {
        let mut position = self.position + frame::HEADER_BYTES as u64;
        for part in payload {
            self.file.write_at(part, position).map_err(Error::io("write", &self.path))?;
            position += part.len() as u64;
        }
        self.file.write_at(&header.encode(self.id), self.position).map_err(Error::io("write", &self.path))
    }
}
