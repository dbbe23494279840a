//! Running other programs.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::outcome::Problem;

/// Runs a program whose output goes where ours goes. `missing` says what to do if it is not installed.
pub(crate) fn run(command: &mut Command, missing: &str) -> Result {
    let status = command.stdin(Stdio::null()).status().map_err(|error| not_started(command, &error, missing))?;
    if status.success() { Ok(()) } else { Err(Problem::failed(format!("{}: {status}", describe(command)))) }
}

/// Runs a program and returns what it printed.
pub(crate) fn read(command: &mut Command, missing: &str) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error, missing))?;
    if output.status.success() {
        return String::from_utf8(output.stdout)
            .map_err(|_| Problem::failed(format!("{}: not text", describe(command))));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Problem::failed(format!("{}: {}\n{}", describe(command), output.status, said.trim_end())))
}

/// Whether a program of this name can be started.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn not_started(command: &Command, error: &io::Error, missing: &str) -> Problem {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound => Problem::Missing(format!("{program} is not installed: {missing}")),
        _ => Problem::failed(format!("cannot run {program}: {error}")),
    }
}

/// The command as one would type it.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_missing_and_one_that_fails_has_failed() {
        let missing = run(&mut Command::new("no-such-program"), "build one");
        assert_eq!(missing, Err(Problem::Missing("no-such-program is not installed: build one".into())));
        let failed = run(Command::new("sh").args(["-c", "exit 3"]), "");
        assert_eq!(failed, Err(Problem::failed("sh -c exit 3: exit status: 3")));
        assert_eq!(read(Command::new("echo").arg("x"), ""), Ok("x\n".into()));
    }

    #[test]
    fn a_program_is_looked_for_in_the_path() {
        assert!(exists("sh"));
        assert!(!exists("no-such-program"));
    }
}
