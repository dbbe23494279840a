//! The parts of `cargo xtask test`.

mod apps;
mod browser;
mod captures;
mod further;
mod kill;
mod processes;
mod rust;
mod sdk;
mod ui;

pub(crate) use further::FOLDER as FURTHER_FOLDER;

use crate::workshop::Workshop;
use crate::{Result, tidy};

/// One part.
pub(crate) struct Part {
    /// How it is asked for.
    pub(crate) name: &'static str,
    /// What it checks.
    pub(crate) about: &'static str,
    /// Checks it.
    pub(crate) run: fn(&Workshop) -> Result,
}

/// All parts, in an order that fails early: seconds first, then what builds little, then what needs the finished program.
pub(crate) const ALL: &[Part] = &[
    Part { name: "format", about: "Rust is formatted", run: rust::format },
    Part { name: "tidy", about: "layers as ARCHITECTURE.md has them, no leftovers, no dead links", run: tidy::run },
    Part { name: "ui-types", about: "types of the web pages", run: ui::types },
    Part { name: "ui-lint", about: "lints of the web pages", run: ui::lint },
    Part { name: "ui-tests", about: "unit tests of the web pages", run: ui::tests },
    Part { name: "clippy", about: "lints of the Rust code, warnings are errors", run: rust::clippy },
    Part { name: "tests", about: "tests of the Rust code", run: rust::tests },
    Part { name: "sdk", about: "the tracer's weight, its public names, and the systems it builds for", run: sdk::run },
    Part { name: "build", about: "the program as users build it", run: rust::build },
    Part { name: "browser", about: "the pages in headless Chromium, against the program", run: browser::run },
    Part {
        name: "captures",
        about: "recorded clients, span by span, against an independent decoder",
        run: captures::run,
    },
    Part { name: "kill", about: "five times kill -9 under load, nothing acknowledged lost", run: kill::run },
    Part { name: "apps", about: "live services under unmodified ddtrace", run: apps::run },
    Part {
        name: "examples",
        about: "the same services in Rust, alone and mixed with those: the same traces",
        run: apps::examples,
    },
];
