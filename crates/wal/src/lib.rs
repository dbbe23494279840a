//! An append-only log of opaque frames: what was committed is there after a power cut, unaltered and in order.
//!
//! The log is a row of segments, files of one size that are made in advance and used again. A [`Writer`]
//! appends frames to the newest and syncs it. A [`Log`] is a writer with a thread: whatever waits while one sync runs is
//! the next group, appended and synced together, published in order, then acknowledged. At a start, [`recover`] gives
//! back every frame that is whole, and tells what a power cut cut off, which is no loss, from what got damaged later.
//!
//! Every frame has a sequence number, one above that of the frame before; a number that was seen is never used again.
//! What a frame holds, and what becomes of it, the log does not know. The bytes: docs/formats/wal.md.

mod commit;
mod error;
mod frame;
mod log;
mod pool;
mod quarantine;
mod reader;
mod recovery;
mod replay;
mod segment;
mod writer;

pub use commit::{Entry, commit_group};
pub use error::{Error, ErrorKind};
pub use frame::MAX_PAYLOAD_BYTES;
pub use log::{Log, MAX_WAITING_ENTRIES};
pub use quarantine::{DIRECTORY as QUARANTINE_DIRECTORY, Stretch};
pub use recovery::recover;
pub use replay::{Damage, MAX_DAMAGE_LISTED, Report};
pub use segment::DIRECTORY;
pub use writer::Writer;

/// How large the log's files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Size of a segment. A frame that is larger gets a segment of its own size.
    pub segment_bytes: u64,
    /// How many released segments are kept to be used again.
    pub spare_segments: usize,
}

impl Default for Options {
    /// Segments of 32 MiB: a rotation every few hundred commits, and eight of them in the space that the store gives the
    /// log. Two spares: one flush seldom releases more than the next minute needs.
    fn default() -> Options {
        Options { segment_bytes: 32 << 20, spare_segments: 2 }
    }
}
