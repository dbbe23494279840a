//! What a data directory takes.

use std::fs;
use std::io;
use std::path::Path;

/// Bytes of all files below `folder`.
pub(crate) fn bytes(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        sum += if metadata.is_dir() { bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_folders_count() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("parts")).unwrap();
        fs::write(folder.path().join("FORMAT"), "0\n").unwrap();
        fs::write(folder.path().join("parts/a"), [0; 40]).unwrap();
        assert_eq!(bytes(folder.path()).unwrap(), 42);
    }
}
