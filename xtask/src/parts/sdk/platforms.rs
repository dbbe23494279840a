//! Where the tracer has to build: the oldest Rust it names, other systems, and Linux with musl, where its tests run too.

use std::process::Command;

use super::CORE;
use crate::outcome::Problem;
use crate::workshop::Workshop;
use crate::{Result, cargo, shell};

/// The oldest Rust, as the packages say in `rust-version`.
const OLDEST: &str = "1.85";

/// Systems it has to build for; it runs on the first two and does nothing on the third.
const CHECKED: [&str; 3] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin", "wasm32-unknown-unknown"];

/// Linux without glibc.
const MUSL: &str = "x86_64-unknown-linux-musl";

pub(super) fn check(workshop: &Workshop) -> Result {
    for target in CHECKED.into_iter().chain([MUSL]) {
        rustup(&["target", "add", target])?;
    }
    for target in CHECKED {
        println!("checking for {target}");
        cargo::run(workshop, &["check", "--quiet", "-p", CORE, "--target", target, "--locked"])?;
    }
    println!("testing on {MUSL}");
    cargo::run(workshop, &["test", "--quiet", "-p", CORE, "--lib", "--tests", "--target", MUSL, "--locked"])?;
    rustup(&["toolchain", "install", OLDEST, "--profile", "minimal"])?;
    println!("checking with Rust {OLDEST}");
    // A folder of its own: two compilers would throw each other's work away.
    let folder = workshop.target.join("oldest");
    let mut oldest = Command::new("rustup");
    oldest.args(["run", OLDEST, "cargo", "check", "--quiet", "-p", CORE, "--locked"]).current_dir(&workshop.root);
    // What cargo set for this program is meant for its own compiler.
    oldest.env_remove("RUSTC").env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN").env("CARGO_TARGET_DIR", folder);
    shell::run(&mut oldest, MISSING)
}

const MISSING: &str = "see https://rustup.rs";

fn rustup(arguments: &[&str]) -> Result {
    let mut command = Command::new("rustup");
    command.arg("--quiet").args(arguments);
    shell::run(&mut command, MISSING)
        .map_err(|_| Problem::Missing(format!("a compiler is not there: rustup {}", arguments.join(" "))))
}
