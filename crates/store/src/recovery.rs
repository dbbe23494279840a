//! From files to a running store.
//!
//! 1. The manifest says which parts there are and through which sequence number the log is in them.
//! 2. The log is read. Frames above that number go into the memtable, which is flushed whenever it is full.
//! 3. Parts that no manifest names are from a crash between a flush and its manifest edit, or from a manifest that was
//!    damaged. One whose every batch the log still has, or that a named part replaces, is removed: its rows are there
//!    without it. Any other is adopted.
//! 4. Only then does the log let go of anything.
//!
//! It always starts: a file that is damaged is set aside, named and counted, and the rest is served. Every step can be
//! cut by a crash and done again.

use std::sync::Arc;

use parking_lot::{Condvar, Mutex, RwLock};
use tracehound_part::{Columns, Part, PartName};
use tracehound_platform::{Clock, Files};
use tracehound_telemetry::Metrics;
use tracehound_wal::Writer;

use crate::core::{Core, FlushState, Pending, Tables};
use crate::error::{io_error, part_error};
use crate::manifest::Manifest;
use crate::memtable::{Memtables, room_of};
use crate::quarantine::Quarantine;
use crate::{Error, Options, frame};

/// Reads everything back. Returns the store and the log, which continues behind what was read.
pub(crate) fn recover(
    options: Options,
    files: Arc<dyn Files>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
) -> Result<(Core, Writer), Error> {
    let began = clock.monotonic();
    let quarantine = Quarantine::new(files.clone(), metrics.clone());
    files.create_dir(tracehound_part::DIRECTORY).map_err(io_error("create", tracehound_part::DIRECTORY))?;
    tracehound_part::sweep(&*files).map_err(part_error)?;
    let manifest = Manifest::load(files.clone(), &quarantine)?;
    let core = Core {
        tables: RwLock::new(Tables { memtables: Memtables::default(), parts: Vec::new() }),
        manifest: Mutex::new(manifest),
        flush_state: Mutex::new(FlushState::default()),
        flush_wake: Condvar::new(),
        files,
        clock,
        metrics,
        options,
        quarantine,
    };
    core.open_named_parts()?;
    let (log, in_log) = core.replay()?;
    core.settle_unnamed_parts(&in_log)?;

    core.metrics.recovery_seconds.set(core.clock.monotonic().saturating_sub(began).as_secs_f64());
    core.show(&core.tables.read());
    Ok((core, log))
}

impl Core {
    /// Opens the parts that the manifest names. One that is damaged or gone is set aside and taken off the manifest.
    fn open_named_parts(&self) -> Result<(), Error> {
        let named = self.manifest.lock().parts().to_vec();
        for name in named {
            match Part::open(self.files.clone(), &name) {
                Ok(part) => self.tables.write().parts.push(Arc::new(part)),
                Err(error) => self.unless_lost(&name, part_error(error))?,
            }
        }
        Ok(())
    }

    /// Reads the log into the memtable. Returns where the log continues, and the sequence numbers of what it gave.
    fn replay(&self) -> Result<(Writer, Vec<u64>), Error> {
        let flushed_through = self.manifest.lock().flushed_through();
        let unsettled = self.unnamed_parts()?;
        let mut in_log = Vec::new();
        let each = |sequence, payload: &[u8]| {
            self.metrics.recovered_frames.inc();
            match frame::decode(payload) {
                Ok(batch) => {
                    in_log.push(sequence);
                    let pending = Pending { batch: Arc::new(batch), log_bytes: payload.len() };
                    self.replay_batch(sequence, pending, &unsettled);
                    Ok(())
                }
                Err(error) => self.quarantine.keep(&format!("frame-{sequence:016x}"), payload, &error.to_string()),
            }
        };
        let (mut log, report) = tracehound_wal::recover(self.files.clone(), self.options.wal, flushed_through, each)?;
        for damage in &report.damage {
            tracing::error!(
                ?damage,
                "frames of the log that were synced are damaged, what is left of them was set aside"
            );
            self.metrics.quarantined_stretches.inc_by(damage.stretches.len() as u64);
        }
        let in_parts = tracehound_part::list(&*self.files).map_err(part_error)?;
        log.continue_above(in_parts.iter().map(|name| name.last_sequence).max().unwrap_or(0));
        tracing::info!(
            frames = report.frames,
            torn = report.torn_frames,
            damaged = report.damaged_frames,
            "read the log"
        );
        Ok((log, in_log))
    }

    fn replay_batch(&self, sequence: u64, pending: Pending, unsettled: &[PartName]) {
        self.tables.write().memtables.let_in(room_of(&pending.batch));
        let froze = self.publish([(sequence, pending)]);
        // The log keeps what is flushed here: recovery has not read all of it yet. Where there is no space the rows stay in
        // memory, of which the log's limit is a limit too, and the flusher tries again.
        if froze && let Err(error) = self.flush_frozen(unsettled) {
            tracing::error!(%error, "cannot flush while the log is read back");
        }
    }

    /// Removes or adopts the parts that the manifest does not name.
    fn settle_unnamed_parts(&self, in_log: &[u64]) -> Result<(), Error> {
        let replaced: Vec<PartName> =
            self.tables.read().parts.iter().flat_map(|part| part.meta().replaces.clone()).collect();
        for name in self.unnamed_parts()? {
            let opened = Part::open(self.files.clone(), &name).map_err(part_error);
            match opened.and_then(|part| Ok((replaced.contains(&name) || all_in_log(&part, in_log)?, part))) {
                Ok((true, _)) => tracehound_part::remove(&*self.files, &name).map_err(part_error)?,
                Ok((false, part)) => self.adopt(part),
                Err(error) => self.unless_lost(&name, error)?,
            }
        }
        Ok(())
    }

    fn unnamed_parts(&self) -> Result<Vec<PartName>, Error> {
        let manifest = self.manifest.lock();
        let found = tracehound_part::list(&*self.files).map_err(part_error)?;
        Ok(found.into_iter().filter(|name| !manifest.parts().contains(name)).collect())
    }

    fn adopt(&self, part: Part) {
        let name = part.meta().name;
        tracing::warn!(part = %name, "adopted a part that no manifest names");
        self.note_parts(&[name], &[]);
        self.tables.write().parts.push(Arc::new(part));
    }
}

/// Whether every row of the part came in a batch that the log still has.
fn all_in_log(part: &Part, in_log: &[u64]) -> Result<bool, Error> {
    let all = 0..part.meta().rows;
    let rows = part.read(&[all], Columns::Summary).map_err(part_error)?;
    Ok(rows.arrivals.iter().all(|arrival| in_log.binary_search(&arrival.sequence).is_ok()))
}
