//! How a part's two files are called, and which parts a directory holds.
//!
//! `spans/<first>-<last>-<serial>.parquet` and the same with `.idx`: the sequence numbers of the first and last batch in
//! 16 hex digits each, and a number in 4 that tells parts of equal batches apart. Nothing of it comes from data.

use std::fmt;
use std::str::FromStr;

use tracehound_platform::Files;

use crate::Error;

/// The directory of all parts, below the data directory.
pub const DIRECTORY: &str = "spans";

const PARQUET: &str = ".parquet";
const SIDECAR: &str = ".idx";
/// Ending of a file that is still being written.
const UNFINISHED: &str = ".tmp";

/// The name of a part. Names sort by the batches they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartName {
    /// Sequence number of the first batch.
    pub first_sequence: u64,
    /// Sequence number of the last batch.
    pub last_sequence: u64,
    /// Tells parts of equal batches apart, such as the two outputs of one compaction.
    pub serial: u16,
}

impl PartName {
    /// The name of the first part of these batches.
    pub fn new(first_sequence: u64, last_sequence: u64) -> PartName {
        PartName { first_sequence, last_sequence, serial: 0 }
    }

    /// Where the rows are.
    pub fn parquet_path(&self) -> String {
        format!("{DIRECTORY}/{self}{PARQUET}")
    }

    /// Where the trace index is.
    pub fn sidecar_path(&self) -> String {
        format!("{DIRECTORY}/{self}{SIDECAR}")
    }
}

/// The name under which a file is written before it is whole.
pub(crate) fn unfinished(path: &str) -> String {
    format!("{path}{UNFINISHED}")
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}-{:04x}", self.first_sequence, self.last_sequence, self.serial)
    }
}

/// Not the name of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsePartNameError;

impl fmt::Display for ParsePartNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part is called <16 hex digits>-<16 hex digits>-<4 hex digits>")
    }
}

impl std::error::Error for ParsePartNameError {}

impl FromStr for PartName {
    type Err = ParsePartNameError;

    /// Reads exactly what `Display` writes.
    fn from_str(text: &str) -> Result<PartName, ParsePartNameError> {
        let mut fields = text.split('-').map(|digits| u64::from_str_radix(digits, 16).ok());
        let mut next = || fields.next().flatten().ok_or(ParsePartNameError);
        let (first_sequence, last_sequence, serial) = (next()?, next()?, next()?);
        let serial = u16::try_from(serial).map_err(|_| ParsePartNameError)?;
        let name = PartName { first_sequence, last_sequence, serial };
        if name.to_string() == text { Ok(name) } else { Err(ParsePartNameError) }
    }
}

/// The parts whose rows are there, in ascending order.
pub fn list(files: &dyn Files) -> Result<Vec<PartName>, Error> {
    let names = files.list(DIRECTORY).map_err(Error::io(DIRECTORY, "list"))?;
    let mut parts: Vec<PartName> = names.iter().filter_map(|name| name.strip_suffix(PARQUET)?.parse().ok()).collect();
    parts.sort_unstable();
    Ok(parts)
}

/// Removes what writes that never finished left behind: temporary files, and trace indexes without rows.
///
/// Only for the time before anything is written.
pub fn sweep(files: &dyn Files) -> Result<(), Error> {
    let parts = list(files)?;
    let names = files.list(DIRECTORY).map_err(Error::io(DIRECTORY, "list"))?;
    for name in names {
        let orphan = name.strip_suffix(SIDECAR).and_then(|stem| stem.parse().ok());
        let orphan = orphan.is_some_and(|part: PartName| parts.binary_search(&part).is_err());
        if orphan || name.ends_with(UNFINISHED) {
            let path = format!("{DIRECTORY}/{name}");
            files.remove(&path).map_err(Error::io(&path, "remove"))?;
        }
    }
    Ok(())
}

/// Removes both files of a part, the rows first, so that a crash in between leaves no part without rows.
pub fn remove(files: &dyn Files, name: &PartName) -> Result<(), Error> {
    for path in [name.parquet_path(), name.sidecar_path()] {
        match files.remove(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            result => result.map_err(Error::io(&path, "remove"))?,
        }
    }
    files.sync_dir(DIRECTORY).map_err(Error::io(DIRECTORY, "sync"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_fixed_width_and_read_back() {
        let name = PartName { first_sequence: 1, last_sequence: 0xabc, serial: 2 };
        assert_eq!(name.to_string(), "0000000000000001-0000000000000abc-0002");
        assert_eq!(name.to_string().parse(), Ok(name));
        assert_eq!(name.parquet_path(), "spans/0000000000000001-0000000000000abc-0002.parquet");
        assert_eq!(name.sidecar_path(), "spans/0000000000000001-0000000000000abc-0002.idx");
    }

    #[test]
    fn anything_else_is_no_name() {
        for text in [
            "",
            "1-2-3",
            "0000000000000001-0000000000000abc",
            "0000000000000001-0000000000000ABC-0002",
            "0000000000000001-0000000000000abc-0002-0003",
            "0000000000000001-0000000000000abc-10002",
            "+000000000000001-0000000000000abc-0002",
        ] {
            assert_eq!(text.parse::<PartName>(), Err(ParsePartNameError), "{text:?}");
        }
    }
}
