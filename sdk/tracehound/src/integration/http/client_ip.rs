//! Who asked: `http.client_ip`, found behind proxies (`DD_TRACE_CLIENT_IP_ENABLED`, `DD_TRACE_CLIENT_IP_HEADER`).
//!
//! The headers are asked in a fixed order, and the first public address wins. If there is none, the first private one
//! of a header beats a private peer, and the peer's own address is what is left.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::carrier::Extract;

/// The headers asked, in order, when the user named none. Source: Datadog's documentation of client IP collection.
const DEFAULT_HEADERS: [&str; 10] = [
    "x-forwarded-for",
    "x-real-ip",
    "true-client-ip",
    "x-client-ip",
    "forwarded",
    "forwarded-for",
    "x-cluster-client-ip",
    "fastly-client-ip",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
];

/// The client's address as told by `header`, or else by the default ones, and by the connection's `peer`.
pub(super) fn resolve(headers: &dyn Extract, header: Option<&str>, peer: Option<IpAddr>) -> Option<IpAddr> {
    let told = match &header {
        Some(header) => told(headers, &[header]),
        None => told(headers, &DEFAULT_HEADERS),
    };
    match (told, peer) {
        (Some(told), Some(peer)) if is_public(peer) && !is_public(told) => Some(peer),
        (Some(told), _) => Some(told),
        (None, peer) => peer,
    }
}

/// The first public address in the headers, or the first of any kind.
fn told(headers: &dyn Extract, names: &[&str]) -> Option<IpAddr> {
    let mut first = None;
    for name in names {
        let mut public = None;
        headers.get(name, &mut |value| {
            for ip in addresses(name, value) {
                first = first.or(Some(ip));
                if is_public(ip) {
                    public = public.or(Some(ip));
                }
            }
        });
        if public.is_some() {
            return public;
        }
    }
    first
}

fn addresses(name: &str, value: &str) -> impl Iterator<Item = IpAddr> {
    let forwarded = name.eq_ignore_ascii_case("forwarded");
    value.split(',').flat_map(move |element| {
        element.split(';').filter_map(move |part| if forwarded { forwarded_for(part) } else { parse(part) })
    })
}

/// The address in a part such as `for="[2001:db8::1]:4711"` (RFC 7239).
fn forwarded_for(part: &str) -> Option<IpAddr> {
    let (key, value) = part.split_once('=')?;
    if key.trim().eq_ignore_ascii_case("for") { parse(value.trim().trim_matches('"')) } else { None }
}

/// An address with or without port and brackets.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address: Option<IpAddr> = bare.parse().ok();
    address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip())).map(|ip| ip.to_canonical())
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            // 100.64.0.0/10 is what carriers and Kubernetes use inside.
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || is_site_local(ip))
        }
    }
}

/// `fec0::/10`, deprecated but still in use.
fn is_site_local(ip: Ipv6Addr) -> bool {
    let [first, ..] = ip.segments();
    first & 0xffc0 == 0xfec0
}

#[cfg(test)]
mod tests {
    use super::*;

    type Headers<'a> = &'a [(&'a str, &'a str)];

    fn found(headers: Headers<'_>, peer: &str) -> Option<String> {
        found_in(headers, None, peer)
    }

    fn found_in(headers: Headers<'_>, header: Option<&str>, peer: &str) -> Option<String> {
        let headers: Vec<(String, String)> = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        resolve(&headers, header, peer.parse().ok()).map(|ip| ip.to_string())
    }

    #[test]
    fn every_default_header_gives_the_client() {
        for name in DEFAULT_HEADERS {
            let value = if name == "forwarded" { "by=10.0.0.1;for=43.43.43.43" } else { "43.43.43.43" };
            assert_eq!(found(&[(name, value)], "10.0.0.9").as_deref(), Some("43.43.43.43"), "{name}");
        }
    }

    #[test]
    fn addresses_come_with_ports_brackets_quotes_and_junk() {
        let table = [
            ("x-forwarded-for", "10.42.42.42, 43.43.43.43, fe80::1", "43.43.43.43"),
            ("x-forwarded-for", "unknown, 43.43.43.43:8080", "43.43.43.43"),
            ("x-forwarded-for", "[2001:4860:4860::8888]:443", "2001:4860:4860::8888"),
            ("x-forwarded-for", "2001:4860:4860:0:0:0:0:8888", "2001:4860:4860::8888"),
            ("x-real-ip", "[2001:4860:4860::8888]", "2001:4860:4860::8888"),
            ("forwarded", "For=\"[2001:db8:cafe::17]:4711\";proto=http, for=192.0.2.43", "2001:db8:cafe::17"),
            ("forwarded", "for=_hidden, for = \"192.0.2.60:47\"", "192.0.2.60"),
            ("x-forwarded-for", "::ffff:10.42.42.42, ::ffff:43.43.43.43", "43.43.43.43"),
        ];
        for (name, value, expected) in table {
            assert_eq!(found(&[(name, value)], "").as_deref(), Some(expected), "{name}: {value}");
        }
    }

    #[test]
    fn a_public_address_beats_a_private_one_and_the_peer_is_the_last_resort() {
        let table: [(Headers<'_>, &str, Option<&str>); 8] = [
            (&[("x-forwarded-for", "10.0.0.1"), ("x-real-ip", "8.8.8.8")], "127.0.0.1", Some("8.8.8.8")),
            (&[("x-forwarded-for", "10.0.0.1"), ("x-real-ip", "10.0.0.2")], "127.0.0.1", Some("10.0.0.1")),
            (&[("x-forwarded-for", "10.0.0.1")], "9.9.9.9", Some("9.9.9.9")),
            (&[("x-forwarded-for", "100.65.0.1")], "9.9.9.9", Some("9.9.9.9")),
            (&[("x-forwarded-for", "fec0::1, fc00::1, ::1")], "9.9.9.9", Some("9.9.9.9")),
            (&[("x-forwarded-for", "nobody")], "127.0.0.1", Some("127.0.0.1")),
            (&[], "127.0.0.1", Some("127.0.0.1")),
            (&[], "", None),
        ];
        for (headers, peer, expected) in table {
            assert_eq!(found(headers, peer).as_deref(), expected, "{headers:?} from {peer}");
        }
    }

    #[test]
    fn a_header_that_the_user_names_is_the_only_one_asked() {
        let headers = [("x-forwarded-for", "8.8.8.8"), ("x-custom-ip", "43.43.43.43")];
        assert_eq!(found_in(&headers, Some("x-custom-ip"), "10.0.0.1").as_deref(), Some("43.43.43.43"));
        assert_eq!(found_in(&headers, Some("x-other"), "10.0.0.1").as_deref(), Some("10.0.0.1"));
    }
}
