//! An open part.

use std::ops::Range;
use std::sync::Arc;

use tracehound_platform::Files;

use crate::footer::{self, Footer, PartMeta};
use crate::keys::Keys;
use crate::name::PartName;
use crate::rows::{self, Columns, Rows};
use crate::scan::{self, Scanner};
use crate::seal::SealedFile;
use crate::sidecar::Sidecar;
use crate::{Error, Position, TraceEntry, rebuild};

/// A part whose rows can be found and read. It holds both files open, their block checksums and its keys: some kilobytes.
/// All methods may run at once.
pub struct Part {
    meta: PartMeta,
    keys: Keys,
    rows: SealedFile,
    index: Sidecar,
}

impl Part {
    /// Opens a part and verifies seal, footer and header. A trace index that is missing or damaged is written again.
    ///
    /// Errors: `Unsupported` for a later format, `Damaged`, `Environment`.
    pub fn open(files: Arc<dyn Files>, name: &PartName) -> Result<Part, Error> {
        let path = name.parquet_path();
        let file = files.open(&path).map_err(Error::io(&path, "open"))?;
        let rows = SealedFile::open(file, &path, b"PAR1")?;
        let footer = scan::footer(&rows)?;
        let pairs = footer.file_metadata().key_value_metadata().into_iter().flatten();
        let json = pairs.filter(|pair| pair.key == footer::KEY).find_map(|pair| pair.value.as_deref());
        let json = json.ok_or_else(|| Error::damaged(&path, "its footer does not describe it"))?;
        let (mut meta, keys) = Footer::read(json, name, &path)?;
        if footer.file_metadata().num_rows() != i64::from(meta.rows) {
            return Err(Error::damaged(&path, "its footer counts other rows"));
        }
        let index = rebuild::open_or_rebuild(&*files, &meta, &keys, &rows)?;
        meta.bytes = rows.file_bytes() + index.file_bytes();
        Ok(Part { meta, keys, rows, index })
    }

    /// What is known without reading rows.
    pub fn meta(&self) -> &PartMeta {
        &self.meta
    }

    /// All exact trace ids with this low half, in the order of their rows, which stand side by side.
    pub fn traces(&self, low: u64) -> Result<Vec<TraceEntry>, Error> {
        self.index.with_low(low)
    }

    /// The traces at or below `from`, newest first: by first start, then id, falling. After an error it ends.
    pub fn newest(&self, from: Position) -> Result<Newest, Error> {
        Ok(Newest { place: self.index.place_of(from)?, run: Vec::new().into_iter(), index: self.index.clone() })
    }

    /// Reads rows. The ranges may stand in any order and overlap; the rows come in the part's order, each once. Only the
    /// pages that hold them are decoded.
    ///
    /// Errors: `Invalid` for rows the part does not have, `Damaged`, `Environment`.
    pub fn read(&self, ranges: &[Range<u32>], columns: Columns) -> Result<Rows, Error> {
        let ranges = ascending(ranges);
        if let Some(last) = ranges.last().filter(|last| last.end > self.meta.rows) {
            return Err(Error::Invalid(format!(
                "part {} has {} rows, not {}",
                self.meta.name, self.meta.rows, last.end
            )));
        }
        rows::read(&Scanner::new(&self.rows, &self.keys)?, &ranges, columns)
    }

    /// Reads every byte of both files once and compares checksums.
    pub fn verify(&self) -> Result<(), Error> {
        self.rows.verify()?;
        self.index.verify()
    }
}

/// The ranges in ascending order, those that touch or overlap made one.
fn ascending(ranges: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut sorted: Vec<_> = ranges.iter().filter(|range| !range.is_empty()).cloned().collect();
    sorted.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<u32>> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Traces of a part, newest first.
pub struct Newest {
    index: Sidecar,
    place: u32,
    run: std::vec::IntoIter<TraceEntry>,
}

impl Iterator for Newest {
    type Item = Result<TraceEntry, Error>;

    fn next(&mut self) -> Option<Result<TraceEntry, Error>> {
        if self.run.len() == 0 && self.place < self.index.len() {
            match self.index.run(self.place) {
                Ok(run) => self.run = run.into_iter(),
                Err(error) => {
                    self.place = self.index.len();
                    return Some(Err(error));
                }
            }
        }
        let next = self.run.next()?;
        self.place += 1;
        Some(Ok(next))
    }
}
