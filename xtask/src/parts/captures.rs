//! Recorded clients: every folder is replayed into a fresh server and compared with what an independent decoder found.

use std::process::Command;

use super::further;
use crate::workshop::Workshop;
use crate::{Result, install, shell};

/// What the decoder needs from PyPI.
const REQUIREMENTS: &str = "msgpack\n";

/// Replays all recorded folders.
pub(crate) fn run(workshop: &Workshop) -> Result {
    let script = further::find(workshop, "tools/check_captures.py")?;
    let python = install::python(workshop, "captures", REQUIREMENTS)?.join("python");
    shell::run(Command::new(python).arg(script).arg(workshop.release_program()?), "")
}
