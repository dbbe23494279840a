//! What is not served is 404 and counted by path and client; never a silent 200.

use crate::support::bodies::{JSON, MSGPACK, v04};
use crate::support::{open, request};

#[test]
fn what_is_not_served_is_told_and_counted() {
    let door = open();
    let python = [MSGPACK, ("Datadog-Meta-Lang", "python"), ("Datadog-Meta-Tracer-Version", "4.16.0")];
    let paths = [
        "/v0.7/traces",
        "/v1.0/traces",
        "/v0.6/stats",
        "/v0.7/config",
        "/telemetry/proxy/api/v2/apmtelemetry",
        "/v0.4/traces/",
        "/",
    ];
    for path in paths {
        let answer = door.ask(&request("POST", path, &python, &v04()));
        assert_eq!((answer.status, answer.body.as_str()), (404, "404 page not found\n"), "{path}");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("datadog-agent-version"), None, "{path}");
    }
    door.ask(&request("POST", "/v0.6/stats", &[("User-Agent", "curl/8")], b""));
    let snapshot = door.unknown_routes.snapshot();
    assert_eq!(snapshot.routes.len(), paths.len() + 1);
    let of_python = snapshot.routes.iter().filter(|route| route.client == "python 4.16.0").count();
    assert_eq!(of_python, paths.len());
    assert_eq!(door.metrics.receive_unknown_requests.get(), paths.len() as u64 + 1);
    assert_eq!(door.keeper.batches(), 0);
}

#[test]
fn a_path_with_needless_slashes_is_sent_on_to_what_it_means() {
    let door = open();
    let cases = [
        ("//v0.4/traces", "/v0.4/traces"),
        ("//info?x=1", "/info?x=1"),
        ("/v0.4/../v0.5/traces", "/v0.5/traces"),
        ("/telemetry//proxy/", "/telemetry/proxy/"),
    ];
    for (path, location) in cases {
        let answer = door.ask(&request("POST", path, &[JSON], b"[]"));
        assert_eq!((answer.status, answer.header("location")), (307, Some(location)), "{path}");
    }
    assert_eq!(door.metrics.receive_unknown_requests.get(), 0);
}
