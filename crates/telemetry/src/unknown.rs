//! What clients asked for that is not served, so that a missing route is seen and not guessed.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use serde::Serialize;

/// Most pairs of path and client that are told apart. A scanner must not fill the memory; the clients of the field ask
/// for about twenty paths.
const MAX_PAIRS: usize = 256;

/// Longest path that is shown, in bytes; the longest route of a Datadog agent has 34.
const MAX_PATH_BYTES: usize = 200;

/// Longest client name that is shown, in bytes.
const MAX_CLIENT_BYTES: usize = 100;

/// Counts of requests by path and client.
#[derive(Debug, Default)]
pub struct UnknownRoutes {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    by_pair: BTreeMap<(String, String), u64>,
    other: u64,
}

/// The counts of one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownRoutesSnapshot {
    /// The most requested first.
    pub routes: Vec<UnknownRoute>,
    /// Requests of pairs beyond the limit of 256.
    pub other: u64,
}

/// One path as asked for by one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownRoute {
    /// The path, cut to 200 bytes.
    pub path: String,
    /// Who asked, cut to 100 bytes.
    pub client: String,
    /// How often.
    pub requests: u64,
}

impl UnknownRoutes {
    /// Counts one request. Characters that are not printable ASCII are shown escaped.
    pub fn count(&self, path: &str, client: &str) {
        let pair = (printable(path, MAX_PATH_BYTES), printable(client, MAX_CLIENT_BYTES));
        let mut counts = self.counts.lock();
        let full = counts.by_pair.len() >= MAX_PAIRS;
        match counts.by_pair.get_mut(&pair) {
            Some(count) => *count += 1,
            None if full => counts.other += 1,
            None => {
                counts.by_pair.insert(pair, 1);
            }
        }
    }

    /// What was counted so far.
    pub fn snapshot(&self) -> UnknownRoutesSnapshot {
        let counts = self.counts.lock();
        let route = |((path, client), &requests): (&(String, String), &u64)| UnknownRoute {
            path: path.clone(),
            client: client.clone(),
            requests,
        };
        let mut routes: Vec<_> = counts.by_pair.iter().map(route).collect();
        routes.sort_by_key(|route| std::cmp::Reverse(route.requests));
        UnknownRoutesSnapshot { routes, other: counts.other }
    }
}

/// `text` without anything that could steer a terminal or a reader, at most `limit` bytes long.
fn printable(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    for character in text.chars() {
        let before = shown.len();
        match character {
            ' '..='~' => shown.push(character),
            _ => shown.extend(character.escape_default()),
        }
        if shown.len() > limit {
            shown.truncate(before);
            break;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_path_and_client_the_most_requested_first() {
        let routes = UnknownRoutes::default();
        for (path, client) in [("/a", "python"), ("/b", "python"), ("/b", "nodejs"), ("/b", "python")] {
            routes.count(path, client);
        }
        let snapshot = routes.snapshot();
        let seen: Vec<_> = snapshot.routes.iter().map(|r| (&*r.path, &*r.client, r.requests)).collect();
        assert_eq!(seen, [("/b", "python", 2), ("/a", "python", 1), ("/b", "nodejs", 1)]);
        assert_eq!(snapshot.other, 0);
    }

    #[test]
    fn beyond_256_pairs_the_rest_is_one_number_and_known_pairs_still_count() {
        let routes = UnknownRoutes::default();
        for n in 0..300 {
            routes.count(&format!("/{n}"), "scanner");
        }
        routes.count("/0", "scanner");
        let snapshot = routes.snapshot();
        assert_eq!((snapshot.routes.len(), snapshot.other), (256, 44));
        assert_eq!((snapshot.routes[0].path.as_str(), snapshot.routes[0].requests), ("/0", 2));
    }

    #[test]
    fn long_and_unprintable_text_is_cut_and_escaped() {
        let cases = [
            ("/v0.6/stats", 200, "/v0.6/stats"),
            ("/a\u{1b}[31m\n", 200, "/a\\u{1b}[31m\\n"),
            ("/\u{202e}x", 200, "/\\u{202e}x"),
            ("/abcdef", 4, "/abc"),
            ("/ab\u{1b}", 4, "/ab"),
        ];
        for (text, limit, expected) in cases {
            assert_eq!(printable(text, limit), expected, "{text:?}");
        }
    }

    #[test]
    fn the_snapshot_is_json_with_names() {
        let routes = UnknownRoutes::default();
        routes.count("/v0.6/stats", "python 4.16.0");
        let json = serde_json::to_string(&routes.snapshot()).unwrap();
        assert_eq!(json, r#"{"routes":[{"path":"/v0.6/stats","client":"python 4.16.0","requests":1}],"other":0}"#);
    }
}
