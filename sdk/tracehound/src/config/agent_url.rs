//! The agent's address, out of a URL or out of host and port.

use std::path::Path;

use crate::agent::Endpoint;

/// Where the agent's socket is on Linux, if it has one.
pub(crate) const DEFAULT_SOCKET: &str = "/var/run/datadog/apm.socket";

/// Where agents listen for traces.
const DEFAULT_PORT: u16 = 8126;

/// Reads `http://host:port/base` or `unix:///path`.
///
/// Without a port, 80 would follow from the scheme, but no agent listens there: 8126 is meant.
pub(super) fn parse(url: &str) -> Option<Endpoint> {
    let (scheme, rest) = url.split_once("://")?;
    match scheme.to_ascii_lowercase().as_str() {
        "unix" => (rest.starts_with('/') && !rest.contains('\0')).then(|| Endpoint::Unix(Path::new(rest).to_owned())),
        "http" => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let (name, port) = split_port(authority)?;
            if name.contains(':') && !name.starts_with('[') {
                return None;
            }
            let base_path = path.trim_end_matches('/');
            let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'?' && byte != b'#';
            if !base_path.bytes().all(plain) {
                return None;
            }
            Some(Endpoint::Http { host: host(name)?, port, base_path: base_path.to_owned() })
        }
        _ => None,
    }
}

/// Where an agent is if nobody says otherwise.
pub(super) fn fallback() -> Endpoint {
    Endpoint::Http { host: "localhost".to_owned(), port: DEFAULT_PORT, base_path: String::new() }
}

fn split_port(authority: &str) -> Option<(&str, u16)> {
    let bare_address = authority.ends_with(']');
    match authority.rsplit_once(':') {
        Some((host, port)) if !bare_address => {
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            let port = port.parse().ok().filter(|port| digits && *port > 0)?;
            Some((host, port))
        }
        _ => Some((authority, DEFAULT_PORT)),
    }
}

/// The name of a host, or its address without the brackets of IPv6; nothing if it can be neither.
pub(super) fn host(text: &str) -> Option<String> {
    let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let host = address.unwrap_or(text);
    let is_address = host.parse::<std::net::Ipv6Addr>().is_ok();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_name = address.is_none() && !host.is_empty() && host.bytes().all(allowed);
    (is_address || is_name).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_agents_are_read() {
        let http = |host: &str, port, base_path: &str| {
            Some(Endpoint::Http { host: host.into(), port, base_path: base_path.into() })
        };
        for (url, endpoint) in [
            ("http://random-host:9999/", http("random-host", 9999, "")),
            ("http://localhost:8126", http("localhost", 8126, "")),
            ("HTTP://agent", http("agent", 8126, "")),
            ("http://[::1]:5000", http("::1", 5000, "")),
            ("http://[::1]", http("::1", 8126, "")),
            ("http://10.0.0.1:1/prefix/", http("10.0.0.1", 1, "/prefix")),
            ("unix:///var/run/datadog/apm.socket", Some(Endpoint::Unix("/var/run/datadog/apm.socket".into()))),
        ] {
            assert_eq!(parse(url), endpoint, "{url}");
        }
    }

    #[test]
    fn malformed_urls_are_refused() {
        for url in [
            "",
            "agent",
            "agent:8126",
            "http://",
            "http://:8126",
            "http://host:0",
            "http://host:65536",
            "http://host:+1",
            "http://host:",
            "http://::1:5000",
            "http://[::1",
            "http://[name]:1",
            "http://user:pass@host:1",
            "http://a b:1",
            "http://host:1/x?y",
            "http://host:1/a b",
            "https://host:8126",
            "ftp://host",
            "unix://",
            "unix://relative",
            "unix:///a\0b",
            "http://host:1\r\nX: y",
        ] {
            assert_eq!(parse(url), None, "{url:?}");
        }
    }

    #[test]
    fn a_host_may_be_written_with_brackets() {
        for (text, expected) in [
            ("localhost", Some("localhost")),
            ("[::1]", Some("::1")),
            ("::1", Some("::1")),
            ("my_agent.svc", Some("my_agent.svc")),
            ("[host]", None),
            ("host:1", None),
            ("", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
    }
}
