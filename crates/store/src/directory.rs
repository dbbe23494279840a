//! Whose directory it is: its format and its lock. A directory that is not ours, or of a later format, is left untouched.

use std::io::ErrorKind;

use tracehound_platform::{Files, Lock, write_durably};

use crate::Error;
use crate::error::io_error;

/// File that says the format of everything beside it, as a decimal number.
const FORMAT_FILE: &str = "FORMAT";

/// The format that this program writes, and the highest that it reads.
const FORMAT: u32 = 0;

/// File that the process holding the directory has locked.
const LOCK_FILE: &str = "LOCK";

/// What an empty directory may hold: our own lock from a start that went no further, and what a file system puts there.
fn is_harmless(name: &str) -> bool {
    name == LOCK_FILE || name == "lost+found" || name.starts_with(FORMAT_FILE) || name.starts_with('.')
}

/// Takes the data directory for this process, as long as the lock lives. Makes it ours if it is empty.
pub(crate) fn claim(files: &dyn Files) -> Result<Lock, Error> {
    check_format(files)?;
    let lock = files.lock(LOCK_FILE).map_err(|error| match error.kind() {
        ErrorKind::WouldBlock => Error::Locked,
        _ => io_error("lock", LOCK_FILE)(error),
    })?;
    if !files.exists(FORMAT_FILE).map_err(io_error("read", FORMAT_FILE))? {
        write_durably(files, FORMAT_FILE, format!("{FORMAT}\n").as_bytes()).map_err(io_error("write", FORMAT_FILE))?;
    }
    Ok(lock)
}

fn check_format(files: &dyn Files) -> Result<(), Error> {
    let names = files.list("").map_err(io_error("list", ""))?;
    if !names.iter().any(|name| name == FORMAT_FILE) {
        return match names.iter().find(|name| !is_harmless(name)) {
            None => Ok(()),
            Some(name) => Err(Error::Format(format!(
                "the data directory is not Tracehound's: it holds {name:?} but no file {FORMAT_FILE}"
            ))),
        };
    }
    let file = files.open(FORMAT_FILE).map_err(io_error("open", FORMAT_FILE))?;
    // The longest number that can be meant, and a line end.
    let mut bytes = vec![0; file.len().map_err(io_error("read", FORMAT_FILE))?.min(16) as usize];
    file.read_at(&mut bytes, 0).map_err(io_error("read", FORMAT_FILE))?;
    let text = String::from_utf8_lossy(&bytes);
    match text.trim_end().parse::<u32>() {
        Ok(format) if format > FORMAT => Err(Error::Format(format!(
            "the data directory has format {format}, this program knows formats up to {FORMAT}"
        ))),
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Format(format!("the data directory is not Tracehound's: {FORMAT_FILE} says {text:?}"))),
    }
}
