//! `Expect: 100-continue`: a client is told to go on only if its body is wanted.

use std::time::Duration;

use crate::support::bodies::v04;
use crate::support::{open, open_with};

#[test]
fn a_wanted_body_is_asked_for() {
    let door = open();
    let body = v04();
    let mut client = door.client();
    let length = body.len();
    client.send(
        format!("PUT /v0.3/traces HTTP/1.1\r\nContent-Type: application/msgpack\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n")
            .as_bytes(),
    );
    assert_eq!(client.head().status, 100);
    client.send(&body);
    assert_eq!(client.answer().status, 200);
    assert_eq!(door.keeper.spans(), 1);
}

#[test]
fn an_unwanted_body_is_neither_asked_for_nor_waited_for() {
    let door = open_with(|options, _| options.body_timeout = Duration::from_secs(60));
    for (path, length, status) in [("/v0.4/traces", 26_214_400, 413), ("/v0.6/stats", 10, 404)] {
        let mut client = door.client();
        client.send(
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n")
                .as_bytes(),
        );
        assert_eq!(client.answer().status, status, "{path}");
        client.wait_for_end();
    }
}
