//! The chores of this repository.
//!
//! `cargo xtask test` runs everything that CI runs, part by part, the quick ones first. A part is a function that runs other
//! programs and says how it went; [`parts::ALL`] is the list. What a part needs and can be installed without asking is
//! installed; what cannot is named with the command that does it.
#![allow(clippy::disallowed_methods, reason = "a tool for the shell: files, environment and clock are its business")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to the person who ran it")]

mod arguments;
mod cargo;
mod install;
mod outcome;
mod parts;
mod shell;
mod summary;
mod tidy;
mod workshop;

use std::process::ExitCode;
use std::time::Instant;

use arguments::Task;
use outcome::Problem;
use summary::Summary;
use workshop::Workshop;

fn main() -> ExitCode {
    let task = match arguments::read(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(message) => {
            eprintln!("{message}\n\n{}", arguments::help());
            return ExitCode::from(2);
        }
    };
    let outcome = match task {
        Task::Help => {
            println!("{}", arguments::help());
            Ok(true)
        }
        Task::Test { parts, allow_missing } => Workshop::open().map(|workshop| test(&workshop, &parts, allow_missing)),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Runs parts one after the other, and all of them whatever becomes of one. Returns whether nothing failed.
fn test(workshop: &Workshop, parts: &[&'static parts::Part], allow_missing: bool) -> bool {
    let mut summary = Summary::new(allow_missing);
    for part in parts {
        println!("\n── {}: {}", part.name, part.about);
        let begun = Instant::now();
        let result = (part.run)(workshop);
        if let Err(problem) = &result {
            println!("{problem}");
        }
        summary.add(part.name, begun.elapsed(), result);
    }
    println!("\n{summary}");
    summary.is_good()
}

/// How a part went.
type Result<T = ()> = std::result::Result<T, Problem>;
