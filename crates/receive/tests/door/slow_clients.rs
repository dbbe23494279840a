//! Slow and silent clients are cut off, and do not keep others waiting.

use std::io::ErrorKind;
use std::time::Duration;

use crate::support::bodies::{good, v04};
use crate::support::{Client, eventually, open, open_with};

const SHORT: Duration = Duration::from_millis(150);

#[test]
fn a_header_that_does_not_end_ends_the_connection_however_its_bytes_trickle() {
    let door = open_with(|_, limits| limits.header_timeout = SHORT);
    let mut client = door.client();
    client.send(b"POST /v0.4/traces HTTP/1.1\r\n");
    client.wait_for_end();

    let mut trickling = door.client();
    let mut headers = (0..500).map(|n| format!("X-{n}: 1\r\n"));
    trickling.send(b"GET /info HTTP/1.1\r\n");
    let is_cut_off = headers.any(|header| {
        std::thread::sleep(Duration::from_millis(20));
        trickling.try_send(header.as_bytes()).is_err()
    });
    assert!(is_cut_off, "ten seconds of header");
}

#[test]
fn a_body_that_does_not_come_is_408_and_ends_the_connection() {
    let door = open_with(|options, _| options.body_timeout = SHORT);
    for head in ["Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"] {
        let mut client = door.client();
        client.send(format!("POST /v0.4/traces HTTP/1.1\r\nHost: x\r\n{head}\r\n").as_bytes());
        let answer = client.answer();
        assert_eq!((answer.status, answer.body.as_str()), (408, "timeout\n"), "{head}");
        assert_eq!(answer.header("connection"), Some("close"), "{head}");
        client.wait_for_end();
    }
    assert_eq!(door.metrics.payloads_rejected.get(["timeout", "408"]), 2);
}

#[test]
fn a_body_that_ends_early_is_counted_and_given_back() {
    let door = open();
    let mut client = door.client();
    client.send(b"POST /v0.4/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n\x91\x91");
    client.finish_sending();
    eventually("counted", || door.metrics.payloads_rejected.get(["incomplete", "400"]) == 1);
    eventually("given back", || door.metrics.receive_budget_bytes.get() == 0);
    eventually("closed", || door.metrics.receive_connections.get() == 0);
}

#[test]
fn an_idle_connection_is_closed_before_and_after_a_request() {
    let door = open_with(|_, limits| limits.idle_timeout = SHORT);
    door.client().wait_for_end();
    let mut client = door.client();
    assert_eq!(client.ask(&good()).status, 200);
    client.wait_for_end();
    eventually("closed", || door.metrics.receive_connections.get() == 0);
}

#[test]
fn a_client_that_takes_no_answers_is_cut_off() {
    let door = open_with(|_, limits| (limits.write_timeout, limits.idle_timeout) = (SHORT, Duration::MAX));
    let mut client = door.client();
    let requests = b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
    // The answers are thirty times as large, so the buffers in between are full after a few rounds.
    let cut_off = (0..1_000).find_map(|_| client.try_send(&requests).err()).expect("there is an end to buffers");
    assert!(matches!(cut_off.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{cut_off}");
    eventually("closed", || door.metrics.receive_connections.get() == 0);
}

#[test]
fn hundreds_of_slow_connections_do_not_keep_a_good_client_waiting() {
    let door = open();
    let beginnings: [&[u8]; 3] = [
        b"",
        b"POST /v0.4/traces HTTP/1.1\r\nHost:",
        b"POST /v0.4/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 26214399\r\n\r\n\x91",
    ];
    let mut slow: Vec<Client> = Vec::new();
    for beginning in beginnings.iter().cycle().take(300) {
        let mut client = door.client();
        client.send(beginning);
        slow.push(client);
    }
    eventually("all are there", || door.metrics.receive_connections.get() == 300);
    let mut good_client = door.client();
    for _ in 0..20 {
        assert_eq!(good_client.ask(&good()).status, 200);
    }
    assert_eq!(door.keeper.spans(), 20);
    assert!(door.metrics.receive_budget_bytes.get() <= 100, "announced bytes take no room");
}

#[test]
fn a_body_in_many_small_pieces_is_taken() {
    let door = open();
    let body = v04();
    let mut client = door.client();
    let head = format!(
        "POST /v0.4/traces HTTP/1.1\r\nContent-Type: application/msgpack\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    for piece in [head.as_bytes(), &body].concat().chunks(7) {
        client.send(piece);
    }
    assert_eq!(client.answer().status, 200);
    assert_eq!(door.keeper.spans(), 1);
}
