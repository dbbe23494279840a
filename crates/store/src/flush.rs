//! From the frozen memtable to a part, in the one order in which a crash at any point loses nothing: the part's files are
//! synced, then the manifest names them, then readers get the part instead of the memtable, and only then may the log's
//! segments go.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tracehound_part::{Part, PartName};
use tracehound_wal::Log;

use crate::Error;
use crate::core::Core;
use crate::error::part_error;

/// How long a failed flush waits before it is tried again: long enough to be quiet, short enough that room on the disk
/// is noticed at once.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How much smaller than its memtable a part is, at least, for spans as tracers send them: six times was measured.
const MEMTABLE_PER_PART_BYTE: usize = 4;

impl Core {
    /// Turns the frozen memtable into a part, if there is one. Returns the sequence number through which the log is no
    /// longer needed.
    ///
    /// - `unsettled`: parts that recovery has yet to remove or adopt, and that must not be written over.
    pub(crate) fn flush_frozen(&self, unsettled: &[PartName]) -> Result<Option<u64>, Error> {
        let Some(frozen) = self.tables.read().memtables.frozen().cloned() else { return Ok(None) };
        let (Some(first), Some(last)) = (frozen.first_sequence(), frozen.last_sequence()) else { return Ok(None) };

        let began = self.clock.monotonic();
        let name = self.manifest.lock().unused_name(first, last, unsettled);
        let written = tracehound_part::write(&*self.files, &name, frozen.batches(), &[]).map_err(part_error)?;
        let part = Arc::new(Part::open(self.files.clone(), &name).map_err(part_error)?);
        self.manifest.lock().commit(&[name], &[], last)?;

        let mut tables = self.tables.write();
        tables.parts.push(part);
        tables.memtables.drop_frozen();
        self.show(&tables);
        self.metrics.spans_folded.inc_by(written.folded);
        self.metrics.flushes.inc();
        self.metrics.flush_seconds.observe(self.clock.monotonic().saturating_sub(began).as_secs_f64());
        Ok(Some(last))
    }
}

/// Starts the thread that flushes. It ends when the store closes, after it has flushed everything or failed to.
pub(crate) fn start(core: Arc<Core>, release: impl Fn(u64) + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("flush".into()).spawn(move || {
        loop {
            let closing = core.wait_until_flush_is_wanted();
            flush_all(&core, closing, &release);
            if closing {
                return;
            }
        }
    })
}

/// Flushes until no memtable is full, or none has a row if the store is closing. A flush that fails is tried again and
/// again, as long as the store is open.
fn flush_all(core: &Core, closing: bool, release: &impl Fn(u64)) {
    loop {
        let result = core.flush_frozen(&[]);
        core.flush_state.lock().failed = result.as_ref().err().cloned();
        match result {
            Ok(through) => {
                through.into_iter().for_each(release);
                if !core.freeze_next(closing) {
                    return;
                }
            }
            Err(error) => {
                core.metrics.flush_failures.inc();
                tracing::error!(%error, "cannot flush the memtable, what it holds stays in the log");
                if closing || core.closes_before_a_retry(&error) {
                    return;
                }
            }
        }
    }
}

/// Lets the log go through `through`. What cannot be removed now goes with the next flush.
pub(crate) fn release<T: Send + 'static>(log: &Log<T>, through: u64) {
    if let Err(error) = log.release(through) {
        tracing::warn!(%error, "cannot release segments of the log");
    }
}

impl Core {
    fn wait_until_flush_is_wanted(&self) -> bool {
        let mut state = self.flush_state.lock();
        while !state.wanted && !state.closing {
            self.flush_wake.wait(&mut state);
        }
        state.wanted = false;
        state.closing
    }

    /// Freezes the active memtable if it is due. Returns whether there is one to flush.
    fn freeze_next(&self, closing: bool) -> bool {
        let mut tables = self.tables.write();
        let due = closing || self.is_full(&tables.memtables);
        due && tables.memtables.freeze()
    }

    /// Waits until a flush that failed is worth another try. True if the store closes before.
    ///
    /// A full disk is asked whether it has room, since a flush finds out only after most of its work.
    fn closes_before_a_retry(&self, error: &Error) -> bool {
        let mut state = self.flush_state.lock();
        loop {
            if !state.closing {
                self.flush_wake.wait_for(&mut state, RETRY_AFTER);
            }
            if state.closing || !matches!(error, Error::DiskFull) || self.has_space() {
                return state.closing;
            }
        }
    }

    /// Whether the disk takes about as much as a part of a full memtable.
    fn has_space(&self) -> bool {
        let probe = format!("{}/space.tmp", tracehound_part::DIRECTORY);
        let part_bytes = (self.options.memtable_bytes / MEMTABLE_PER_PART_BYTE) as u64;
        let taken = self.files.create(&probe).and_then(|file| file.allocate(part_bytes));
        // What is left of it goes with the next start.
        let removed = self.files.remove(&probe);
        taken.and(removed).is_ok()
    }
}
