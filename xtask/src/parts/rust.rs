//! The Rust code: format, lints, tests, the program.

use crate::workshop::Workshop;
use crate::{Result, cargo, install};

/// Servers that the tests of the tracer's integrations start themselves, by a program and the Debian package it comes in.
const SERVERS: [(&str, &str); 3] =
    [("nginx", "nginx-light"), ("pg_lsclusters", "postgresql"), ("redis-server", "redis-server")];

/// Rust is formatted.
pub(crate) fn format(workshop: &Workshop) -> Result {
    cargo::run(workshop, &["fmt", "--all", "--check"])
}

/// Lints, warnings are errors.
pub(crate) fn clippy(workshop: &Workshop) -> Result {
    cargo::run(workshop, &["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])
}

/// Tests of every crate, all of them whatever becomes of one.
pub(crate) fn tests(workshop: &Workshop) -> Result {
    for (program, package) in SERVERS {
        // The tests that need it say that they were skipped.
        if let Err(problem) = install::debian(program, package) {
            println!("{problem}");
        }
    }
    cargo::run(workshop, &["test", "--workspace", "--locked", "--no-fail-fast"])
}

/// The program as users build it.
pub(crate) fn build(workshop: &Workshop) -> Result {
    workshop.release_program().map(drop)
}
