//! The second step: what was said becomes what is meant, typed and checked.

use std::net::Ipv6Addr;
use std::path::PathBuf;

use crate::{API_HOSTS, API_PORT, DATA_DIR, Error, Key, Origin, RECEIVER_PORT, Said};

/// Most further host names. Origin: far more than a proxy has, and the list is walked for every request.
const MAX_HOSTS: usize = 64;

/// Longest host name, in bytes. Source: RFC 1035, 2.3.4.
const MAX_HOST_BYTES: usize = 253;

/// The settings that a process runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Directory that holds all data.
    pub data_dir: PathBuf,
    /// Port for tracers, 0 for any free one; none if there is to be no TCP listener.
    pub receiver_port: Option<u16>,
    /// Port for pages and API, 0 for any free one.
    pub api_port: u16,
    /// Host names besides localhost under which the API answers: lower case, without a port, IPv6 addresses in brackets.
    pub api_hosts: Vec<String>,
}

impl Config {
    /// Checks everything that was said. The first value that is out of bounds is an error, so nothing starts half
    /// configured.
    pub fn resolve(said: &Said) -> Result<Config, Error> {
        let config = Config {
            data_dir: data_dir(said)?,
            receiver_port: receiver_port(said)?,
            api_port: parsed(said, &API_PORT, port)?,
            api_hosts: parsed(said, &API_HOSTS, hosts)?,
        };
        match config.receiver_port {
            Some(port) if port != 0 && port == config.api_port => Err(Error::SamePort { port }),
            _ => Ok(config),
        }
    }
}

fn data_dir(said: &Said) -> Result<PathBuf, Error> {
    let text = &said.of(&DATA_DIR).text;
    if text.is_empty() { Err(bad(said, &DATA_DIR)) } else { Ok(PathBuf::from(text)) }
}

fn receiver_port(said: &Said) -> Result<Option<u16>, Error> {
    let port = parsed(said, &RECEIVER_PORT, port)?;
    let off = port == 0 && matches!(said.of(&RECEIVER_PORT).origin, Origin::Environment(_));
    Ok(if off { None } else { Some(port) })
}

fn parsed<T>(said: &Said, key: &'static Key, parse: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    said.of(key).text.to_str().and_then(parse).ok_or_else(|| bad(said, key))
}

fn bad(said: &Said, key: &'static Key) -> Error {
    let value = said.of(key);
    let text = value.text.to_string_lossy().into_owned();
    Error::BadValue { key: key.name, text, origin: value.origin, bounds: key.kind.bounds() }
}

fn port(text: &str) -> Option<u16> {
    // `parse` alone would take a plus sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn hosts(text: &str) -> Option<Vec<String>> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let hosts = names.map(host).collect::<Option<Vec<String>>>()?;
    (hosts.len() <= MAX_HOSTS).then_some(hosts)
}

/// A host as it stands in a `Host` header, without the port that may follow it.
fn host(text: &str) -> Option<String> {
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Some(format!("[{address}]"));
    }
    if let Some((address, after)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let address: Ipv6Addr = address.parse().ok()?;
        return is_port_or_nothing(after).then(|| format!("[{address}]"));
    }
    let (name, after) = text.split_at(text.find(':').unwrap_or(text.len()));
    let spelled = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    let fits = !name.is_empty() && name.len() <= MAX_HOST_BYTES;
    (spelled && fits && is_port_or_nothing(after)).then(|| name.to_ascii_lowercase())
}

fn is_port_or_nothing(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|digits| !digits.is_empty() && port(digits).is_some())
}
