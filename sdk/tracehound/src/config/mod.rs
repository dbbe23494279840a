//! Settings: where each comes from, what it is, and what the rest of the tracer reads.
//!
//! Five places may say something about a setting. From the weakest to the strongest: its default; the machine's
//! `application_monitoring.yaml`; the environment; the fleet's `application_monitoring.yaml`; the application's code. A value that makes
//! no sense is as good as none, and told in a warning: a tracer never keeps an application from starting.

mod agent_url;
mod derive;
mod git;
mod header_tags;
mod keys;
mod kind;
mod layer;
mod otel;
#[cfg(test)]
mod page;
mod process;
mod resolve;
mod selector;
mod sources;
mod stable;
mod statuses;
mod styles;
mod tags;
#[cfg(test)]
mod tests;
mod typed;
mod yaml;

use std::fmt;

pub(crate) use header_tags::HeaderTag;
pub(crate) use sources::Sources;
pub(crate) use statuses::StatusRanges;
pub use typed::Config;

/// Where the value of a setting comes from, in the words in which Datadog's tracers report it.
///
/// ```
/// # use tracehound::Origin;
/// assert_eq!(Origin::EnvVar.to_string(), "env_var");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The machine's `application_monitoring.yaml`.
    LocalStableConfig,
    /// The environment.
    EnvVar,
    /// The fleet's `application_monitoring.yaml`.
    FleetStableConfig,
    /// The application, through the builder.
    Code,
}

impl Origin {
    /// `default`, `local_stable_config`, `env_var`, `fleet_stable_config` or `code`.
    ///
    /// ```
    /// assert_eq!(tracehound::Origin::Code.as_str(), "code");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Default => "default",
            Origin::LocalStableConfig => "local_stable_config",
            Origin::EnvVar => "env_var",
            Origin::FleetStableConfig => "fleet_stable_config",
            Origin::Code => "code",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The value of one setting, and where it comes from.
///
/// ```
/// let tracer = tracehound::Tracer::builder().service("shop").enabled(false).build();
/// let service = tracer.config().get("DD_SERVICE").unwrap();
/// assert_eq!((service.value.as_str(), service.origin), ("shop", tracehound::Origin::Code));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// As text: `true` and `false` for switches, numbers as they were written; empty if there is neither value nor default.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}
