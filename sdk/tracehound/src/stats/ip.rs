//! Makes network addresses alike, so that a service with a thousand peers has one row and not a thousand.
//!
//! A peer tag may be a list: of each entry that is an address, only what is around it is kept, and an entry that was there before is left
//! out. `http://10.0.0.1:80,10.0.0.2:80,10.0.0.3:80` becomes `http://blocked-ip-address:80,blocked-ip-address:80`.
//! Source: agent-protocol 4.9.

use std::net::Ipv6Addr;

const REPLACEMENT: &[u8] = b"blocked-ip-address";
/// More peers than that in one tag say nothing, and each is compared with those before it.
const ENTRIES_MAX: usize = 64;
/// Addresses that are the same on every machine: itself, and where clouds and containers ask about themselves.
const KEPT: [&str; 5] = ["127.0.0.1", "::1", "169.254.169.254", "fd00:ec2::254", "169.254.170.2"];
const SCHEMES: [&str; 5] = ["dnspoll:", "ftp:", "file:", "http:", "https:"];

/// Appends a list of hosts, parted by commas, with its addresses made alike.
pub(super) fn quantize(list: &str, out: &mut Vec<u8>) {
    let begin = out.len();
    for (n, entry) in list.split(',').take(ENTRIES_MAX).enumerate() {
        let end = out.len();
        if n > 0 {
            out.push(b',');
        }
        let entry_begin = out.len();
        write_entry(entry, out);
        if is_repeated(out, begin, end, entry_begin) {
            out.truncate(end);
        }
    }
}

/// Whether what stands from `entry` on is also one of the entries from `begin` to `end`.
fn is_repeated(out: &[u8], begin: usize, end: usize, entry: usize) -> bool {
    let (Some(before), Some(entry)) = (out.get(begin..end), out.get(entry..)) else { return false };
    before.split(|&byte| byte == b',').any(|other| other == entry)
}

fn write_entry(entry: &str, out: &mut Vec<u8>) {
    let (prefix, rest) = split_prefix(entry);
    let (host, port) = split_port(rest);
    match address(host) {
        Some((address, suffix)) if !KEPT.contains(&address) => {
            out.extend_from_slice(prefix.as_bytes());
            out.extend_from_slice(REPLACEMENT);
            if !port.is_empty() {
                out.push(b':');
                out.extend_from_slice(port.as_bytes());
            }
            out.extend_from_slice(suffix.as_bytes());
        }
        _ => out.extend_from_slice(entry.as_bytes()),
    }
}

/// Parts `ip-` (names of cloud machines) or a scheme with two or three slashes from what follows.
fn split_prefix(entry: &str) -> (&str, &str) {
    let scheme = SCHEMES.iter().find_map(|scheme| entry.strip_prefix(scheme));
    let rest = match scheme.and_then(|rest| rest.strip_prefix("//")) {
        Some(rest) => rest.strip_prefix('/').unwrap_or(rest),
        None => entry.strip_prefix("ip-").unwrap_or(entry),
    };
    entry.split_at_checked(entry.len() - rest.len()).unwrap_or(("", entry))
}

/// Parts `host:port` and `[host]:port`; an address of the sixth version without brackets has no port.
fn split_port(text: &str) -> (&str, &str) {
    if let Some(rest) = text.strip_prefix('[') {
        let bracketed = rest.split_once(']').and_then(|(host, rest)| Some((host, rest.strip_prefix(':')?)));
        return bracketed.unwrap_or((text, ""));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, port),
        _ => (text, ""),
    }
}

/// The address a host starts with and what follows it.
fn address(host: &str) -> Option<(&str, &str)> {
    if host.contains(':') {
        let without_zone = host.split_once('%').map_or(host, |(address, _)| address);
        return without_zone.parse::<Ipv6Addr>().is_ok().then_some((host, ""));
    }
    let suffix = after_ipv4(host)?;
    host.split_at_checked(host.len() - suffix.len())
}

/// What follows four numbers up to 255 that are parted by dots, dashes or underscores, one of them throughout.
fn after_ipv4(host: &str) -> Option<&str> {
    let separator = host.bytes().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(separator, b'.' | b'-' | b'_') {
        return None;
    }
    let mut rest = after_octet(host)?;
    for _ in 0..3 {
        rest = after_octet(rest.strip_prefix(char::from(separator))?)?;
    }
    // A separator that parts nothing is the end of something else.
    (rest.as_bytes() != [separator]).then_some(rest)
}

fn after_octet(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (octet, rest) = text.split_at_checked(digits)?;
    let has_leading_zero = octet.len() > 1 && octet.starts_with('0');
    (!has_leading_zero && octet.parse::<u8>().is_ok()).then_some(rest)
}

#[cfg(test)]
#[path = "tests/ip.rs"]
mod tests;
