//! Agents that answer, but do not take what they are given.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Answers the first requests with these statuses, later ones with 200.
fn agent_that_answers(statuses: &'static [u16]) -> Agent {
    let next = AtomicUsize::new(0);
    agent(move |_| match statuses.get(next.fetch_add(1, Ordering::SeqCst)) {
        Some(&status) => Reply::status(status),
        None => Reply::ok("{}"),
    })
}

#[test]
fn what_is_refused_for_good_is_dropped_and_counted() {
    for &status in &[400, 401, 403, 301, 999] {
        let agent = agent(move |_| Reply::status(status));
        let tested = Tested::new(agent.endpoint());
        tested.push(1..=3);
        assert_eq!(tested.flush(), Err(FlushError::Refused { status }));
        assert_eq!(agent.traces().len(), 1, "{status} is not tried again");
        let health = tested.sender.health();
        assert_eq!(health.dropped_refused, Count { traces: 3, spans: 3 }, "{status}");
        assert_eq!((health.waiting_traces, health.waiting_bytes), (0, 0), "{status}");
    }
}

#[test]
fn what_is_refused_for_now_is_tried_again() {
    for statuses in [&[429][..], &[500], &[503, 408], &[429, 500]] {
        let agent = agent_that_answers(statuses);
        let tested = Tested::new(agent.endpoint());
        tested.push([1]);
        assert_eq!(tested.flush().unwrap().sent.traces, 1, "{statuses:?}");
        let bodies: Vec<_> = agent.traces().into_iter().map(|seen| seen.body).collect();
        assert_eq!(bodies, vec![body(&[1]); statuses.len() + 1], "the same body each time");
    }
}

#[test]
fn after_three_tries_traces_wait_for_the_next_round() {
    let agent = agent_that_answers(&[500, 500, 503]);
    let tested = Tested::new(agent.endpoint());
    tested.push(1..=2);
    assert_eq!(tested.flush(), Err(FlushError::Refused { status: 503 }));
    assert_eq!(tested.sender.health().waiting_traces, 2);
    tested.push([3]);
    assert_eq!(tested.flush().unwrap().sent.traces, 3);
    assert_eq!(agent.traces().pop().unwrap().body, body(&[1, 2, 3]), "the oldest first");
}

#[test]
fn traces_an_agent_keeps_failing_at_go_in_the_end() {
    let agent = agent(|seen| Reply::status(if seen.body.contains(&66) { 500 } else { 200 }));
    let tested = Tested::new(agent.endpoint());
    tested.push([66]);
    let failed = (0..100).take_while(|_| tested.flush().is_err() && tested.sender.health().waiting_traces > 0).count();
    assert_eq!(failed, 4, "the fifth round is the last");
    assert_eq!(tested.sender.health().dropped_refused, Count { traces: 1, spans: 1 });
    tested.push([1]);
    assert_eq!(tested.flush().unwrap().sent.traces, 1, "others are not held up any longer");
}

#[test]
fn a_body_that_is_too_large_is_halved_until_it_fits() {
    // An agent that takes two chunks at most.
    let agent = agent(|seen| Reply::status(if seen.body.len() > 5 { 413 } else { 200 }));
    let tested = Tested::new(agent.endpoint());
    tested.push(1..=9);
    assert_eq!(tested.flush().unwrap().sent, Count { traces: 9, spans: 9 });
    let taken: Vec<_> = agent.traces().into_iter().map(|seen| seen.body).filter(|body| body.len() <= 5).collect();
    assert_eq!(taken, [body(&[1, 2]), body(&[3, 4]), body(&[5, 6]), body(&[7, 8]), body(&[9])]);
}

#[test]
fn a_single_trace_that_is_too_large_is_dropped_and_the_rest_is_sent() {
    let agent = agent(|seen| Reply::status(if seen.body.contains(&66) { 413 } else { 200 }));
    let tested = Tested::new(agent.endpoint());
    tested.push([1, 2, 66, 3]);
    assert_eq!(tested.flush(), Err(FlushError::Refused { status: 413 }));
    let health = tested.sender.health();
    assert_eq!((health.sent.traces, health.dropped_too_large), (3, Count { traces: 1, spans: 1 }));
    assert_eq!(health.waiting_bytes, 0);
}

#[test]
fn an_agent_may_refuse_before_it_has_read_the_body() {
    let agent = agent(|seen| match seen.body.len() {
        0..1_000_000 => Reply::ok("{}"),
        _ => Reply::BytesAndClose(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\n\r\npayload-too-large\n".into()),
    });
    let tested = Tested::new(agent.endpoint());
    for _ in 0..2 {
        assert!(tested.sender.push(&[&vec![1; 600_000]], 1));
    }
    assert_eq!(tested.flush().unwrap().sent.traces, 2);
}

#[test]
fn older_agents_get_the_same_bodies_at_older_endpoints() {
    for (known, status, expected) in [
        ("/v0.3/traces", 404, &["/v0.4/traces", "/v0.3/traces", "/v0.3/traces"][..]),
        ("/v0.2/traces", 405, &["/v0.4/traces", "/v0.3/traces", "/v0.2/traces", "/v0.2/traces"]),
        ("/v0.2/traces", 415, &["/v0.4/traces", "/v0.3/traces", "/v0.2/traces", "/v0.2/traces"]),
    ] {
        let agent = Agent::tcp(move |seen| if seen.path == known { Reply::ok("OK\n") } else { Reply::status(status) });
        let tested = Tested::new(agent.endpoint());
        for chunk in 1..=2 {
            tested.push([chunk]);
            assert_eq!(tested.flush().unwrap().sent.traces, 1, "{known}");
        }
        let paths: Vec<_> = agent.traces().into_iter().map(|seen| seen.path).collect();
        assert_eq!(paths, expected, "what was found out is remembered");
    }
}

#[test]
fn what_has_no_endpoint_for_traces_at_all_is_no_agent() {
    let agent = Agent::tcp(|_| Reply::status(404));
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    assert_eq!(tested.flush(), Err(FlushError::Refused { status: 404 }));
    assert_eq!(tested.sender.health().dropped_refused.traces, 1);
    tested.push([2]);
    assert!(tested.flush().is_err());
    assert_eq!(agent.traces()[3].path, "/v0.4/traces", "the next traces begin at the newest again");
}

#[test]
fn rejected_traces_are_not_forgotten_when_the_request_that_tells_of_them_fails() {
    let agent = agent_that_answers(&[500, 500, 500]);
    let tested = Tested::new(agent.endpoint());
    tested.sender.dropped_p0(5, 6);
    tested.push([1]);
    assert!(tested.flush().is_err());
    tested.sender.dropped_p0(1, 1);
    tested.flush().unwrap();
    let told: Vec<_> =
        agent.traces().iter().map(|seen| seen.header("Datadog-Client-Dropped-P0-Traces").map(str::to_owned)).collect();
    assert_eq!(told, ["5", "5", "5", "6"].map(|count| Some(count.to_owned())));
}
