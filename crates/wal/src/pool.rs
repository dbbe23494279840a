//! The segments that are not being written: full ones until they are released, and spares to be used again.
//!
//! Made in advance and used again, because a sync into blocks that the file already has is several times quicker at the
//! slow end: the file system has nothing of its own to write. A flush releases segments while commits go on; both meet
//! here, and neither waits for the other's files.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use tracehound_platform::{File, Files};

use crate::segment::{self, DIRECTORY, SegmentHeader};
use crate::{Error, Options};

/// A segment that gets no more frames.
pub(crate) struct Sealed {
    pub(crate) id: u64,
    pub(crate) bytes: u64,
    /// The highest sequence number in it or before it.
    pub(crate) last_sequence: u64,
}

/// What is known of the files, shared by the writer and those who release.
pub(crate) struct Pool {
    files: Arc<dyn Files>,
    options: Options,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Ascending.
    sealed: VecDeque<Sealed>,
    /// Ids that are in the names of the spares.
    spares: Vec<u64>,
    active_bytes: u64,
}

impl Pool {
    pub(crate) fn new(files: Arc<dyn Files>, options: Options, sealed: VecDeque<Sealed>, spares: Vec<u64>) -> Pool {
        Pool { files, options, state: Mutex::new(State { sealed, spares, active_bytes: 0 }) }
    }

    /// Makes a segment with room for `frame_bytes`, and gives its file and size. It survives a power cut from here on.
    ///
    /// Fails with [`Error::SyncFailed`] if that is in doubt, and otherwise as if it had not been tried.
    pub(crate) fn make(&self, header: &SegmentHeader, frame_bytes: u64) -> Result<(Arc<dyn File>, u64), Error> {
        let path = segment::path(header.id);
        let bytes = self.options.segment_bytes.max(segment::HEADER_BYTES + frame_bytes);
        let file = self.blank(&path, bytes).inspect_err(|_| self.discard(&path))?;
        file.write_at(&header.encode(), 0).map_err(Error::io("write", &path)).inspect_err(|_| self.discard(&path))?;
        file.sync().map_err(Error::sync(&path))?;
        self.files.sync_dir(DIRECTORY).map_err(Error::sync(DIRECTORY))?;
        Ok((file, bytes))
    }

    /// A file of this size: a spare if one fits. What a spare held before stays in it and means nothing.
    fn blank(&self, path: &str, bytes: u64) -> Result<Arc<dyn File>, Error> {
        let spare = if bytes == self.options.segment_bytes { self.state.lock().spares.pop() } else { None };
        if let Some(id) = spare {
            self.files.rename(&segment::spare_path(id), path).map_err(Error::io("use again as", path))?;
            return self.files.open(path).map_err(Error::io("open", path));
        }
        let file = self.files.create(path).map_err(Error::io("create", path))?;
        file.allocate(bytes).map_err(Error::io("allocate", path))?;
        Ok(file)
    }

    /// Removes what could not be made.
    fn discard(&self, path: &str) {
        // If this fails too, the file holds no frame: the next try under this name empties it, and recovery skips it.
        let _ = self.files.remove(path);
    }

    /// Counts the segment that is written from now on; `sealed` is the one before it.
    pub(crate) fn rotate(&self, sealed: Option<Sealed>, active_bytes: u64) {
        let mut state = self.state.lock();
        state.sealed.extend(sealed);
        state.active_bytes = active_bytes;
    }

    /// Gives up the segments that hold nothing above `through`: a few become spares, the others are removed.
    ///
    /// What could not be given up is tried again the next time.
    pub(crate) fn release(&self, through: u64) -> Result<(), Error> {
        let mut retired = Vec::new();
        while let Some(sealed) = self.next_released(through) {
            match self.retire(&sealed, retired.len()) {
                Ok(spare) => retired.push(spare),
                Err(error) => {
                    self.state.lock().sealed.push_front(sealed);
                    return Err(error);
                }
            }
        }
        if retired.is_empty() {
            return Ok(());
        }
        // Before a spare is used: else a power cut could bring its old name back, with new frames under it.
        self.files.sync_dir(DIRECTORY).map_err(Error::sync(DIRECTORY))?;
        self.state.lock().spares.extend(retired.into_iter().flatten());
        Ok(())
    }

    fn next_released(&self, through: u64) -> Option<Sealed> {
        self.state.lock().sealed.pop_front_if(|sealed| sealed.last_sequence <= through)
    }

    /// Renames a segment to a spare and gives its id, or removes it.
    fn retire(&self, sealed: &Sealed, retired: usize) -> Result<Option<u64>, Error> {
        let path = segment::path(sealed.id);
        let wanted = self.state.lock().spares.len() + retired < self.options.spare_segments;
        if wanted && sealed.bytes == self.options.segment_bytes {
            self.files.rename(&path, &segment::spare_path(sealed.id)).map_err(Error::io("set free", &path))?;
            return Ok(Some(sealed.id));
        }
        self.files.remove(&path).map_err(Error::io("remove", &path))?;
        Ok(None)
    }

    /// Size of the segments that hold frames, or will.
    pub(crate) fn bytes_on_disk(&self) -> u64 {
        let state = self.state.lock();
        state.active_bytes + state.sealed.iter().map(|sealed| sealed.bytes).sum::<u64>()
    }
}
