//! Requests recorded from unmodified clients, sent again as they were: the same headers, the same bytes.

use std::path::{Path, PathBuf};

use crate::support::bodies::MSGPACK;
use crate::support::{Door, open, request};
use serde_json::Value;

/// The requests of one folder, in the order of arrival.
fn recorded(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("a recorded folder").map(|entry| entry.expect("an entry").path());
    let is_request = |path: &PathBuf| {
        path.extension().is_some_and(|e| e == "json")
            && path.file_stem().is_some_and(|stem| stem.to_string_lossy().bytes().all(|b| b.is_ascii_digit()))
    };
    let mut requests: Vec<_> = entries.filter(is_request).collect();
    requests.sort();
    requests
}

/// Sends a recorded request; gives its path and the status.
fn replay(door: &Door, json: &Path) -> (String, u16) {
    let recorded: Value = serde_json::from_slice(&read(json)).expect("JSON");
    let body = json.with_extension("body");
    let body = if body.exists() { read(&body) } else { Vec::new() };
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let pairs = recorded["headers"].as_array().expect("headers").iter().map(|pair| (text(&pair[0]), text(&pair[1])));
    let framing = ["host", "content-length", "transfer-encoding", "connection"];
    let headers: Vec<_> = pairs.filter(|(name, _)| !framing.contains(&name.to_lowercase().as_str())).collect();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let path = text(&recorded["path"]);
    let answer = door.ask(&request(&text(&recorded["method"]), &path, &headers, &body));
    (path, answer.status)
}

#[expect(clippy::disallowed_methods, reason = "test data is read as it lies there")]
fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a recorded file")
}

#[test]
fn every_recorded_payload_is_taken_and_its_spans_are_kept() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/captures");
    let expected: Value = serde_json::from_slice(&read(&captures.join("expected.json"))).expect("JSON");
    let folders = expected.as_object().expect("folders");
    let mut seen = 0;
    for (folder, expected) in folders {
        let Some(spans) = expected["spans"].as_u64() else { continue };
        let door = open();
        for json in recorded(&captures.join(folder)) {
            let (path, status) = replay(&door, &json);
            let is_trace = path.ends_with("/traces");
            assert_eq!(
                status == 200,
                path == "/info" || is_trace && !folder.contains("malformed"),
                "{json:?}: {status}"
            );
        }
        assert_eq!(door.keeper.spans() as u64, spans, "{folder}");
        assert_eq!(door.metrics.spans_acknowledged.get(), spans, "{folder}");
        seen += spans;
    }
    assert!(seen > 0, "no recorded spans");
}

#[test]
fn the_malformed_payload_of_a_client_is_400_on_both_current_routes() {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/captures");
    let folder = captures.join("malformed/libdatadog-v1.0-list-attributes");
    let bodies: Vec<_> =
        recorded(&folder).iter().map(|json| json.with_extension("body")).filter(|b| b.exists()).collect();
    assert!(!bodies.is_empty());
    let door = open();
    for body in bodies.iter().map(|path| read(path)).filter(|body| !body.is_empty()) {
        for path in ["/v0.4/traces", "/v0.5/traces"] {
            assert_eq!(door.ask(&request("POST", path, &[MSGPACK], &body)).status, 400, "{path}");
        }
    }
    assert_eq!(door.keeper.batches(), 0);
}
