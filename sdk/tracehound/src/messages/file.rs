//! The tracer's log file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Longest file, in bytes. Then it starts again: nobody rotates it.
const MAX_LEN: u64 = 10 * 1_048_576;

/// A file in `DD_TRACE_LOG_DIRECTORY`, of this process alone.
pub(super) struct LogFile {
    file: File,
    /// In bytes.
    len: u64,
}

impl LogFile {
    /// Opens `tracehound-<process id>.log` in a directory, which must exist.
    pub(super) fn create(directory: &Path) -> io::Result<LogFile> {
        // WebAssembly without a system has no process either, and std panics when asked for its id.
        if cfg!(all(target_family = "wasm", target_os = "unknown")) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let path = directory.join(format!("tracehound-{}.log", std::process::id()));
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let len = file.metadata()?.len();
        Ok(LogFile { file, len })
    }

    /// Adds a line; a full disk loses it.
    pub(super) fn append(&mut self, line: &str) {
        let len = line.len() as u64;
        if self.len + len > MAX_LEN {
            if self.file.set_len(0).is_err() {
                return;
            }
            self.len = 0;
        }
        if self.file.write_all(line.as_bytes()).is_ok() {
            self.len += len;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_has_grown_too_long_starts_again() {
        let directory = std::env::temp_dir().join(format!("tracehound-file-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let mut log = LogFile::create(&directory).unwrap();
        let line = "x".repeat(1 << 20);
        for _ in 0..10 {
            log.append(&line);
        }
        assert_eq!(log.file.metadata().unwrap().len(), MAX_LEN);
        log.append("once more\n");
        let path = directory.join(format!("tracehound-{}.log", std::process::id()));
        assert_eq!(std::fs::read_to_string(path).unwrap(), "once more\n");
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_missing_directory_is_not_made() {
        assert!(LogFile::create(Path::new("/nowhere/at/all")).is_err());
    }
}
