//! A short run of the drill that kills the program under load.

use crate::workshop::Workshop;
use crate::{Result, cargo};

/// Kills; enough to see that recovery works. The drill by itself does fifty.
const CYCLES: &str = "5";

/// Runs the drill on the program that users build.
pub(crate) fn run(workshop: &Workshop) -> Result {
    let program = workshop.release_program()?.to_string_lossy();
    let drill = ["run", "--release", "--locked", "--quiet", "--package", "tracehound-drill", "--"];
    cargo::run(workshop, &[&drill[..], &["kill", "--cycles", CYCLES, "--program", &program]].concat())
}
