//! The environment of processes as a carrier: a job continues the trace of what started it.

use std::process::Command;

use super::{Extract, Inject};

/// A carrier whose names are those of environment variables: `TRACEPARENT`, `X_DATADOG_TRACE_ID` and so on.
///
/// ```no_run
/// use tracehound::carrier::Environment;
///
/// // In the process that starts a job; a `Command` needs no wrapper.
/// let mut job = std::process::Command::new("job");
/// tracehound::inject(&mut job);
///
/// // In the job.
/// let parent = tracehound::extract(&Environment::process());
/// let span = tracehound::span("job").child_of(&parent).start();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Environment<C = Process> {
    carrier: C,
}

/// The environment that this process was given.
///
/// ```
/// let process = tracehound::carrier::Environment::process();
/// tracehound::extract(&process);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Process(());

impl Environment {
    /// The environment of this process, to read from.
    ///
    /// ```
    /// let context = tracehound::extract(&tracehound::carrier::Environment::process());
    /// ```
    pub fn process() -> Environment {
        Environment::default()
    }
}

impl<C> Environment<C> {
    /// Any other carrier, such as a map of the variables that a job will be given.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use tracehound::carrier::Environment;
    ///
    /// let mut variables: HashMap<String, String> = HashMap::new();
    /// tracehound::inject(&mut Environment::over(&mut variables));
    ///
    /// let variables = HashMap::from([("B3", "0")]);
    /// let context = tracehound::extract(&Environment::over(&variables));
    /// ```
    pub fn over(carrier: C) -> Environment<C> {
        Environment { carrier }
    }
}

impl<C: Extract> Extract for Environment<C> {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        self.carrier.get(&variable(name), each);
    }
}

impl<C: Inject> Inject for Environment<C> {
    fn set(&mut self, name: &str, value: &str) {
        self.carrier.set(&variable(name), value);
    }
}

impl Extract for Process {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        if let Ok(value) = std::env::var(name) {
            each(&value);
        }
    }
}

/// Sets the variable of that name for the process to be started.
impl Inject for Command {
    fn set(&mut self, name: &str, value: &str) {
        self.env(variable(name), value);
    }
}

/// The variable for a header: in upper case, with `_` for `-`.
fn variable(name: &str) -> String {
    name.chars().map(|character| if character == '-' { '_' } else { character.to_ascii_uppercase() }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn a_header_is_the_variable_in_upper_case() {
        let table = [
            ("traceparent", "TRACEPARENT"),
            ("x-datadog-trace-id", "X_DATADOG_TRACE_ID"),
            ("x-b3-traceid", "X_B3_TRACEID"),
            ("BAGGAGE", "BAGGAGE"),
        ];
        for (header, expected) in table {
            assert_eq!(variable(header), expected);
        }
    }

    #[test]
    fn variables_are_read_and_written_by_the_names_of_headers() {
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        let mut environment = Environment::over(&mut variables);
        environment.set("x-datadog-trace-id", "10");
        let mut read = Vec::new();
        environment.get("x-datadog-trace-id", &mut |value| read.push(value.to_owned()));
        assert_eq!(read, ["10"]);
        assert_eq!(variables, BTreeMap::from([("X_DATADOG_TRACE_ID".to_owned(), "10".to_owned())]));
    }

    #[test]
    fn a_command_is_given_the_variables() {
        let mut job = Command::new("job");
        job.set("traceparent", "a");
        job.set("x-datadog-trace-id", "10");
        let expected = [("TRACEPARENT", "a"), ("X_DATADOG_TRACE_ID", "10")]
            .map(|(name, value)| (OsStr::new(name), Some(OsStr::new(value))));
        assert_eq!(job.get_envs().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn this_process_reads_its_own_environment() {
        let mut read = Vec::new();
        Environment::process().get("cargo-manifest-dir", &mut |value| read.push(value.to_owned()));
        assert_eq!(read, [env!("CARGO_MANIFEST_DIR")]);
    }
}
