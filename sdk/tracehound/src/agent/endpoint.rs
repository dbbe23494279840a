//! Where the agent listens, and how to get a connection to it.

use std::fmt;
use std::io;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::stream::Stream;

/// How long one address of several may take to answer: an agent is on this machine or a near one, and a name's first
/// address may lead nowhere.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where the agent listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// HTTP over TCP.
    Http {
        /// A name or an address; an IPv6 address without its brackets.
        host: String,
        port: u16,
        /// What stands before every path: empty, or `/like/this`.
        base_path: String,
    },
    /// HTTP over a Unix socket.
    Unix(PathBuf),
}

impl Endpoint {
    /// Connects before `deadline`, trying every address a name has.
    ///
    /// Two waits are the system's alone and may outlast the deadline: the resolution of a name, and a Unix socket whose
    /// backlog is full.
    pub(super) fn connect(&self, deadline: Instant) -> io::Result<Stream> {
        match self {
            Self::Http { host, port, .. } => {
                let mut last = io::Error::new(io::ErrorKind::NotFound, "the host name has no address");
                for address in (host.as_str(), *port).to_socket_addrs()? {
                    match Stream::tcp(address, deadline.min(Instant::now() + PATIENCE)) {
                        Ok(stream) => return Ok(stream),
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
            Self::Unix(path) => Stream::unix(path),
        }
    }

    /// The value of the `Host` header.
    pub(super) fn authority(&self) -> String {
        match self {
            Self::Http { host, port, .. } if host.contains(':') => format!("[{host}]:{port}"),
            Self::Http { host, port, .. } => format!("{host}:{port}"),
            Self::Unix(_) => "localhost".to_owned(),
        }
    }

    /// What stands before every path.
    pub(super) fn base_path(&self) -> &str {
        match self {
            Self::Http { base_path, .. } => base_path.trim_end_matches('/'),
            Self::Unix(_) => "",
        }
    }
}

/// The address as `DD_TRACE_AGENT_URL` spells it.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { .. } => write!(f, "http://{}{}", self.authority(), self.base_path()),
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_a_url() {
        let http =
            |host: &str, base_path: &str| Endpoint::Http { host: host.into(), port: 8126, base_path: base_path.into() };
        for (endpoint, authority, url) in [
            (http("localhost", ""), "localhost:8126", "http://localhost:8126"),
            (http("::1", ""), "[::1]:8126", "http://[::1]:8126"),
            (http("proxy", "/agent/"), "proxy:8126", "http://proxy:8126/agent"),
            (Endpoint::Unix("/var/run/datadog/apm.socket".into()), "localhost", "unix:///var/run/datadog/apm.socket"),
        ] {
            assert_eq!(endpoint.authority(), authority);
            assert_eq!(endpoint.to_string(), url);
        }
    }
}
