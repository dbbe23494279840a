//! Every setting there is, as one table.
//!
//! The agent's keys keep their names, environment names and behaviour; ours are few. A key that is not here does not exist.

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Its name in messages and in `tracehound config`; for the agent's keys the agent's own.
    pub name: &'static str,
    /// Environment variables that set it; the first that is set counts.
    pub environment: &'static [&'static str],
    /// The flag that sets it, if there is one.
    pub flag: Option<Flag>,
    /// The value if nothing is said, written as a user would write it.
    pub default: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// One sentence for people, without a full stop.
    pub doc: &'static str,
}

/// A flag and the placeholder that stands for its value in `--help`.
#[derive(Debug)]
pub struct Flag {
    /// Name behind the two dashes.
    pub long: &'static str,
    /// Placeholder.
    pub value_name: &'static str,
}

/// What values a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A path, not empty.
    Path,
    /// A TCP port; 0 takes any free one.
    Port,
    /// A TCP port; 0 as a flag takes any free one, 0 in the environment switches the listener off, as in the agent.
    PortOrOff,
    /// Host names separated by commas, possibly none.
    Hosts,
}

impl Kind {
    /// The bounds in words, as they stand in errors and in the reference.
    pub fn bounds(self) -> &'static str {
        match self {
            Kind::Path => "a path that is not empty",
            Kind::Port => "a port from 0 to 65535, 0 for any free one",
            Kind::PortOrOff => "a port from 0 to 65535, 0 for any free one as a flag and for none in the environment",
            Kind::Hosts => "at most 64 host names of at most 253 bytes, separated by commas",
        }
    }
}

/// Where everything is kept.
pub const DATA_DIR: Key = Key {
    name: "data_dir",
    environment: &["TRACEHOUND_DATA_DIR"],
    flag: Some(Flag { long: "data-dir", value_name: "DIR" }),
    default: "./tracehound-data",
    kind: Kind::Path,
    doc: "Directory that holds all data; made if it is not there",
};

/// Where tracers send to. Source: agent-protocol 8.2 (`apm_config.receiver_port`).
pub const RECEIVER_PORT: Key = Key {
    name: "receiver_port",
    environment: &["DD_APM_RECEIVER_PORT", "DD_RECEIVER_PORT"],
    flag: Some(Flag { long: "agent-port", value_name: "PORT" }),
    default: "8126",
    kind: Kind::PortOrOff,
    doc: "Port on localhost that tracers send to, as they would to a Datadog agent",
};

/// Where people look.
pub const API_PORT: Key = Key {
    name: "api_port",
    environment: &["TRACEHOUND_API_PORT"],
    flag: Some(Flag { long: "api-port", value_name: "PORT" }),
    default: "8127",
    kind: Kind::Port,
    doc: "Port on localhost for the web pages and the query API",
};

/// Under which names people may look, besides localhost.
pub const API_HOSTS: Key = Key {
    name: "api_hosts",
    environment: &["TRACEHOUND_API_HOSTS"],
    flag: None,
    default: "",
    kind: Kind::Hosts,
    doc: "Further host names under which pages and API answer, for use behind a proxy",
};

/// All settings, in the order in which they are shown.
pub const KEYS: [&Key; 4] = [&DATA_DIR, &RECEIVER_PORT, &API_PORT, &API_HOSTS];
