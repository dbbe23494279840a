//! A body of exactly 25 MiB is too large, one byte less is not, however it is sent. Nor may a small body stand for much.

use crate::support::bodies::{JSON, MSGPACK, chunked, json_of, v05_sharing};
use crate::support::{Door, eventually, open, request};

const CAP_BYTES: usize = 26_214_400;

fn send_chunked(door: &Door, body: &[u8]) -> (u16, String) {
    let mut client = door.client();
    client.send(b"POST /v0.4/traces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    // Refused in the middle, the rest is still taken, so that the sender comes to read its answer.
    client.send(&chunked(body, 100_000));
    let answer = client.answer();
    (answer.status, answer.body)
}

#[test]
fn one_byte_below_the_cap_is_taken() {
    let door = open();
    let body = json_of(CAP_BYTES - 1);
    assert_eq!(door.ask(&request("POST", "/v0.4/traces", &[JSON], &body)).status, 200);
    assert_eq!(send_chunked(&door, &body).0, 200);
    assert_eq!(door.keeper.spans(), 2);
}

#[test]
fn the_cap_itself_is_refused() {
    let door = open();
    let body = json_of(CAP_BYTES);
    let answer = door.ask(&request("POST", "/v0.4/traces", &[JSON], &body));
    assert_eq!((answer.status, answer.body.as_str()), (413, "payload-too-large\n"));
    assert_eq!(send_chunked(&door, &body), (413, "payload-too-large\n".to_owned()));
    assert_eq!(door.keeper.batches(), 0);
    assert_eq!(door.metrics.payloads_rejected.get(["too_large", "413"]), 2);
    assert_eq!(door.metrics.spans_received.get(), 0);
    eventually("given back", || door.metrics.receive_budget_bytes.get() == 0);
}

#[test]
fn an_announced_length_over_the_cap_is_refused_before_a_byte_of_the_body_is_there() {
    let door = open();
    for length in ["26214400", "4294967296", "9223372036854775807"] {
        let mut client = door.client();
        client.send(format!("POST /v0.5/traces HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n").as_bytes());
        assert_eq!(client.answer().status, 413, "{length}");
    }
    assert_eq!(door.metrics.receive_body_bytes.get(), 0);
}

#[test]
fn spans_that_share_a_long_string_have_at_most_a_gibibyte_of_text() {
    let door = open();
    // 25,000 bytes of tag, 19 of other text.
    for (spans, status) in [(42_000, 200), (43_000, 413)] {
        let body = v05_sharing(&"x".repeat(25_000), spans);
        let answer = door.ask(&request("POST", "/v0.5/traces", &[MSGPACK], &body));
        assert_eq!(answer.status, status, "{spans} spans in {} bytes: {}", body.len(), answer.body);
    }
    assert_eq!(door.keeper.spans(), 42_000);
    assert_eq!(door.metrics.payloads_rejected.get(["too_large_decoded", "413"]), 1);
}
