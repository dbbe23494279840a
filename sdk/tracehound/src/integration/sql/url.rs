//! Where a connection leads, read from the text it was opened with.
//!
//! Three forms are in use: URLs (`postgres://user:password@host:port/name?host=…`), libpq's pairs (`host=… port=… dbname=…`), and the
//! bare paths that name SQLite databases. Passwords are passed over, wherever they stand.

use super::System;

/// What a connection's text tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) system: Option<System>,
    pub(super) name: Option<String>,
    pub(super) user: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
}

impl Target {
    pub(super) fn parse(text: &str) -> Target {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        match System::from_scheme(scheme) {
            System::Sqlite => Target::file(text.get(scheme.len() + 1..).unwrap_or_default()),
            system if text.contains("://") => Target::url(system, text),
            _ if text.contains('=') => Target::pairs(text),
            _ => Target::file(text),
        }
    }

    /// `//path?mode=…`, `path` or `:memory:`. The name is that of the file: directories differ between machines.
    fn file(text: &str) -> Target {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let in_memory = query.split('&').any(|option| option == "mode=memory");
        let name = if in_memory { ":memory:" } else { file.strip_prefix("file:").unwrap_or(file) };
        Target { system: Some(System::Sqlite), name: some(decode(name)), ..Target::default() }
    }

    fn url(system: System, text: &str) -> Target {
        let rest = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let user = user.split_once(':').map_or(user, |(user, _)| user);
        let (host, port) = host_and_port(hosts);
        let mut target = Target {
            system: Some(system),
            name: some(decode(path)),
            user: some(decode(user)),
            host: some(decode(host)),
            port,
        };
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            target.set(key, &decode(value));
        }
        target
    }

    fn pairs(text: &str) -> Target {
        let mut target = Target { system: Some(System::Postgres), ..Target::default() };
        for (key, value) in text.split_whitespace().filter_map(|pair| pair.split_once('=')) {
            target.set(key, value.trim_matches('\''));
        }
        target
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "dbname" => self.name = some(value.to_owned()),
            "user" => self.user = some(value.to_owned()),
            "host" => self.host = some(host_and_port(value).0.to_owned()),
            "port" => self.port = value.parse().ok(),
            _ => {}
        }
    }
}

/// The first of several hosts, the one that is tried first.
fn host_and_port(hosts: &str) -> (&str, Option<u16>) {
    let first = hosts.split(',').next().unwrap_or_default();
    if let Some((host, rest)) = first.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match first.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, port.parse().ok()),
        _ => (first, None),
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Undoes percent-encoding; what is not well encoded stays.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| after.get(..2)).flatten();
        let escaped = escaped.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let value = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        match value.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
