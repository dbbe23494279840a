//! The command line.

use crate::parts::{self, Part};

/// What to do.
pub(crate) enum Task {
    /// Say what can be done.
    Help,
    /// Run these parts.
    Test {
        /// In the order in which they run.
        parts: Vec<&'static Part>,
        /// Whether a part that cannot run for want of something counts as skipped instead of failed.
        allow_missing: bool,
    },
}

/// Reads the command line behind the program's name.
pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    match arguments.next().as_deref() {
        None | Some("help" | "--help" | "-h") => Ok(Task::Help),
        Some("test") => read_test(arguments),
        Some(other) => Err(format!("no such chore: {other}")),
    }
}

fn read_test(arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut allow_missing = false;
    let mut wanted = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "--allow-missing" => allow_missing = true,
            "--help" | "-h" => return Ok(Task::Help),
            name if parts::ALL.iter().any(|part| part.name == name) => wanted.push(argument),
            _ => return Err(format!("no such part: {argument}")),
        }
    }
    let parts = parts::ALL.iter().filter(|part| wanted.is_empty() || wanted.iter().any(|name| name == part.name));
    Ok(Task::Test { parts: parts.collect(), allow_missing })
}

/// What can be said.
pub(crate) fn help() -> String {
    let mut text = String::from(
        "cargo xtask test [--allow-missing] [part…]\n\n\
         Runs everything that CI runs, or the parts named. What is missing is installed where that needs no question;\n\
         a part that cannot run all the same fails, or with --allow-missing is skipped.\n\nParts:\n",
    );
    for part in parts::ALL {
        text += &format!("  {:<10} {}\n", part.name, part.about);
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Result<(Vec<&'static str>, bool), String> {
        match read(line.split_whitespace().map(str::to_owned))? {
            Task::Help => Err("help".into()),
            Task::Test { parts, allow_missing } => Ok((parts.iter().map(|part| part.name).collect(), allow_missing)),
        }
    }

    #[test]
    fn named_parts_run_in_the_order_of_the_list() {
        assert_eq!(names("test tidy format"), Ok((vec!["format", "tidy"], false)));
        assert_eq!(names("test --allow-missing tidy"), Ok((vec!["tidy"], true)));
    }

    #[test]
    fn without_names_every_part_runs() {
        let all = parts::ALL.iter().map(|part| part.name).collect();
        assert_eq!(names("test"), Ok((all, false)));
    }

    #[test]
    fn what_is_not_known_is_named() {
        assert_eq!(names("test tidi"), Err("no such part: tidi".into()));
        assert_eq!(names("tset"), Err("no such chore: tset".into()));
    }

    #[test]
    fn help_names_every_part_once() {
        for part in parts::ALL {
            assert_eq!(help().matches(&format!("\n  {} ", part.name)).count(), 1, "{}", part.name);
        }
    }
}
