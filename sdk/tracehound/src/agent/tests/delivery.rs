//! What reaches an agent that takes everything.

use super::*;

#[test]
fn a_flush_brings_all_chunks_in_one_request() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.push(1..=3);
    let flushed = tested.flush().unwrap();
    assert_eq!(flushed.sent, Count { traces: 3, spans: 3 });
    let [request] = &agent.traces()[..] else { panic!("one request") };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", "/v0.4/traces"));
    assert_eq!(request.body, body(&[1, 2, 3]));
}

// Source: agent-protocol 1.3 and the recordings of other tracers.
#[test]
fn the_headers_say_what_the_body_holds_and_who_sends() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::with(agent.endpoint(), |options| {
        options.surroundings.external_env = Some("it-false,cn-weblog".into());
    });
    tested.push(1..=2);
    tested.flush().unwrap();
    let request = &agent.traces()[0];
    for (name, expected) in [
        ("Content-Type", Some("application/msgpack")),
        ("X-Datadog-Trace-Count", Some("2")),
        ("Datadog-Meta-Lang", Some("rust")),
        ("Datadog-Client-Computed-Top-Level", Some("true")),
        ("Datadog-Send-Real-Http-Status", Some("true")),
        ("Datadog-External-Env", Some("it-false,cn-weblog")),
        ("Datadog-Client-Computed-Stats", None),
        ("Datadog-Client-Dropped-P0-Traces", None),
        ("X-Datadog-Process-Tags", None),
    ] {
        assert_eq!(request.header(name), expected, "{name}");
    }
}

#[test]
fn a_flush_without_traces_sends_nothing() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    assert_eq!(tested.flush(), Ok(Flushed::default()));
    assert_eq!(agent.traces().len(), 0);
}

#[test]
fn traces_are_sent_after_a_while_without_a_flush() {
    let (told, heard) = std::sync::mpsc::sync_channel(1);
    let agent = agent(move |seen| {
        let _ = told.try_send(seen.body.clone());
        Reply::ok("{}")
    });
    let tested = Tested::with(agent.endpoint(), |options| options.pace.traces = Duration::from_millis(1));
    tested.push([7]);
    assert_eq!(heard.recv_timeout(LONG).unwrap(), body(&[7]));
}

#[test]
fn a_full_batch_is_sent_without_waiting() {
    let (told, heard) = std::sync::mpsc::sync_channel(1);
    let agent = agent(move |seen| {
        let _ = told.try_send(seen.body.len());
        Reply::ok("{}")
    });
    let tested = Tested::new(agent.endpoint());
    tested.sender.ready(LONG).unwrap();
    for _ in 0..3 {
        assert!(tested.sender.push(&[&vec![0; 1_000_000]], 1));
    }
    assert_eq!(heard.recv_timeout(LONG).unwrap(), 1 + 2_000_000, "two chunks of the three fill a batch");
}

#[test]
fn one_connection_carries_everything() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    for chunk in 1..=5 {
        tested.push([chunk]);
        tested.flush().unwrap();
    }
    assert_eq!(agent.traces().len(), 5);
    assert!(agent.seen().iter().all(|seen| seen.connection == 0));
}

#[test]
fn a_connection_closed_while_idle_costs_nothing() {
    let agent = agent(|_| Reply::BytesAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".into()));
    let tested = Tested::new(agent.endpoint());
    for chunk in 1..=5 {
        tested.push([chunk]);
        assert_eq!(tested.flush().unwrap().sent.traces, 1);
    }
    assert_eq!(agent.traces().len(), 5);
}

#[test]
fn rates_are_handed_on_and_their_version_is_told() {
    let agent = agent(|_| {
        let headers = "Datadog-Rates-Payload-Version: v7\r\n";
        Reply::with(
            200,
            headers,
            r#"{"rate_by_service":{"service:,env:":1,"service:shop,env:prod":0.25,"service:odd,env:":"x"}}"#,
        )
    });
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    tested.flush().unwrap();
    tested.push([2]);
    tested.flush().unwrap();
    let rates = tested.rates.lock().unwrap();
    assert!(rates.contains(&("service:,env:".into(), 1.0)) && rates.contains(&("service:shop,env:prod".into(), 0.25)));
    assert!(rates.iter().all(|(key, _)| !key.contains("odd")), "a rate that is no number is none");
    let told: Vec<_> =
        agent.traces().iter().map(|seen| seen.header("Datadog-Rates-Payload-Version").map(str::to_owned)).collect();
    assert_eq!(told, [Some("unknown".to_owned()), Some("v7".to_owned())]);
}

#[test]
fn an_answer_without_rates_changes_none() {
    for answer in ["{}", r#"{"rate_by_service":{}}"#, r#"{"rate_by_service":[]}"#, "OK\n", "", "[1", "null"] {
        let agent = agent(move |_| Reply::ok(answer));
        let tested = Tested::new(agent.endpoint());
        tested.push([1]);
        assert_eq!(tested.flush().unwrap().sent.traces, 1, "{answer}");
        assert_eq!(*tested.rates.lock().unwrap(), [], "{answer}");
    }
}

#[test]
fn rejected_traces_are_told_with_the_next_ones() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.sender.dropped_p0(2, 9);
    tested.sender.dropped_p0(1, 1);
    tested.push([1]);
    tested.flush().unwrap();
    tested.push([2]);
    tested.flush().unwrap();
    let told: Vec<_> = agent.traces().iter().map(p0).collect();
    assert_eq!(told, [(Some("3".into()), Some("10".into())), (None, None)]);
}

#[test]
fn rejected_traces_are_told_even_if_there_are_no_others() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.sender.dropped_p0(4, 8);
    tested.flush().unwrap();
    let [request] = &agent.traces()[..] else { panic!("one request") };
    assert_eq!((request.header("X-Datadog-Trace-Count"), &request.body[..]), (Some("0"), &[0x90][..]));
    assert_eq!(p0(request), (Some("4".into()), Some("8".into())));
    assert_eq!(tested.sender.health().dropped_p0, Count { traces: 4, spans: 8 });
}

fn p0(seen: &Seen) -> (Option<String>, Option<String>) {
    let header = |name| seen.header(name).map(str::to_owned);
    (header("Datadog-Client-Dropped-P0-Traces"), header("Datadog-Client-Dropped-P0-Spans"))
}

#[test]
fn a_base_path_stands_before_every_path() {
    let agent = Agent::tcp(|_| Reply::ok("{}"));
    let Endpoint::Http { host, port, .. } = agent.endpoint() else { panic!("an agent on TCP") };
    let tested = Tested::new(Endpoint::Http { host, port, base_path: "/proxy/".into() });
    tested.push([1]);
    tested.flush().unwrap();
    let paths: Vec<_> = agent.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/proxy/info", "/proxy/v0.4/traces"]);
}

#[test]
fn an_agent_on_ipv6_is_reached() {
    // Where there is no IPv6 there is nothing to test.
    let Ok(listener) = std::net::TcpListener::bind("[::1]:0") else { return };
    let agent = Agent::listen(listener, |_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    assert_eq!(tested.flush().unwrap().sent.traces, 1);
    assert!(agent.traces()[0].header("Host").unwrap().starts_with("[::1]:"));
}

#[test]
#[cfg(unix)]
fn an_agent_on_a_unix_socket_is_reached() {
    let path = std::env::temp_dir().join(format!("tracehound-agent-{}.socket", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let agent = Agent::unix(&path, |_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    assert_eq!(tested.flush().unwrap().sent.traces, 1);
    assert_eq!(agent.traces()[0].header("Host"), Some("localhost"));
    drop(agent);
    std::fs::remove_file(&path).unwrap();
}
