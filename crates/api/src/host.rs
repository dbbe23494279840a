//! Which names this server may be called by.
//!
//! A page of a foreign site can point its own name at 127.0.0.1 and then read what it likes from a server that listens
//! there. It cannot change the `Host` header, which says its name and not ours.

use axum::http::{HeaderMap, header};

use crate::error::Error;

/// `localhost`, `127.0.0.1`, `[::1]` and the names that the user allows.
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// The loopback names and `more` (`TRACEHOUND_API_HOSTS`), without ports.
    pub fn new(more: impl IntoIterator<Item = String>) -> AllowedHosts {
        let loopback = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        AllowedHosts(loopback.into_iter().chain(more.into_iter().map(|host| host.to_ascii_lowercase())).collect())
    }

    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Error> {
        let mut hosts = headers.get_all(header::HOST).iter();
        // Of several nobody knows which is meant.
        let value = hosts.next().filter(|_| hosts.next().is_none()).and_then(|value| value.to_str().ok()).unwrap_or("");
        let name = without_port(value).to_ascii_lowercase();
        if self.0.contains(&name) {
            return Ok(());
        }
        Err(Error::forbidden(format!("host {name:?} is not allowed (TRACEHOUND_API_HOSTS)")))
    }
}

/// `example.org:8127` and `[::1]:8127` without `:8127`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_known_names_are_answered_whatever_the_port() {
        let hosts = AllowedHosts::new(["Traces.Example.org".to_owned()]);
        let cases = [
            ("localhost", true),
            ("LOCALHOST:8127", true),
            ("127.0.0.1:1", true),
            ("[::1]", true),
            ("[::1]:8127", true),
            ("traces.example.org:80", true),
            ("", false),
            ("evil.example", false),
            ("localhost.evil.example:8127", false),
            ("127.0.0.1.evil.example", false),
            ("::1", false),
            ("127.0.0.2", false),
        ];
        for (host, allowed) in cases {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            assert_eq!(hosts.check(&headers).is_ok(), allowed, "{host}");
        }
        assert!(hosts.check(&HeaderMap::new()).is_err());
        let mut two = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("localhost"))]);
        two.append(header::HOST, HeaderValue::from_static("evil.example"));
        assert!(hosts.check(&two).is_err());
    }
}
