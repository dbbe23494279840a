//! The manifest: which parts there are, and through which sequence number the log is in them.
//!
//! Every change is a file of its own, `manifest/<number, 16 hex digits>.json`, written whole and synced, never changed
//! after: an edit says what it adds and removes, every 64th file is a snapshot that says everything, and files before a
//! snapshot go. A file is one JSON line and one line with its checksum. Plain puts and a listing are all it takes, so the
//! same scheme works in a bucket. Bytes: docs/formats/data-directory.md.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tracehound_part::PartName;
use tracehound_platform::{Files, write_durably};

use crate::error::{Error, io_error};
use crate::quarantine::Quarantine;

/// Directory of the manifest's files.
pub(crate) const DIRECTORY: &str = "manifest";

/// Every how many files there is a snapshot: a start reads at most this many.
const SNAPSHOT_EVERY: u64 = 64;

/// One file of the manifest.
#[derive(Serialize, Deserialize)]
struct Edit {
    /// Whether `add` lists every part, so that no earlier file is needed.
    snapshot: bool,
    flushed_through: u64,
    add: Vec<String>,
    remove: Vec<String>,
}

/// The state that the files add up to, and where the next one goes.
pub(crate) struct Manifest {
    files: Arc<dyn Files>,
    /// Number of the newest file; 0 before the first.
    number: u64,
    flushed_through: u64,
    /// In the order they were added.
    parts: Vec<PartName>,
}

impl Manifest {
    /// Reads what is there. A file that is damaged is set aside: parts that only it named are found again as files that
    /// no manifest names, and recovery adopts them.
    pub(crate) fn load(files: Arc<dyn Files>, quarantine: &Quarantine) -> Result<Manifest, Error> {
        files.create_dir(DIRECTORY).map_err(io_error("create", DIRECTORY))?;
        let names = files.list(DIRECTORY).map_err(io_error("list", DIRECTORY))?;
        let mut manifest = Manifest { files, number: 0, flushed_through: 0, parts: Vec::new() };
        for (number, name) in names.iter().filter_map(|name| Some((file_number(name)?, name))) {
            manifest.number = number;
            let path = format!("{DIRECTORY}/{name}");
            match manifest.read(&path)? {
                Some(edit) => manifest.apply(&edit),
                None => quarantine.set_aside(&path, "manifest file that is damaged")?,
            }
        }
        Ok(manifest)
    }

    /// Through which sequence number everything is in parts.
    pub(crate) fn flushed_through(&self) -> u64 {
        self.flushed_through
    }

    /// The parts, in the order they were added.
    pub(crate) fn parts(&self) -> &[PartName] {
        &self.parts
    }

    /// A name for a new part of these batches. A part that was adopted can have equal ones, and rows that the log has lost.
    pub(crate) fn unused_name(&self, first_sequence: u64, last_sequence: u64, unsettled: &[PartName]) -> PartName {
        let mut name = PartName::new(first_sequence, last_sequence);
        while self.parts.contains(&name) || unsettled.contains(&name) {
            name.serial += 1;
        }
        name
    }

    /// Adds and removes parts and raises `flushed_through` at once. When this returns, the change is durable. When it
    /// fails, the manifest is as it was, but the file may be there already and may be what a start finds; the next change
    /// replaces it.
    pub(crate) fn commit(&mut self, add: &[PartName], remove: &[PartName], flushed_through: u64) -> Result<(), Error> {
        let number = self.number + 1;
        let snapshot = number.is_multiple_of(SNAPSHOT_EVERY);
        let text = |names: &[PartName]| names.iter().map(PartName::to_string).collect::<Vec<_>>();
        let mut edit = Edit {
            snapshot,
            flushed_through: flushed_through.max(self.flushed_through),
            add: text(add),
            remove: text(remove),
        };
        if snapshot {
            let kept = self.parts.iter().filter(|name| !remove.contains(name)).chain(add);
            edit = Edit { add: kept.map(PartName::to_string).collect(), remove: Vec::new(), ..edit };
        }
        let path = format!("{DIRECTORY}/{}", file_name(number));
        write_durably(&*self.files, &path, &to_bytes(&edit)).map_err(io_error("write", &path))?;
        self.number = number;
        self.apply(&edit);
        if snapshot {
            self.drop_before(number);
        }
        Ok(())
    }

    fn apply(&mut self, edit: &Edit) {
        if edit.snapshot {
            self.parts.clear();
        }
        self.flushed_through = self.flushed_through.max(edit.flushed_through);
        self.parts.retain(|name| !edit.remove.contains(&name.to_string()));
        self.parts.extend(edit.add.iter().filter_map(|name| name.parse::<PartName>().ok()));
    }

    /// The edit in a file, or none if the file is damaged.
    fn read(&self, path: &str) -> Result<Option<Edit>, Error> {
        let file = self.files.open(path).map_err(io_error("open", path))?;
        let mut bytes = vec![0; file.len().map_err(io_error("read", path))? as usize];
        file.read_at(&mut bytes, 0).map_err(io_error("read", path))?;
        Ok(from_bytes(&bytes))
    }

    /// Removes the files that a snapshot made needless. One that cannot be removed now is read in vain at the next start.
    fn drop_before(&self, number: u64) {
        let names = self.files.list(DIRECTORY).unwrap_or_default();
        for name in names.iter().filter(|name| file_number(name).is_some_and(|n| n < number)) {
            if let Err(error) = self.files.remove(&format!("{DIRECTORY}/{name}")) {
                tracing::warn!(%error, name, "cannot remove an old manifest file");
            }
        }
    }
}

fn file_name(number: u64) -> String {
    format!("{number:016x}.json")
}

fn file_number(name: &str) -> Option<u64> {
    let number = u64::from_str_radix(name.strip_suffix(".json")?, 16).ok()?;
    // Only what we write ourselves: without this, `+` and upper case would pass.
    (file_name(number) == name).then_some(number)
}

fn to_bytes(edit: &Edit) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(edit).expect("numbers and strings can be written as JSON");
    let checksum = checksum(&bytes);
    bytes.extend_from_slice(format!("\n{checksum:08x}\n").as_bytes());
    bytes
}

fn from_bytes(bytes: &[u8]) -> Option<Edit> {
    let (json, checksum_line) = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.rsplit_once('\n')?;
    let expected = u32::from_str_radix(checksum_line, 16).ok()?;
    if checksum(json.as_bytes()) != expected { None } else { serde_json::from_str(json).ok() }
}

/// CRC-32C of a file's first line.
fn checksum(bytes: &[u8]) -> u32 {
    crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, bytes) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_document_and_damaged_ones_are_none() {
        let add = vec![PartName::new(1, 3).to_string()];
        let edit = Edit { snapshot: false, flushed_through: 3, add, remove: Vec::new() };
        let bytes = to_bytes(&edit);
        let json =
            r#"{"snapshot":false,"flushed_through":3,"add":["0000000000000001-0000000000000003-0000"],"remove":[]}"#;
        assert_eq!(bytes, format!("{json}\nc8b5b1a2\n").into_bytes());
        assert!(from_bytes(&bytes).is_some());
        for i in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[i] ^= 1;
            assert!(from_bytes(&damaged).is_none(), "byte {i}");
            assert!(from_bytes(&bytes[..i]).is_none(), "cut at {i}");
        }
    }

    #[test]
    fn only_names_that_we_make_are_manifest_files() {
        for (name, number) in [
            ("000000000000001f.json", Some(0x1f)),
            ("000000000000001F.json", None),
            ("+00000000000001f.json", None),
            ("1f.json", None),
            ("000000000000001f.json.tmp", None),
        ] {
            assert_eq!(file_number(name), number, "{name}");
        }
    }
}
