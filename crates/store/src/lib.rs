//! Durable spans.
//!
//! A batch goes into the log and is synced, then it stands in the memtable, then it is answered for: from there on it
//! survives a kill and a power cut, and the next query sees it. When the memtable is full a flush writes it as one part;
//! the manifest names the part, and the log lets go of what the part holds. A start reads the manifest, then the log from
//! where the parts end.
//!
//! ```text
//! append ─► log ─► memtable (active ─► frozen) ─► part        on disk: FORMAT  LOCK  wal/  spans/  manifest/  quarantine/
//!                        └────────┬───────────────┘
//!                             Snapshot ─► queries
//! ```

mod core;
mod damage;
mod directory;
mod error;
mod flush;
mod frame;
mod manifest;
mod memtable;
mod quarantine;
mod recovery;
mod snapshot;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;
use tracehound_model::Batch;
use tracehound_platform::{Clock, Files, Lock};
use tracehound_telemetry::Metrics;
use tracehound_wal::Log;

use crate::core::{Core, Pending};
use crate::error::io_error;
pub use crate::error::{Error, ErrorKind};
pub use crate::snapshot::{ByLowHalf, Rows, Run, Snapshot};

/// How much the store may hold before it flushes.
#[derive(Clone, Debug)]
pub struct Options {
    /// A memtable of this size is flushed, in bytes. There are two, so this is half of what they take.
    pub memtable_bytes: usize,
    /// The log is cut by a flush before it takes more than this on disk, in bytes.
    pub log_bytes: usize,
    /// The log's files.
    pub wal: tracehound_wal::Options,
}

impl Default for Options {
    fn default() -> Options {
        Options { memtable_bytes: 48 << 20, log_bytes: 256 << 20, wal: tracehound_wal::Options::default() }
    }
}

/// The store of one data directory.
pub struct Store {
    core: Arc<Core>,
    log: Arc<Log<Pending>>,
    flusher: Mutex<Option<JoinHandle<()>>>,
    _lock: Lock,
}

impl Store {
    /// Opens the data directory that `files` is rooted at, reads back what was accepted and not yet flushed, and starts
    /// the threads. Blocks until everything accepted before can be queried.
    ///
    /// Fails only where the directory cannot be used at all: not ours, of a later format, held by another process, or
    /// not writable. Damaged files are set aside and the rest is served.
    pub fn open(
        options: Options,
        files: Arc<dyn Files>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
    ) -> Result<Store, Error> {
        let lock = directory::claim(&*files)?;
        let (core, writer) = recovery::recover(options, files, clock, metrics)?;
        let core = Arc::new(core);
        let publisher = core.clone();
        let publish = move |group: Vec<(u64, Pending)>| {
            let log_bytes: usize = group.iter().map(|(_, pending)| pending.log_bytes).sum();
            publisher.metrics.wal_appended_bytes.inc_by(log_bytes as u64);
            publisher.metrics.wal_syncs.inc();
            publisher.publish(group);
        };
        let log = Arc::new(Log::start(writer, publish).map_err(io_error("start a thread for", "the log"))?);
        let releasing = log.clone();
        let flusher = flush::start(core.clone(), move |through| flush::release(&releasing, through))
            .map_err(io_error("start a thread for", "flushes"))?;
        Ok(Store { core, log, flusher: Mutex::new(Some(flusher)), _lock: lock })
    }

    /// Takes a batch. `on_done` is called once, from another thread or at once: with `Ok` when the batch is durable and
    /// visible, else with why it was not taken.
    pub fn append(&self, batch: Batch, on_done: impl FnOnce(Result<(), Error>) + Send + 'static) {
        if batch.is_empty() {
            return on_done(Ok(()));
        }
        let bytes = memtable::room_of(&batch);
        if let Err(error) = self.core.reserve(bytes) {
            return on_done(Err(error));
        }
        let payload = frame::encode(&batch);
        let pending = Pending { batch: Arc::new(batch), log_bytes: payload.len() };
        let core = self.core.clone();
        self.log.submit(payload, pending, move |result| {
            if result.is_err() {
                core.release(bytes);
            }
            on_done(result.map(drop).map_err(Error::from));
        });
    }

    /// What a query reads.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.core)
    }

    /// Brings the gauges up to date that nothing else keeps.
    pub fn measure(&self) {
        self.core.metrics.wal_disk_bytes.set(self.log.bytes_on_disk() as i64);
    }

    /// Whether batches are taken; else why not, until a restart.
    pub fn health(&self) -> Result<(), Error> {
        if let Some(refusal) = self.log.refusal() {
            return Err(refusal.into());
        }
        // Without its flushes, which a panic would end, the store fills up and never empties.
        let flushes = self.flusher.lock().as_ref().is_some_and(|flusher| !flusher.is_finished());
        if flushes { Ok(()) } else { Err(Error::Closed) }
    }

    /// Takes no more, waits until what was taken is durable, and flushes all of it. What cannot be flushed stays in the
    /// log, and the error says why. A second call does nothing.
    pub fn close(&self) -> Result<(), Error> {
        let Some(flusher) = self.flusher.lock().take() else { return Ok(()) };
        self.log.stop();
        self.core.flush_state.lock().closing = true;
        self.core.flush_wake.notify_all();
        flusher.join().map_err(|_panicked| Error::Bug("the thread of flushes panicked".to_owned()))?;
        if self.log.refusal() == Some(tracehound_wal::Error::Poisoned) {
            return Err(Error::Poisoned);
        }
        self.core.flush_state.lock().failed.take().map_or(Ok(()), Err)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "the store was not closed cleanly");
        }
    }
}
