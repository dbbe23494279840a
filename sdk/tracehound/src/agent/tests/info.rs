//! What an agent says of itself, and when it is asked.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const SHORT: Duration = Duration::from_millis(20);

#[test]
fn the_agent_is_asked_before_anything_is_sent() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    tested.flush().unwrap();
    let asked: Vec<_> = agent.seen().into_iter().map(|seen| (seen.method, seen.path)).collect();
    assert_eq!(asked, [("GET".into(), "/info".into()), ("PUT".into(), "/v0.4/traces".into())]);
    assert_eq!(*tested.infos.lock().unwrap(), [Info::parse(INFO.as_bytes())]);
}

#[test]
fn ready_waits_for_the_answer() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    assert_eq!(tested.sender.ready(LONG), Ok(()));
    assert_eq!(tested.infos.lock().unwrap().len(), 1, "the tracer knows before ready returns");
}

#[test]
fn ready_keeps_asking_and_says_why_it_gave_up() {
    let asked = AtomicUsize::new(0);
    let agent = Agent::tcp(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0..3 => Reply::status(503),
        _ => Reply::ok(INFO),
    });
    assert_eq!(Tested::new(agent.endpoint()).sender.ready(LONG), Ok(()));

    let busy = Agent::tcp(|_| Reply::status(503));
    let tested = Tested::new(busy.endpoint());
    let expected =
        NotReady::Unreachable { address: busy.endpoint().to_string(), cause: "it answered with status 503".into() };
    assert_eq!(tested.sender.ready(Duration::from_millis(200)), Err(expected));
}

#[test]
fn an_old_agent_offers_nothing() {
    let agent = Agent::tcp(|seen| if seen.path == "/info" { Reply::status(404) } else { Reply::ok("{}") });
    let tested = Tested::new(agent.endpoint());
    tested.sender.ready(LONG).unwrap();
    assert_eq!(*tested.infos.lock().unwrap(), [Some(Info::default())]);
}

#[test]
fn traces_wait_for_the_answer_but_not_for_ever() {
    for reply in [
        Reply::BytesAndSilence(Vec::new()),
        Reply::BytesAndClose(Vec::new()),
        Reply::Drip("HTTP/1.1 200 OK\r\n\r\n", "["),
        Reply::with(307, "Location: /elsewhere\r\n", ""),
        Reply::status(401),
        Reply::status(500),
        Reply::ok("<html>"),
        Reply::ok("{"),
    ] {
        let agent = Agent::tcp(move |seen| if seen.path == "/info" { reply.clone() } else { Reply::ok("{}") });
        let tested = Tested::with(agent.endpoint(), |options| options.pace.info_patience = SHORT);
        tested.push([1]);
        assert_eq!(tested.flush().unwrap().sent.traces, 1);
        assert_eq!(tested.infos.lock().unwrap()[0], None, "the tracer is told that nothing is known");
    }
}

#[test]
fn another_state_of_the_agent_is_a_reason_to_ask_again() {
    let asked = AtomicUsize::new(0);
    let agent = Agent::tcp(move |seen| match seen.path.as_str() {
        "/info" if asked.fetch_add(1, Ordering::SeqCst) == 0 => Reply::ok(r#"{"version":"1"}"#),
        "/info" => Reply::ok(r#"{"version":"2"}"#),
        _ => Reply::with(
            200,
            if seen.body == body(&[1]) { "Datadog-Agent-State: a\r\n" } else { "Datadog-Agent-State: b\r\n" },
            "{}",
        ),
    });
    let tested = Tested::new(agent.endpoint());
    for (chunk, expected) in [(1, &["1"][..]), (2, &["1"]), (3, &["1", "2"]), (4, &["1", "2"])] {
        tested.push([chunk]);
        tested.flush().unwrap();
        let infos = tested.infos.lock().unwrap();
        let versions: Vec<_> = infos.iter().flatten().map(|info| info.version.as_str()).collect();
        assert_eq!(versions, expected, "after trace {chunk}");
    }
}

#[test]
fn an_agent_that_names_another_state_each_time_is_not_asked_without_end() {
    let answers = AtomicUsize::new(0);
    let agent = Agent::tcp(move |_| {
        let headers = format!("Datadog-Agent-State: {}\r\n", answers.fetch_add(1, Ordering::SeqCst));
        Reply::with(200, &headers, INFO)
    });
    let tested = Tested::new(agent.endpoint());
    for chunk in 1..=5 {
        tested.push([chunk]);
        tested.flush().unwrap();
    }
    let asked = agent.seen().len() - agent.traces().len();
    // It wakes up for each push and each flush at most, and before the first.
    assert!(asked <= 11, "asked {asked} times");
    assert_eq!(tested.infos.lock().unwrap().len(), 1, "and the answer is always the same");
}

#[test]
fn an_agent_that_was_away_is_asked_again() {
    let place = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let version = |version: &'static str| {
        move |seen: &Seen| if seen.path == "/info" { Reply::ok(version) } else { Reply::ok("{}") }
    };
    let listen = || std::net::TcpListener::bind(place).unwrap();
    let first = Agent::listen(listen(), version(r#"{"version":"1"}"#));
    let tested = Tested::new(first.endpoint());
    tested.sender.ready(LONG).unwrap();
    drop(first);
    tested.push([1]);
    assert!(matches!(tested.flush(), Err(FlushError::Unreachable { .. })));
    let _second = Agent::listen(listen(), version(r#"{"version":"2"}"#));
    tested.flush().unwrap();
    tested.flush().unwrap();
    let infos = tested.infos.lock().unwrap();
    let versions: Vec<_> = infos.iter().flatten().map(|info| info.version.as_str()).collect();
    assert_eq!(versions, ["1", "2"]);
}

#[test]
fn the_answer_names_the_endpoint_for_traces() {
    let agent = Agent::tcp(|seen| match seen.path.as_str() {
        "/info" => Reply::ok(r#"{"endpoints":["/v0.2/traces","/v0.3/traces","/v0.5/traces"]}"#),
        _ => Reply::ok("{}"),
    });
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    tested.flush().unwrap();
    assert_eq!(agent.traces()[0].path, "/v0.3/traces");
}
