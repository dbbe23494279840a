//! Where a connection leads, read from the text it was opened with.
//!
//! Three forms are in use: URLs (`postgres://user:password@host:port/name?host=…`), libpq's pairs (`host=… port=… dbname=…`), and the
//! bare paths that name SQLite databases. Passwords are passed over, wherever they stand.
//!
//! People write passwords into URLs as they are, and one with `/`, `?`, `#` or `@` in it moves the borders of all that follows. So
//! nothing is taken from a text that may be such a one, but for its system: a tag less is better than a password in it.

use std::net::Ipv6Addr;

use super::System;
use crate::percent::decode;

/// What a connection's text tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) system: Option<System>,
    pub(super) name: Option<String>,
    pub(super) user: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
}

/// What was read may be a part of something else, perhaps of a password.
struct Doubt;

impl Target {
    pub(super) fn parse(text: &str) -> Target {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        let (system, target) = match System::from_scheme(scheme) {
            System::Sqlite => return Target::file(text.get(scheme.len() + 1..).unwrap_or_default()),
            system if is_url(text) => (Some(system), Target::url(text)),
            System::Other if text.contains('=') => (None, Target::pairs(text)),
            System::Other if is_path(text) => return Target::file(text),
            System::Other => (None, Err(Doubt)),
            system => (Some(system), Err(Doubt)),
        };
        let target = target.unwrap_or_default();
        Target { system: system.or(target.system), ..target }
    }

    /// `//path?mode=…`, `path` or `:memory:`. The name is that of the file: directories differ between machines.
    fn file(text: &str) -> Target {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let in_memory = query.split('&').any(|option| option == "mode=memory");
        let name = if in_memory { ":memory:" } else { file.strip_prefix("file:").unwrap_or(file) };
        let name = Some(decode(name).into_owned()).filter(|name| !name.is_empty());
        Target { system: Some(System::Sqlite), name, ..Target::default() }
    }

    fn url(text: &str) -> Result<Target, Doubt> {
        let rest = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if rest.contains('@') {
            return Err(Doubt);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let user = user.split_once(':').map_or(user, |(user, _)| user);
        let mut target = Target::default();
        target.set("dbname", &decode(path.strip_prefix('/').unwrap_or(path)))?;
        target.set("user", &decode(user))?;
        (target.host, target.port) = host_and_port(hosts)?;
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            target.set(key, &decode(value))?;
        }
        Ok(target)
    }

    /// `key=value key='value with \' or spaces'`. Source: PostgreSQL, libpq, 34.1.1.1.
    fn pairs(text: &str) -> Result<Target, Doubt> {
        let mut target = Target { system: Some(System::Postgres), ..Target::default() };
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (key, after) = rest.split_once('=').ok_or(Doubt)?;
            let (key, (value, after)) = (key.trim_end(), value_of_pair(after.trim_start())?);
            if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return Err(Doubt);
            }
            target.set(key, &value)?;
            rest = after.trim_start();
        }
        Ok(target)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), Doubt> {
        match key {
            "dbname" => self.name = unless_doubtful(value, &['@', ':', ';', '=', '?', '#'])?,
            // Some clouds have users like `waiter@server`.
            "user" => self.user = unless_doubtful(value, &[':', ';', '=', '/', '?', '#'])?,
            "host" => (self.host, _) = host_and_port(value)?,
            "port" => self.port = value.parse().ok(),
            _ => {}
        }
        Ok(())
    }
}

fn is_url(text: &str) -> bool {
    let is_scheme = |scheme: &str| scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    text.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
}

/// Whether a text that is none of the other forms is a path, and not one with `user:password@` in it as some drivers take it.
fn is_path(text: &str) -> bool {
    let (_, after) = text.split_once(':').unwrap_or_default();
    !after.contains('@') && !text.contains("://")
}

/// Reads one value of libpq's pairs, with quotes and backslashes, and gives what follows.
fn value_of_pair(text: &str) -> Result<(String, &str), Doubt> {
    let quoted = text.starts_with('\'');
    let mut chars = text.strip_prefix('\'').unwrap_or(text).chars();
    let mut value = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => value.extend(chars.next()),
            '\'' if quoted => return Ok((value, chars.as_str())),
            _ if !quoted && c.is_whitespace() => return Ok((value, chars.as_str())),
            _ => value.push(c),
        }
    }
    if quoted { Err(Doubt) } else { Ok((value, "")) }
}

/// The first of several hosts, the one that is tried first: a name, an address or the directory of a socket.
fn host_and_port(hosts: &str) -> Result<(Option<String>, Option<u16>), Doubt> {
    let first = hosts.split(',').next().unwrap_or_default();
    let in_brackets = first.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match in_brackets {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or(Doubt)?)),
        None if is_ipv6(first) => (first, None),
        None => first.split_once(':').map_or((first, None), |(host, port)| (host, Some(port))),
    };
    let host = decode(host).into_owned();
    let is_name = host.chars().all(|c| c.is_alphanumeric() || "._-/".contains(c));
    let is_port = port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_port || (!is_name && !is_ipv6(&host)) {
        return Err(Doubt);
    }
    Ok((Some(host).filter(|host| !host.is_empty()), port.and_then(|port| port.parse().ok())))
}

fn is_ipv6(text: &str) -> bool {
    let address = text.split('%').next().unwrap_or_default();
    address.parse::<Ipv6Addr>().is_ok()
}

/// The text, if there is one, unless it has characters that its kind hardly has but that stand between others.
fn unless_doubtful(text: &str, doubtful: &[char]) -> Result<Option<String>, Doubt> {
    if text.contains(doubtful) {
        return Err(Doubt);
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}
