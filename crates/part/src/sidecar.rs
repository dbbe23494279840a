//! The trace index beside a part's rows: traces by time and by id, searched on disk.
//!
//! ```text
//! traces u32, rows u32, seal of the Parquet file u32    the header: which rows this is about
//! first start i64, id low u64, id high u64,
//!   first row u32, rows u32                             per exact trace id, newest first: by (first start, id) falling
//! id low u64, place u32                                 per exact trace id by (id low, place): its place in the table above
//! 0 u32, "THIX"                                         the ending
//! ```
//!
//! Integers are little-endian; the seal stands in front of the ending. Nothing but the block checksums is held in memory.
//! All of it can be made from the rows, so a sidecar that is missing or damaged is written again.

use std::cmp::Reverse;
use std::io::{BufWriter, Write};
use std::ops::Range;

use bytes::Bytes;
use tracehound_model::TraceId;
use tracehound_platform::Files;

use crate::le::{i64_at, u32_at, u64_at};
use crate::seal::{SealWriter, SealedFile};
use crate::{Error, Position, TraceEntry};

const MAGIC: &[u8; 4] = b"THIX";
const HEADER_BYTES: u64 = 12;
const TRACE_BYTES: u64 = 32;
const ID_BYTES: u64 = 12;

/// How many entries are read at once where a search has come close, and by a walk: a block's worth.
const RUN: u32 = 128;

/// Writes and syncs the index of `traces`, and returns its size.
pub(crate) fn write(
    files: &dyn Files,
    path: &str,
    mut traces: Vec<TraceEntry>,
    rows: u32,
    parquet_crc: u32,
) -> Result<u64, Error> {
    traces.sort_unstable_by_key(|trace| Reverse(trace.position()));
    let file = files.create(path).map_err(Error::io(path, "create"))?;
    let written = || {
        let mut sealed = SealWriter::new(&*file);
        let mut out = BufWriter::new(&mut sealed);
        for number in [traces.len() as u32, rows, parquet_crc] {
            out.write_all(&number.to_le_bytes())?;
        }
        for trace in &traces {
            out.write_all(&trace.first_start.to_le_bytes())?;
            out.write_all(&trace.id.low.to_le_bytes())?;
            out.write_all(&trace.id.high.to_le_bytes())?;
            out.write_all(&trace.rows.start.to_le_bytes())?;
            out.write_all(&(trace.rows.end - trace.rows.start).to_le_bytes())?;
        }
        let mut by_id: Vec<_> = traces.iter().map(|trace| trace.id.low).zip(0_u32..).collect();
        by_id.sort_unstable();
        for (low, place) in by_id {
            out.write_all(&low.to_le_bytes())?;
            out.write_all(&place.to_le_bytes())?;
        }
        out.write_all(&0_u32.to_le_bytes())?;
        out.write_all(MAGIC)?;
        out.flush()?;
        drop(out);
        sealed.finish()
    };
    written().map(|(bytes, _)| bytes).map_err(Error::io(path, "write"))
}

/// An open index.
#[derive(Clone)]
pub(crate) struct Sidecar {
    traces: Table,
    ids: Table,
    file_bytes: u64,
}

impl Sidecar {
    /// Opens the index of a part with so many rows, whose Parquet file has this seal.
    pub(crate) fn open(files: &dyn Files, path: &str, rows: u32, parquet_crc: u32) -> Result<Sidecar, Error> {
        let file = files.open(path).map_err(Error::io(path, "open"))?;
        let file = SealedFile::open(file, path, MAGIC)?;
        let header = file.read(0..HEADER_BYTES)?;
        let len = u32_at(&header, 0);
        if (u32_at(&header, 4), u32_at(&header, 8)) != (rows, parquet_crc) {
            return Err(Error::damaged(path, "it is about other rows"));
        }
        let ids_at = HEADER_BYTES + u64::from(len) * TRACE_BYTES;
        if file.content_bytes() != ids_at + u64::from(len) * ID_BYTES {
            return Err(Error::damaged(path, "its tables do not fill it"));
        }
        let file_bytes = file.file_bytes();
        let traces = Table { file: file.clone(), start: HEADER_BYTES, entry_bytes: TRACE_BYTES, len };
        let ids = Table { file, start: ids_at, entry_bytes: ID_BYTES, len };
        Ok(Sidecar { traces, ids, file_bytes })
    }

    pub(crate) fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// Number of traces.
    pub(crate) fn len(&self) -> u32 {
        self.traces.len
    }

    /// All exact ids with this low half, in the order of their rows.
    pub(crate) fn with_low(&self, low: u64) -> Result<Vec<TraceEntry>, Error> {
        let first = self.ids.partition_point(|entry| u64_at(entry, 0) < low)?;
        let mut found = Vec::new();
        for at in first..self.ids.len {
            let id = self.ids.read(at..at + 1)?;
            if u64_at(&id, 0) != low {
                break;
            }
            let place = u32_at(&id, 8);
            if place >= self.traces.len {
                return Err(Error::damaged(self.traces.file.path(), format_args!("trace {place} is referred to")));
            }
            found.push(self.trace(&self.traces.read(place..place + 1)?)?);
        }
        found.sort_unstable_by_key(|trace| trace.rows.start);
        Ok(found)
    }

    /// Where in the table of traces the first one at or below `from` is.
    pub(crate) fn place_of(&self, from: Position) -> Result<u32, Error> {
        self.traces.partition_point(|entry| position(entry) > from)
    }

    /// The traces from `place` on, newest first, at most a run of them; none behind the last.
    pub(crate) fn run(&self, place: u32) -> Result<Vec<TraceEntry>, Error> {
        let end = place.saturating_add(RUN).min(self.traces.len);
        let entries = self.traces.read(place.min(end)..end)?;
        entries.chunks_exact(TRACE_BYTES as usize).map(|entry| self.trace(entry)).collect()
    }

    /// Reads every byte once.
    pub(crate) fn verify(&self) -> Result<(), Error> {
        self.traces.file.verify()
    }

    fn trace(&self, entry: &[u8]) -> Result<TraceEntry, Error> {
        let Position { start, id } = position(entry);
        let first_row = u32_at(entry, 24);
        let end = first_row.checked_add(u32_at(entry, 28));
        let end = end.ok_or_else(|| Error::damaged(self.traces.file.path(), "a trace ends behind the last row"))?;
        Ok(TraceEntry { id, first_start: start, rows: first_row..end })
    }
}

fn position(entry: &[u8]) -> Position {
    Position { start: i64_at(entry, 0), id: TraceId { low: u64_at(entry, 8), high: u64_at(entry, 16) } }
}

/// Entries of one size in a row.
#[derive(Clone)]
struct Table {
    file: SealedFile,
    start: u64,
    entry_bytes: u64,
    len: u32,
}

impl Table {
    fn read(&self, entries: Range<u32>) -> Result<Bytes, Error> {
        let at = |entry| self.start + u64::from(entry) * self.entry_bytes;
        self.file.read(at(entries.start)..at(entries.end))
    }

    /// How many entries at the beginning are `before`, if all that are stand at the beginning.
    fn partition_point(&self, before: impl Fn(&[u8]) -> bool) -> Result<u32, Error> {
        let mut range = 0..self.len;
        while range.end - range.start > RUN {
            let middle = range.start + (range.end - range.start) / 2;
            if before(&self.read(middle..middle + 1)?) {
                range.start = middle + 1;
            } else {
                range.end = middle;
            }
        }
        let run = self.read(range.clone())?;
        let before = run.chunks_exact(self.entry_bytes as usize).take_while(|entry| before(entry)).count();
        Ok(range.start + before as u32)
    }
}
