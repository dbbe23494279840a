//! What the process was started with: its arguments and its environment.

use std::ffi::{OsStr, OsString};

/// Arguments and environment of a process; in tests, of a pretended one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Process {
    arguments: Vec<String>,
    /// Names and values.
    environment: Vec<(OsString, OsString)>,
}

impl Process {
    /// Those of the process this runs in; WebAssembly without a system has none, and std panics when asked.
    pub(crate) fn current() -> Process {
        if cfg!(all(target_family = "wasm", target_os = "unknown")) {
            return Process::default();
        }
        Process {
            arguments: std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect(),
            environment: std::env::vars_os().collect(),
        }
    }

    /// The program and its arguments.
    pub(super) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The value behind the equals sign of the argument `key=value`, or nothing behind one that is just `key`.
    pub(super) fn argument(&self, key: &str) -> Option<&str> {
        self.arguments.iter().rev().find_map(|argument| {
            let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
            (name == key).then_some(value)
        })
    }

    /// The value of an environment variable, if it is UTF-8.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let (_, value) = self.environment.iter().find(|(known, _)| known == name)?;
        value.to_str()
    }

    /// Every environment variable whose name is UTF-8.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, &OsStr)> {
        self.environment.iter().filter_map(|(name, value)| Some((name.to_str()?, value.as_os_str())))
    }
}

#[cfg(test)]
impl Process {
    pub(crate) fn new(arguments: &[&str], environment: &[(&str, &str)]) -> Process {
        Process {
            arguments: arguments.iter().map(|&argument| argument.into()).collect(),
            environment: environment.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.into(), value.into()));
    }
}
