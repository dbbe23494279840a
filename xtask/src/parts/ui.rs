//! The web pages without a browser, and npm for whoever needs it.

use std::fs;
use std::process::Command;

use crate::workshop::Workshop;
use crate::{Result, shell};

const MISSING: &str = "Node.js 20.19 or later; on Debian: apt-get install nodejs npm";

/// Types.
pub(crate) fn types(workshop: &Workshop) -> Result {
    npm_run(workshop, "check", &[])
}

/// Lints.
pub(crate) fn lint(workshop: &Workshop) -> Result {
    npm_run(workshop, "lint", &[])
}

/// Unit tests.
pub(crate) fn tests(workshop: &Workshop) -> Result {
    npm_run(workshop, "test", &[])
}

/// Runs a script of `ui/package.json`, with the packages that it needs.
pub(crate) fn npm_run(workshop: &Workshop, script: &str, environment: &[(&str, &str)]) -> Result {
    install(workshop)?;
    let mut npm = npm(workshop);
    npm.args(["run", "--silent", script]).envs(environment.iter().copied());
    shell::run(&mut npm, MISSING)
}

/// Installs the packages of `ui/package-lock.json`, unless they are there. The stamp is the one of `crates/ui/build.rs`.
fn install(workshop: &Workshop) -> Result {
    let ui = workshop.root.join("ui");
    let wanted = fs::read(ui.join("package-lock.json"))?;
    let stamp = ui.join("node_modules/.installed-from.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    shell::run(npm(workshop).args(["ci", "--no-audit", "--no-fund"]), MISSING)?;
    Ok(fs::write(stamp, wanted)?)
}

fn npm(workshop: &Workshop) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(workshop.root.join("ui"));
    npm
}
