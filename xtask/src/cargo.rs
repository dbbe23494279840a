//! Calling cargo.

use std::process::Command;

use crate::Result;
use crate::shell;
use crate::workshop::Workshop;

const MISSING: &str = "see https://rustup.rs";

/// The cargo that runs us, in the root of the workspace.
pub(crate) fn command(workshop: &Workshop, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&workshop.root).args(arguments);
    // The pages need Node. Where that is missing the parts that need pages say so; everything else goes on without.
    if !shell::exists("npm") {
        command.env("TRACEHOUND_UI", "skip");
    }
    command
}

/// Runs cargo.
pub(crate) fn run(workshop: &Workshop, arguments: &[&str]) -> Result {
    shell::run(&mut command(workshop, arguments), MISSING)
}

/// Runs cargo and returns what it printed.
pub(crate) fn read(workshop: &Workshop, arguments: &[&str]) -> Result<String> {
    shell::read(&mut command(workshop, arguments), MISSING)
}
