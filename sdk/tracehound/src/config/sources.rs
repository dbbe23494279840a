//! The places that settings come from.

use std::path::{Path, PathBuf};

use super::agent_url::DEFAULT_SOCKET;
use super::layer::Layer;
use super::process::Process;
use super::{Origin, stable};

/// Used where not even the executable has a name, as the agent names such services.
const UNNAMED: &str = "unnamed-rust-service";

/// Everything that the configuration depends on.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    /// Arguments and environment.
    pub(crate) process: Process,
    /// The machine's settings, weaker than the environment.
    pub(crate) local_file: PathBuf,
    /// The fleet's settings, stronger than the environment.
    pub(crate) fleet_file: PathBuf,
    /// What the application set by name, in any case.
    pub(crate) code: Vec<(String, String)>,
    /// Tags the application added to those of `DD_TAGS`.
    pub(crate) code_tags: Vec<(String, String)>,
    /// Where the agent's socket may be.
    pub(crate) socket: PathBuf,
    /// The service's name if nobody gives it one.
    pub(crate) executable: String,
}

impl Sources {
    /// Those of the process this runs in; the application has set nothing yet.
    pub(crate) fn of_process() -> Sources {
        Sources {
            process: Process::current(),
            local_file: LOCAL_FILE.into(),
            fleet_file: FLEET_FILE.into(),
            code: Vec::new(),
            code_tags: Vec::new(),
            socket: DEFAULT_SOCKET.into(),
            executable: executable(),
        }
    }

    /// No files, no environment: what the application says by name is all there is.
    pub(crate) fn of_code(code: Vec<(String, String)>) -> Sources {
        Sources {
            process: Process::default(),
            local_file: PathBuf::new(),
            fleet_file: PathBuf::new(),
            code,
            code_tags: Vec::new(),
            socket: PathBuf::new(),
            executable: executable(),
        }
    }

    /// The places, strongest first.
    pub(super) fn layers(&self, warnings: &mut Vec<String>) -> Vec<Layer> {
        vec![
            Layer::new(Origin::Code, self.code.iter().map(|(name, value)| (name.to_ascii_uppercase(), value.clone()))),
            Layer::new(Origin::FleetStableConfig, stable::read(&self.fleet_file, &self.process, warnings)),
            Layer::of_environment(&self.process, warnings),
            Layer::new(Origin::LocalStableConfig, stable::read(&self.local_file, &self.process, warnings)),
        ]
    }
}

/// The name of the file that is running.
fn executable() -> String {
    let path = std::env::current_exe().ok().or_else(|| std::env::args_os().next().map(PathBuf::from));
    let name = path.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    name.map_or_else(|| UNNAMED.to_owned(), |name| name.trim_end_matches(".exe").to_owned())
}

#[cfg(target_os = "macos")]
const LOCAL_FILE: &str = "/opt/datadog-agent/etc/application_monitoring.yaml";
#[cfg(target_os = "macos")]
const FLEET_FILE: &str = "/opt/datadog-agent/etc/stable/application_monitoring.yaml";

#[cfg(windows)]
const LOCAL_FILE: &str = r"C:\ProgramData\Datadog\application_monitoring.yaml";
#[cfg(windows)]
const FLEET_FILE: &str = r"C:\ProgramData\Datadog\managed\datadog-agent\stable\application_monitoring.yaml";

#[cfg(not(any(target_os = "macos", windows)))]
const LOCAL_FILE: &str = "/etc/datadog-agent/application_monitoring.yaml";
#[cfg(not(any(target_os = "macos", windows)))]
const FLEET_FILE: &str = "/etc/datadog-agent/managed/datadog-agent/stable/application_monitoring.yaml";

#[cfg(test)]
impl Sources {
    /// A process with this environment and nothing else, on a machine without files.
    pub(crate) fn pretended(environment: &[(&str, &str)]) -> Sources {
        Sources {
            process: Process::new(&["/usr/bin/shop"], environment),
            local_file: "/nowhere/local.yaml".into(),
            fleet_file: "/nowhere/fleet.yaml".into(),
            code: Vec::new(),
            code_tags: Vec::new(),
            socket: "/nowhere/apm.socket".into(),
            executable: "shop".into(),
        }
    }
}
