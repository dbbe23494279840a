//! The Rust code: format, lints, tests, the program.

use crate::workshop::Workshop;
use crate::{Result, cargo};

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
    cargo::run(workshop, &["test", "--workspace", "--locked", "--no-fail-fast"])
}

/// The program as users build it.
pub(crate) fn build(workshop: &Workshop) -> Result {
    workshop.release_program().map(drop)
}
