//! Gates before the routes, and headers on everything that goes out.

use axum::body::Body;
use axum::http::Request;

use crate::support::{ask, get, starting, with};

const PATHS: [&str; 7] =
    ["/", "/apm/traces", "/nothing", "/ready", "/metrics", "/debug/routes", "/api/tracehound/v1/traces"];

#[test]
fn until_the_store_is_open_every_path_is_503() {
    let api = starting();
    for path in PATHS {
        let answer = get(&api, path);
        assert_eq!((answer.status, answer.kind().as_str()), (503, "starting"), "{path}");
    }
}

#[test]
fn under_a_foreign_name_every_path_is_403() {
    for api in [starting(), with(vec![])] {
        for path in PATHS {
            for host in [Some("evil.example"), None] {
                let request = host.into_iter().fold(Request::get(path), |request, host| request.header("host", host));
                let answer = ask(&api, request.body(Body::empty()).unwrap());
                assert_eq!((answer.status, answer.kind().as_str()), (403, "forbidden"), "{path} of {host:?}");
            }
        }
    }
}

#[test]
fn a_name_that_the_user_allows_is_answered() {
    let request = Request::get("/ready").header("host", "Traces.example.org:443").body(Body::empty()).unwrap();
    assert_eq!(ask(&with(vec![]), request).status, 200);
}

#[test]
fn nothing_that_goes_out_may_run_foreign_script_or_be_guessed_at() {
    let api = with(vec![]);
    for path in PATHS.into_iter().chain(["/api/nothing", "/api/tracehound/v1/traces/x"]) {
        let headers = get(&api, path).headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    }
}
