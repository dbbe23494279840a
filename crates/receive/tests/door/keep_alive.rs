//! A connection goes on after every answer, whether its body was read or not.

use std::time::Duration;

use crate::support::bodies::{JSON, MSGPACK, good, v04};
use crate::support::{open, open_with, request};

#[test]
fn after_each_error_the_next_request_is_answered() {
    let door = open();
    let mut client = door.client();
    let large = vec![b'x'; 300_000];
    let cross_site = ("Sec-Fetch-Site", "cross-site");
    let cases = [
        (request("POST", "/v0.4/traces", &[MSGPACK], b"\xc1"), 400),
        (request("POST", "/v0.4/traces", &[JSON], b""), 400),
        (request("POST", "/v0.4/traces", &[MSGPACK, cross_site], &large), 403),
        (request("POST", "/telemetry/proxy/api/v2/apmtelemetry", &[JSON], &large), 404),
        (request("POST", "/v0.2/traces", &[MSGPACK], &large), 415),
        (request("POST", "//v0.4/traces", &[MSGPACK], &large), 307),
        (request("POST", "/v0.4/services", &[JSON], &large), 200),
        (request("GET", "/info", &[JSON], &large), 200),
    ];
    for (request, status) in cases {
        assert_eq!(client.ask(&request).status, status);
        assert_eq!(client.ask(&good()).status, 200, "after {status}");
    }
    assert_eq!(door.metrics.receive_connections.get(), 1);
}

#[test]
fn requests_that_are_sent_at_once_are_answered_in_their_order() {
    let door = open();
    let mut client = door.client();
    let info = b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n".to_vec();
    let unknown = request("POST", "/v0.6/stats", &[MSGPACK], &v04());
    client.send(&[good(), info, unknown, good()].concat());
    let statuses: Vec<u16> = (0..4).map(|_| client.answer().status).collect();
    assert_eq!(statuses, [200, 200, 404, 200]);
    assert_eq!(door.keeper.spans(), 2);
}

#[test]
fn a_client_that_has_finished_sending_still_gets_its_answer() {
    let door = open();
    let mut client = door.client();
    client.send(&good());
    client.finish_sending();
    assert_eq!(client.answer().status, 200);
    client.wait_for_end();
}

#[test]
fn the_rest_of_a_body_that_nobody_reads_is_not_taken_for_a_header_that_does_not_end() {
    let door = open_with(|_, limits| limits.header_timeout = Duration::from_millis(100));
    let mut client = door.client();
    client.send(b"POST /v0.6/stats HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
    assert_eq!(client.answer().status, 404);
    client.send(b"67890");
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(client.ask(&good()).status, 200);
}
