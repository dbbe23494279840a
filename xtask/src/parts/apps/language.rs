//! What the services are written in.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use crate::parts::further;
use crate::workshop::Workshop;
use crate::{Result, cargo, install};

/// A set of the four services, ready to be started.
pub(crate) enum Language {
    /// Under unmodified ddtrace.
    Python {
        /// The folder of the services.
        apps: PathBuf,
        /// The folder of the interpreter and of `ddtrace-run`.
        programs: PathBuf,
        /// The format in which ddtrace sends.
        api_version: &'static str,
    },
    /// The examples of our own tracer.
    Rust {
        /// The folder of the services' programs.
        programs: PathBuf,
    },
}

impl Language {
    /// The services in Python, which stand beside the checkout.
    pub(crate) fn python(workshop: &Workshop, api_version: &'static str) -> Result<Language> {
        let apps = further::find(workshop, "apps")?;
        let requirements = std::fs::read_to_string(apps.join("requirements.txt"))?;
        let programs = install::python(workshop, "apps", &requirements)?;
        Ok(Language::Python { apps, programs, api_version })
    }

    /// The services in Rust, built now.
    pub(crate) fn rust(workshop: &Workshop) -> Result<Language> {
        let packages = ["-p", "cafe", "-p", "taster", "-p", "thinker-api", "-p", "thinker-microservice"];
        cargo::run(workshop, &[&["build", "--locked"], &packages[..]].concat())?;
        Ok(Language::Rust { programs: workshop.target.join("debug") })
    }

    /// How a service is started, `name` being its service in traces.
    pub(crate) fn command(&self, name: &str) -> Command {
        match self {
            Language::Python { apps, programs, api_version } => {
                let mut command = Command::new(programs.join("ddtrace-run"));
                command.arg(programs.join("python")).arg("app.py").current_dir(apps.join(folder(name)));
                command.env("DD_SERVICE", name).env("DD_LOGS_INJECTION", "true");
                command.env("DD_TRACE_API_VERSION", api_version);
                // The folder of the services is not ours to write to.
                command.env("PYTHONDONTWRITEBYTECODE", "1");
                command
            }
            // The tracer takes its service from the program's name.
            Language::Rust { programs } => Command::new(programs.join(name)),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Language::Python { api_version, .. } => write!(f, "Python ({api_version})"),
            Language::Rust { .. } => f.write_str("Rust"),
        }
    }
}

/// Where a service in Python is.
fn folder(name: &str) -> &str {
    match name {
        "cafe" => "cafe_app",
        "taster" => "taster_app",
        "thinker-api" => "thinker_api",
        _ => "thinker_microservice",
    }
}
