//! A store that is driven by hand.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use tracehound_model::{Batch, BatchBuilder, RowHead, TraceId};
use tracehound_part::Columns;
use tracehound_platform::Files;
use tracehound_platform::sim::{SimClock, SimFiles};
use tracehound_telemetry::Metrics;
use tracehound_wal::{Entry, Writer, commit_group};

use crate::core::{Core, Pending};
use crate::memtable::room_of;
use crate::{Error, Options, Snapshot, directory, frame, recovery};

/// So small that a few batches fill everything.
pub(super) fn small() -> Options {
    let wal = tracehound_wal::Options { segment_bytes: 2048, spare_segments: 1 };
    Options { memtable_bytes: 4096, log_bytes: 1 << 20, wal }
}

/// Per batch of a group how it ended, once it has.
type Outcomes = Arc<Mutex<Vec<Option<Result<(), Error>>>>>;

/// The store without its threads.
pub(super) struct Driven {
    pub(super) core: Arc<Core>,
    pub(super) writer: Writer,
}

impl Driven {
    pub(super) fn open(files: &SimFiles) -> Result<Driven, Error> {
        let files: Arc<dyn Files> = Arc::new(files.clone());
        // Held for the length of the opening alone: nobody else is there.
        let _lock = directory::claim(&*files)?;
        let (core, writer) =
            recovery::recover(small(), files, Arc::new(SimClock::new(0)), Arc::new(Metrics::default()))?;
        Ok(Driven { core: Arc::new(core), writer })
    }

    /// Commits batches as one group. Returns for each how it ended.
    pub(super) fn append(&mut self, batches: Vec<Batch>) -> Vec<Result<(), Error>> {
        let outcomes: Outcomes = Arc::new(Mutex::new(vec![None; batches.len()]));
        let mut group = Vec::new();
        for (i, batch) in batches.into_iter().enumerate() {
            let bytes = room_of(&batch);
            if let Err(error) = self.core.reserve(bytes) {
                outcomes.lock().unwrap()[i] = Some(Err(error));
                continue;
            }
            let payload = frame::encode(&batch);
            let item = Pending { batch: Arc::new(batch), log_bytes: payload.len() };
            let (core, outcomes) = (self.core.clone(), outcomes.clone());
            let on_done = Box::new(move |result: Result<u64, tracehound_wal::Error>| {
                if result.is_err() {
                    core.release(bytes);
                }
                outcomes.lock().unwrap()[i] = Some(result.map(drop).map_err(Error::from));
            });
            group.push(Entry { payload, item, on_done });
        }
        let core = self.core.clone();
        commit_group(&mut self.writer, group, &mut |items| {
            core.publish(items);
        });
        let outcomes = std::mem::take(&mut *outcomes.lock().unwrap());
        outcomes.into_iter().map(|outcome| outcome.expect("every batch is answered")).collect()
    }

    /// Flushes the frozen memtable, freezing the active one first if asked.
    pub(super) fn flush(&mut self, freeze: bool) -> Result<(), Error> {
        if freeze {
            self.core.tables.write().memtables.freeze();
        }
        if let Some(through) = self.core.flush_frozen(&[])? {
            self.writer.release(through)?;
        }
        Ok(())
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.core)
    }
}

/// A batch with one trace of its own, which says everything about it.
pub(super) fn numbered(n: u64) -> Batch {
    let mut builder = BatchBuilder::new();
    let [service, key] = ["web", "number"].map(|text| builder.intern(text));
    let value = builder.intern(&text_of(n));
    builder.begin_chunk(TraceId { high: 0, low: n });
    for i in 0..1 + n % 3 {
        builder.push(RowHead { span_id: i + 1, start: n as i64, duration: i as i64, service, ..RowHead::default() });
        builder.tag(key, value);
    }
    builder.build()
}

fn text_of(n: u64) -> String {
    format!("batch {n} {}", "x".repeat((n * 7 % 500) as usize))
}

/// Panics unless the snapshot has the batch as it was made, if it has it at all. Returns whether it has.
pub(super) fn has_unaltered(snapshot: &Snapshot, n: u64) -> bool {
    let runs = snapshot.runs(n).unwrap();
    let mut found = Vec::new();
    for rows in snapshot.read(&runs, Columns::All).unwrap() {
        for (id, _, row) in rows.iter() {
            let span = rows.span(row);
            assert_eq!(id, TraceId { high: 0, low: n });
            assert_eq!((span.service(), span.head().start), ("web", n as i64));
            assert_eq!(span.meta().collect::<Vec<_>>(), [("number", text_of(n).as_str())]);
            found.push(span.head().span_id);
        }
    }
    found.sort_unstable();
    found.dedup();
    assert!(found.is_empty() || found == (1..=1 + n % 3).collect::<Vec<_>>(), "batch {n} has spans {found:?}");
    !found.is_empty()
}

/// Appends through the real store and waits.
pub(super) fn append_and_wait(store: &crate::Store, batch: Batch) -> Result<(), Error> {
    let (done, wait) = sync_channel(1);
    store.append(batch, move |result| done.send(result).unwrap());
    wait.recv().unwrap()
}
