//! Answers in every form HTTP allows. Source: RFC 9112.

use super::super::http::{Client, Request};
use super::*;

const REQUEST: Request<'_> = Request { method: "GET", path: "/", headers: "", body: &[] };

/// The status and body of an answer, and whether the connection is used again.
fn exchange(reply: Reply) -> (u16, Vec<u8>, bool) {
    let agent = Agent::tcp(move |_| reply.clone());
    let mut client = Client::new(agent.endpoint());
    let answer = client.send(&REQUEST, LONG).unwrap();
    let _ = client.send(&REQUEST, LONG);
    let again = agent.seen().get(1).is_some_and(|second| second.connection == 0);
    (answer.status, answer.body, again)
}

#[test]
fn a_body_ends_where_the_head_says() {
    for (answer, expected, again) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "{}", true),
        ("HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\n{}", "{}", true),
        ("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", "{}", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", true),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", "{}", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", "{}", true),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n00A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
            "0123456789",
            true,
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "{}", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", "{}", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\n{}", "{}", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 500 Smuggled\r\n\r\n", "{}", false),
        ("HTTP/1.1 204 No Content\r\n\r\n", "", true),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            "{}",
            true,
        ),
    ] {
        let (_, body, used_again) = exchange(Reply::Bytes(answer.into()));
        assert_eq!((body.as_slice(), used_again), (expected.as_bytes(), again), "{answer:?}");
    }
}

#[test]
fn a_body_without_a_length_ends_with_the_connection() {
    let answer = b"HTTP/1.1 500 Oops\r\n\r\nout of memory";
    assert_eq!(exchange(Reply::BytesAndClose(answer.into())), (500, b"out of memory".into(), false));
}

#[test]
fn header_names_are_found_in_any_case() {
    let agent = Agent::tcp(|_| Reply::with(200, "datadog-AGENT-state:  abc \r\nno colon\r\n", ""));
    let answer = Client::new(agent.endpoint()).send(&REQUEST, LONG).unwrap();
    assert_eq!(answer.header("Datadog-Agent-State"), Some("abc"));
    assert_eq!(answer.header("no colon"), None);
}

#[test]
fn a_broken_connection_is_replaced_once_and_not_for_ever() {
    let agent = Agent::tcp(|seen| match seen.connection {
        0 if seen.path == "/first" => Reply::ok(""),
        _ => Reply::BytesAndClose(Vec::new()),
    });
    let mut client = Client::new(agent.endpoint());
    client.send(&Request { path: "/first", ..REQUEST }, LONG).unwrap();
    assert!(client.send(&REQUEST, LONG).is_err());
    assert_eq!(agent.seen().len(), 3, "once on the old connection, once on a new one");
}
