//! The command line: `tracehound` serves, `tracehound config` shows the settings.

use std::ffi::OsString;

use clap::Command;
use tracehound_config::{Said, environment_help, flags};

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Serve until a signal comes.
    Serve,
    /// Print every setting and where it comes from.
    ShowConfig,
}

/// Reads the command line. What clap answers itself (help, version, an unknown argument) is its error.
pub(crate) fn read(
    arguments: impl Iterator<Item = OsString>,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<(Task, Said), clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    let task = if matches.subcommand_name() == Some(SHOW_CONFIG) { Task::ShowConfig } else { Task::Serve };
    Ok((task, Said::collect(&matches, environment)))
}

const SHOW_CONFIG: &str = "config";

fn command() -> Command {
    Command::new("tracehound")
        .version(env!("CARGO_PKG_VERSION"))
        .about("An APM you run yourself, in one binary, that every Datadog tracer already talks to.")
        .long_about(LONG_ABOUT)
        .override_usage("tracehound [OPTIONS]\n       tracehound config [OPTIONS]")
        .args(flags())
        .subcommand(Command::new(SHOW_CONFIG).about("Print every setting and where its value comes from"))
        .disable_help_subcommand(true)
        .after_long_help(format!("Environment only:\n{}\n{EXAMPLES}", environment_help()))
}

const LONG_ABOUT: &str = "\
An APM you run yourself, in one binary, that every Datadog tracer already talks to.

Without a command it serves: tracers send to one port of localhost as they would to a Datadog agent,
people open the other one in a browser. Every span is on disk when the tracer gets its answer.

It stops on SIGTERM or Ctrl-C within ten seconds, with everything written; a second signal ends it
at once.";

const EXAMPLES: &str = "\
Examples:
  tracehound                                            serve, data in ./tracehound-data
  tracehound --data-dir /var/lib/tracehound             serve, data elsewhere
  tracehound --agent-port 0 --api-port 0                serve on any free ports, which it prints
  DD_APM_RECEIVER_PORT=9126 tracehound config           see what a variable does
  DD_TRACE_AGENT_URL=http://localhost:8126 my-program   point a tracer here

Exit codes:
  0  stopped as asked, everything written
  1  could not start, or could not write everything
  2  the command line makes no sense";

#[cfg(test)]
mod tests {
    use super::*;

    fn task(arguments: &[&str]) -> Result<Task, clap::error::ErrorKind> {
        let arguments = ["tracehound"].iter().chain(arguments).map(OsString::from);
        read(arguments, |_| None).map(|(task, _)| task).map_err(|error| error.kind())
    }

    #[test]
    fn without_a_command_it_serves() {
        for (arguments, expected) in [
            (&[][..], Task::Serve),
            (&["--agent-port", "0"], Task::Serve),
            (&["config"], Task::ShowConfig),
            (&["config", "--api-port", "1"], Task::ShowConfig),
        ] {
            assert_eq!(task(arguments), Ok(expected), "{arguments:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        use clap::error::ErrorKind;
        for (arguments, expected) in [
            (&["--port", "1"][..], ErrorKind::UnknownArgument),
            (&["serve"], ErrorKind::InvalidSubcommand),
            (&["config", "data_dir"], ErrorKind::UnknownArgument),
            (&["--api-port"], ErrorKind::InvalidValue),
            (&["--api-port", "1", "--api-port", "2"], ErrorKind::ArgumentConflict),
        ] {
            assert_eq!(task(arguments), Err(expected), "{arguments:?}");
        }
    }

    #[test]
    fn the_definition_holds_together() {
        command().debug_assert();
    }
}
