//! Agents that do not answer, or not as agents do.

use std::io;
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use super::*;

const SHORT: Duration = Duration::from_millis(20);

/// Runs `act` elsewhere, so that a hang fails the test instead of stopping it.
fn without_hanging<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::sync_channel(1);
    thread::spawn(move || done.send(act()));
    result.recv_timeout(LONG).expect("it returns")
}

/// A sender that allows each request little time.
fn impatient(endpoint: Endpoint) -> Tested {
    Tested::with(endpoint, |options| {
        options.timeout = SHORT;
        options.pace.info_patience = SHORT;
    })
}

fn cause(result: Result<Flushed, FlushError>) -> String {
    match result {
        Err(FlushError::Unreachable { cause, .. }) => cause,
        other => panic!("{other:?}"),
    }
}

/// An endpoint nobody listens at.
fn nobody() -> Endpoint {
    scripted::endpoint(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

#[test]
fn an_agent_that_is_not_there_is_named_with_the_reason() {
    let endpoint = nobody();
    let address = endpoint.to_string();
    let tested = impatient(endpoint);
    tested.push([1]);
    match tested.flush() {
        Err(FlushError::Unreachable { address: told, cause }) => {
            assert_eq!(told, address);
            assert!(cause.contains("refused"), "{cause}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(tested.sender.health().waiting_traces, 1, "it may come yet");
}

#[test]
fn a_host_without_an_address_and_a_socket_that_is_no_file_are_unreachable() {
    for endpoint in [
        Endpoint::Http { host: "no such host".into(), port: 1, base_path: String::new() },
        Endpoint::Unix("/nonexistent/apm.socket".into()),
        Endpoint::Unix("/x".repeat(200).into()),
    ] {
        let tested = impatient(endpoint);
        tested.push([1]);
        cause(tested.flush());
    }
}

#[test]
fn traces_wait_for_an_agent_that_comes_later() {
    let place = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let tested = impatient(scripted::endpoint(place));
    tested.push(1..=2);
    cause(tested.flush());
    let listener = TcpListener::bind(place).unwrap();
    let agent = Agent::listen(listener, |_| Reply::ok("{}"));
    assert_eq!(tested.flush().unwrap().sent.traces, 2);
    assert_eq!(agent.traces()[0].body, body(&[1, 2]));
}

#[test]
fn a_silent_agent_costs_the_time_of_the_flush_and_no_more() {
    let silence = |bytes: &str| Reply::BytesAndSilence(bytes.into());
    for reply in [
        silence(""),
        silence("HTTP/1.1 200 O"),
        silence("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"),
        silence("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"),
        silence("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        silence("HTTP/1.1 100 Continue\r\n\r\n"),
        Reply::Drip("", "H"),
    ] {
        let agent = agent(move |_| reply.clone());
        let tested = Tested::new(agent.endpoint());
        tested.push([1]);
        let result = without_hanging(move || tested.sender.flush(SHORT));
        assert!(matches!(result, Err(FlushError::Timeout { .. })), "{result:?}");
    }
}

#[test]
fn a_request_that_takes_too_long_is_given_up() {
    for reply in [
        Reply::BytesAndSilence(Vec::new()),
        Reply::Drip("", "H"),
        Reply::Drip("HTTP/1.1 200 OK\r\n", "X: y\r\n"),
        Reply::Drip("HTTP/1.1 200 OK\r\n\r\n", " "),
        Reply::Drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "{"),
        Reply::Drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n{\r\n"),
        Reply::Drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n"),
    ] {
        let agent = agent(move |_| reply.clone());
        let tested = Tested::with(agent.endpoint(), |options| options.timeout = SHORT);
        tested.push([1]);
        assert_eq!(cause(without_hanging(move || tested.flush())), "no answer within the time allowed");
    }
}

#[test]
fn an_agent_that_listens_but_never_accepts_is_given_up() {
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let tested = impatient(scripted::endpoint(deaf.local_addr().unwrap()));
    // More than the system's buffers hold, so that writing stops too.
    for _ in 0..7 {
        assert!(tested.sender.push(&[&vec![0; 1_000_000]], 1));
    }
    assert_eq!(cause(without_hanging(move || tested.flush())), "no answer within the time allowed");
}

#[test]
fn half_an_answer_or_none_is_no_answer() {
    for (reply, expected) in [
        ("", "closed before the answer was whole"),
        ("HTTP/1.1 200", "closed before the answer was whole"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "closed before the answer was whole"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}", "closed before the answer was whole"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", "closed before the answer was whole"),
        ("SSH-2.0-OpenSSH_9.6\r\n", "not HTTP/1"),
        ("HTTP/2 200\r\n\r\n", "not HTTP/1"),
        ("HTTP/1.1 abc\r\n\r\n", "without a status"),
        ("HTTP/1.1\r\n\r\n", "without a status"),
        ("HTTP/1.1 20\u{e9} OK\r\n\r\n", "without a status"),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "no number"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", "no number"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "without a length"),
    ] {
        let agent = agent(move |_| Reply::BytesAndClose(reply.into()));
        let tested = Tested::new(agent.endpoint());
        tested.push([1]);
        let cause = cause(tested.flush());
        assert!(cause.contains(expected), "{reply:?}: {cause}");
        assert_eq!(tested.sender.health().waiting_traces, 1, "{reply:?}");
    }
}

#[test]
fn what_has_no_end_is_cut_off() {
    for reply in [
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000),
        "H".repeat(100_000),
        format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(100_000)),
        format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(20_000)),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", "1".repeat(100_000)),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{}", "X: y\r\n".repeat(20_000)),
    ] {
        let agent = agent(move |_| Reply::BytesAndSilence(reply.clone().into()));
        let tested = Tested::new(agent.endpoint());
        tested.push([1]);
        let cause = cause(without_hanging(move || tested.flush()));
        assert!(cause.contains("without"), "{cause}");
    }
}

#[test]
fn an_answer_that_is_too_long_counts_by_its_status() {
    for headers in ["Content-Length: 100000000\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"] {
        let mut answer = format!("HTTP/1.1 200 OK\r\n{headers}").into_bytes();
        answer.resize(answer.len() + 1_100_000, b' ');
        let agent = agent(move |_| Reply::BytesAndSilence(answer.clone()));
        let tested = Tested::new(agent.endpoint());
        for chunk in 1..=2 {
            tested.push([chunk]);
            assert_eq!(tested.flush().unwrap().sent.traces, 1, "{headers:?}");
        }
        let connections: Vec<_> = agent.traces().iter().map(|seen| seen.connection).collect();
        assert_ne!(connections[0], connections[1], "what is left of the answer is not read as the next one");
    }
}

#[test]
fn errors_of_the_system_have_words() {
    let timed_out = || io::Error::from(io::ErrorKind::TimedOut);
    assert_eq!(
        super::super::http::HttpError::Connect(timed_out()).to_string(),
        "no connection within the time allowed"
    );
    assert_eq!(super::super::http::HttpError::Io(timed_out()).to_string(), "no answer within the time allowed");
}
