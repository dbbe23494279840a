//! `/info` for any method, and its hash on the other routes.

use crate::support::bodies::{JSON, good};
use crate::support::{open, request};

#[test]
fn info_is_one_document_for_every_method_with_the_port_that_listens() {
    let door = open();
    let answer = door.ask(b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("datadog-agent-version"), None);
    assert_eq!(answer.header("datadog-agent-state"), None);
    let document: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["config"]["receiver_port"], door.address.port());
    assert_eq!(document["version"], "7.85.1");
    assert_eq!(door.ask(b"POST /info HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}").body, answer.body);

    let mut client = door.client();
    client.send(b"HEAD /info HTTP/1.1\r\nHost: x\r\n\r\n");
    let head = client.head();
    assert_eq!((head.status, head.header("content-length")), (200, Some(answer.body.len().to_string().as_str())));
    assert_eq!(client.ask(&good()).status, 200, "no body stood in between");
}

#[test]
fn every_listed_endpoint_is_served() {
    let door = open();
    let answer = door.ask(b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n");
    let document: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let endpoints: Vec<_> = document["endpoints"].as_array().unwrap().iter().map(|e| e.as_str().unwrap()).collect();
    assert_eq!(endpoints.len(), 5);
    for path in endpoints {
        let answer = door.ask(&request("POST", path, &[JSON], b"\x92\x90\x90"));
        assert_ne!(answer.status, 404, "{path}");
    }
}
