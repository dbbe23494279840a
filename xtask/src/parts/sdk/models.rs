//! The tracer's concurrent parts under a scheduler that tries many orders, and its spans under Miri, which looks for undefined behaviour.

use std::process::{Command, Stdio};

use crate::workshop::Workshop;
use crate::{Result, cargo, shell};

/// Puts the scheduler's locks in the place of the standard library's.
const FLAGS: &str = "--cfg tracehound_model";

pub(super) fn check(workshop: &Workshop) -> Result {
    println!("trying orders of threads");
    let mut models = cargo::command(workshop, &["test", "--quiet", "--lib", "--locked", "models"]);
    models.current_dir(workshop.root.join("sdk/models"));
    // A folder of its own: other flags would throw everybody's work away.
    models.env("CARGO_TARGET_DIR", workshop.target.join("models")).env("RUSTFLAGS", FLAGS);
    shell::run(&mut models, "")?;
    miri(workshop)
}

fn miri(workshop: &Workshop) -> Result {
    if !is_installed() {
        println!("Miri is not installed, so nothing runs under it: rustup +nightly component add miri rust-src");
        return Ok(());
    }
    println!("running under Miri");
    // Some that pass through cells, traces and futures: it takes seconds for each. None with a message: it cannot open stderr as that does.
    const TESTS: [&str; 2] = ["a_decision_stands", "a_dropped_future"];
    let mut miri = nightly();
    miri.args(["miri", "test", "--quiet", "-p", super::CORE, "--test", "spans", "--locked", "--"]).args(TESTS);
    miri.current_dir(&workshop.root);
    // The tracer reads clocks and files.
    miri.env("MIRIFLAGS", "-Zmiri-disable-isolation").env("CARGO_TARGET_DIR", workshop.target.join("miri"));
    shell::run(&mut miri, "")
}

/// Nightly's cargo, whichever one runs this program.
fn nightly() -> Command {
    let mut cargo = Command::new("rustup");
    cargo.args(["run", "nightly", "cargo"]);
    cargo.env_remove("RUSTC").env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    cargo
}

/// Whether Miri and the sources that it interprets are there; it would ask for them.
fn is_installed() -> bool {
    let mut sources = Command::new("rustup");
    sources.args(["component", "list", "--toolchain", "nightly", "--installed"]);
    let listed = sources.stderr(Stdio::null()).output().map(|output| output.stdout).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed);
    ["miri", "rust-src"].iter().all(|component| listed.lines().any(|line| line.starts_with(component)))
}
