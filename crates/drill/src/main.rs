//! Drills of the real program, each with a verdict and an exit code.
//!
//! ```text
//! cargo run --release -p tracehound-drill -- kill     is anything lost that was acknowledged?
//! cargo run --release -p tracehound-drill -- load     what does taking a span cost?
//! cargo run --release -p tracehound-drill -- start    how soon is it ready, how big is it?
//! ```
//!
//! The program runs as a child process in a folder of its own, on free ports; nothing is left behind.
#![allow(clippy::disallowed_methods, reason = "a tool for the shell: files, environment and clock are its business")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to the person who ran it")]

mod arguments;
mod folder;
mod kill;
mod load;
mod program;
mod start;

use std::io;
use std::process::ExitCode;

use arguments::Arguments;

/// One drill.
struct Drill {
    name: &'static str,
    about: &'static str,
    options: &'static [&'static str],
    /// Returns whether all went as it should.
    run: fn(&Arguments) -> io::Result<bool>,
}

const DRILLS: &[Drill] = &[
    Drill {
        name: "kill",
        about: "load, SIGKILL at a random moment, restart; every acknowledged span must be there",
        options: &["--cycles", "--seed", "--program"],
        run: kill::run,
    },
    Drill {
        name: "load",
        about: "many spans over four connections; what each costs",
        options: &["--spans", "--format", "--program"],
        run: load::run,
    },
    Drill {
        name: "start",
        about: "time from start to ready, empty and with data; size and idle memory",
        options: &["--spans", "--program"],
        run: start::run,
    },
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let Some(drill) = DRILLS.iter().find(|drill| drill.name == name) else {
        eprint!("{}", help());
        return ExitCode::from(2);
    };
    let outcome = Arguments::read(words, drill.options).and_then(|arguments| (drill.run)(&arguments));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let lines = DRILLS.iter().map(|drill| {
        let options: String = drill.options.iter().map(|option| format!(" [{option} …]")).collect();
        format!("  {}{options}\n      {}\n", drill.name, drill.about)
    });
    format!("tracehound-drill DRILL [OPTIONS]\n\n{}", lines.collect::<String>())
}
