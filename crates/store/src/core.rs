//! What the store knows, without its threads: the threads call in here, and so does the simulation.

use std::sync::Arc;

use parking_lot::{Condvar, Mutex, RwLock};
use tracehound_model::Batch;
use tracehound_part::Part;
use tracehound_platform::{Clock, Files};
use tracehound_telemetry::Metrics;

use crate::manifest::Manifest;
use crate::memtable::Memtables;
use crate::quarantine::Quarantine;
use crate::{Error, Options};

/// A batch on its way through the log.
pub(crate) struct Pending {
    pub(crate) batch: Arc<Batch>,
    /// Length of its frame's payload.
    pub(crate) log_bytes: usize,
}

/// What queries read.
pub(crate) struct Tables {
    pub(crate) memtables: Memtables,
    /// In the order they were added.
    pub(crate) parts: Vec<Arc<Part>>,
}

/// Why the flusher should wake up, and how its last flush ended.
#[derive(Default)]
pub(crate) struct FlushState {
    pub(crate) wanted: bool,
    pub(crate) closing: bool,
    pub(crate) failed: Option<Error>,
}

/// The store without its threads.
pub(crate) struct Core {
    pub(crate) files: Arc<dyn Files>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) options: Options,
    pub(crate) quarantine: Quarantine,
    pub(crate) tables: RwLock<Tables>,
    pub(crate) manifest: Mutex<Manifest>,
    pub(crate) flush_state: Mutex<FlushState>,
    pub(crate) flush_wake: Condvar,
}

impl Core {
    /// Reserves room in the memtable for a batch of this size.
    pub(crate) fn reserve(&self, bytes: usize) -> Result<(), Error> {
        let mut tables = self.tables.write();
        let had_frozen = tables.memtables.frozen().is_some();
        let room = tables.memtables.reserve(bytes, self.options.memtable_bytes);
        if !had_frozen && tables.memtables.frozen().is_some() {
            self.want_flush();
        }
        drop(tables);
        if room { Ok(()) } else { Err(self.why_full()) }
    }

    /// Both memtables are full because the flush is slow, or because it fails for want of space.
    fn why_full(&self) -> Error {
        match self.flush_state.lock().failed {
            Some(Error::DiskFull) => Error::DiskFull,
            _ => Error::Full,
        }
    }

    /// Gives back room of a batch that did not get into the log.
    pub(crate) fn release(&self, bytes: usize) {
        self.tables.write().memtables.release(bytes);
    }

    /// Makes batches visible that the log has synced, in its order. Returns whether that filled the memtable, so that it
    /// was frozen.
    pub(crate) fn publish(&self, group: impl IntoIterator<Item = (u64, Pending)>) -> bool {
        let mut tables = self.tables.write();
        for (sequence, pending) in group {
            tables.memtables.publish(sequence, pending.batch, pending.log_bytes);
        }
        let froze = self.is_full(&tables.memtables) && tables.memtables.freeze();
        if froze {
            self.want_flush();
        }
        self.show(&tables);
        froze
    }

    /// Whether the active memtable should be flushed. Active and frozen one share the log's space, hence half of it.
    pub(crate) fn is_full(&self, memtables: &Memtables) -> bool {
        let active = memtables.active();
        active.bytes() >= self.options.memtable_bytes || active.log_bytes() >= self.options.log_bytes / 2
    }

    /// Wakes the flusher.
    pub(crate) fn want_flush(&self) {
        self.flush_state.lock().wanted = true;
        self.flush_wake.notify_all();
    }

    /// Sets the gauges to what the tables hold.
    pub(crate) fn show(&self, tables: &Tables) {
        self.metrics.memtable_bytes.set(tables.memtables.bytes() as i64);
        self.metrics.parts.set(tables.parts.len() as i64);
    }
}
