//! Sets stretches of a segment aside that should have been frames: a copy stays for whoever wants to look.

use std::io;
use std::ops::Range;

use tracehound_platform::{File, Files};

use crate::segment::{self, Segment};

/// Directory of what was set aside, below the data directory.
pub const DIRECTORY: &str = "quarantine";

/// How much is copied at once.
const COPY_BYTES: u64 = 256 << 10;

/// Bytes of a segment that are no frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The segment.
    pub path: String,
    /// Where in the segment.
    pub offset: u64,
    /// How many.
    pub bytes: u64,
    /// Where the copy is; none if it could not be made, which does not keep the log from starting.
    pub copy: Option<String>,
}

/// Copies a stretch of a segment, unless an earlier start did.
pub(crate) fn set_aside(files: &dyn Files, segment: &Segment, stretch: Range<u64>) -> Stretch {
    let copy = format!("{DIRECTORY}/{:016x}-{:016x}.wal", segment.id, stretch.start);
    let copied = copy_stretch(files, &*segment.file, &stretch, &copy);
    Stretch {
        path: segment::path(segment.id),
        offset: stretch.start,
        bytes: stretch.end - stretch.start,
        copy: copied.is_ok().then_some(copy),
    }
}

fn copy_stretch(files: &dyn Files, from: &dyn File, stretch: &Range<u64>, path: &str) -> io::Result<()> {
    if files.exists(path)? {
        return Ok(());
    }
    files.create_dir(DIRECTORY)?;
    let unfinished = format!("{path}.tmp");
    let to = files.create(&unfinished)?;
    let mut buffer = Vec::new();
    let mut copied = 0;
    while stretch.start + copied < stretch.end {
        buffer.resize(COPY_BYTES.min(stretch.end - stretch.start - copied) as usize, 0);
        from.read_at(&mut buffer, stretch.start + copied)?;
        to.write_at(&buffer, copied)?;
        copied += buffer.len() as u64;
    }
    to.sync()?;
    files.rename(&unfinished, path)?;
    files.sync_dir(DIRECTORY)
}
