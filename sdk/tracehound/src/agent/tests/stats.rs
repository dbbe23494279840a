//! Stats on their way. What they hold is the business of `stats`.

use super::*;
use crate::stats::{Concentrator, Meta, PeerKeys, StatsFacts, record_span};

pub(in crate::agent) fn concentrator() -> Concentrator {
    Concentrator::new(Meta::default(), 100, 0)
}

/// A top-level span of this resource, and nothing else.
struct Span(&'static str);

impl StatsFacts for Span {
    fn service(&self) -> &str {
        "shop"
    }
    fn name(&self) -> &str {
        "web.request"
    }
    fn resource(&self) -> &str {
        self.0
    }
    fn span_type(&self) -> &str {
        ""
    }
    fn service_source(&self) -> &str {
        ""
    }
    fn base_service(&self) -> &str {
        ""
    }
    fn origin(&self) -> &str {
        ""
    }
    fn is_trace_root(&self) -> bool {
        true
    }
    fn is_top_level(&self) -> bool {
        true
    }
    fn is_measured(&self) -> bool {
        false
    }
    fn is_error(&self) -> bool {
        false
    }
    fn start_ns(&self) -> u64 {
        0
    }
    fn duration_ns(&self) -> u64 {
        1
    }
    fn each_text<'a>(&'a self, _: &mut dyn FnMut(&'a str, &'a str)) {}
    fn each_number<'a>(&'a self, _: &mut dyn FnMut(&'a str, f64)) {}
}

/// An agent whose answers to traces and stats differ.
fn agent_with(stats: impl Fn() -> Reply + Send + Sync + 'static) -> Agent {
    agent(move |seen| if seen.is_traces() { Reply::ok("{}") } else { stats() })
}

fn counting(endpoint: Endpoint) -> Tested {
    Tested::with(endpoint, |options| options.stats = Some(concentrator()))
}

pub(in crate::agent) fn record(resource: &'static str) -> Vec<u8> {
    let mut bytes = Vec::new();
    assert!(record_span(&Span(resource), &PeerKeys::default(), &mut bytes));
    bytes
}

fn payloads(agent: &Agent) -> Vec<Seen> {
    agent.seen().into_iter().filter(|seen| seen.path == "/v0.6/stats").collect()
}

#[test]
fn a_flush_of_stats_sends_what_was_counted_in_one_request() {
    let agent = agent_with(|| Reply::status(200));
    let tested = counting(agent.endpoint());
    tested.sender.ready(LONG).unwrap();
    tested.sender.push_stats(&record("GET /first"));
    tested.sender.push_stats(&record("GET /second"));
    assert_eq!(tested.sender.flush_stats(LONG).unwrap().stats_payloads, 1);
    let [request] = &payloads(&agent)[..] else { panic!("one request") };
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("Content-Type"), Some("application/msgpack"));
    assert_eq!(request.header("Datadog-Meta-Lang"), Some("rust"));
    for resource in ["GET /first", "GET /second"] {
        assert!(request.body.windows(resource.len()).any(|window| window == resource.as_bytes()), "{resource}");
    }
}

#[test]
fn without_records_no_stats_are_sent() {
    let agent = agent_with(|| Reply::status(200));
    let tested = counting(agent.endpoint());
    assert_eq!(tested.sender.flush_stats(LONG), Ok(Flushed::default()));
    tested.sender.shutdown(LONG).unwrap();
    assert_eq!(payloads(&agent).len(), 0);
}

#[test]
fn traces_say_that_they_were_counted_if_the_agent_offers_that() {
    for (info, expected) in [
        (INFO, Some("true")),
        (r#"{"version":"7.85.1","endpoints":["/v0.4/traces","/v0.6/stats"]}"#, None),
        (r#"{"version":"7.85.1","endpoints":["/v0.4/traces"],"client_drop_p0s":true}"#, None),
    ] {
        let agent = Agent::tcp(move |seen| if seen.path == "/info" { Reply::ok(info) } else { Reply::ok("{}") });
        let tested = counting(agent.endpoint());
        tested.sender.ready(LONG).unwrap();
        tested.push([1]);
        tested.flush().unwrap();
        assert_eq!(agent.traces()[0].header("Datadog-Client-Computed-Stats"), expected, "{info}");
    }
}

#[test]
fn the_tracer_learns_of_stats_after_the_queue_has() {
    let agent = agent(|_| Reply::ok("{}"));
    let pushing = Arc::new(std::sync::OnceLock::<Arc<Sender>>::new());
    let late = Arc::clone(&pushing);
    let tested = Tested::with(agent.endpoint(), |options| {
        options.stats = Some(concentrator());
        options.on_info = Box::new(move |_| {
            let sender = late.get().expect("nothing is asked before the sender begins");
            assert!(sender.push(&[&[0x90]], 0), "what waited for the answer");
        });
    });
    assert!(pushing.set(Arc::clone(&tested.sender)).is_ok());
    tested.sender.ready(LONG).unwrap();
    tested.flush().unwrap();
    assert_eq!(agent.traces()[0].header("Datadog-Client-Computed-Stats"), Some("true"));
}

#[test]
fn stats_without_an_environment_have_that_of_the_agent() {
    let info =
        r#"{"version":"7.85.1","endpoints":["/v0.6/stats"],"client_drop_p0s":true,"config":{"default_env":"staging"}}"#;
    let agent = Agent::tcp(move |_| Reply::ok(info));
    let tested = counting(agent.endpoint());
    tested.sender.ready(LONG).unwrap();
    tested.sender.push_stats(&record("GET /"));
    tested.sender.flush_stats(LONG).unwrap();
    assert!(payloads(&agent)[0].body.windows(8).any(|window| window == b"\xa7staging"));
}

#[test]
fn stats_wait_for_an_agent_that_has_no_time() {
    let left = std::sync::atomic::AtomicI32::new(3);
    let agent = agent_with(move || match left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) {
        1.. => Reply::status(503),
        _ => Reply::status(200),
    });
    let tested = counting(agent.endpoint());
    tested.sender.ready(LONG).unwrap();
    tested.sender.push_stats(&record("GET /kept"));
    assert_eq!(tested.sender.flush_stats(LONG), Err(FlushError::Refused { status: 503 }));
    assert_eq!(tested.sender.flush_stats(LONG).unwrap().stats_payloads, 1);
    let bodies: Vec<_> = payloads(&agent).into_iter().map(|seen| seen.body).collect();
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "the same payload each time");
}

#[test]
fn stats_an_agent_does_not_take_are_dropped_and_counted() {
    for status in [400, 404, 413] {
        let agent = agent_with(move || Reply::status(status));
        let tested = counting(agent.endpoint());
        tested.sender.ready(LONG).unwrap();
        tested.sender.push_stats(&record("GET /gone"));
        assert_eq!(tested.sender.flush_stats(LONG), Err(FlushError::Refused { status }));
        assert_eq!(tested.sender.flush_stats(LONG), Ok(Flushed::default()), "nothing is left");
        let health = tested.sender.health();
        assert_eq!((health.stats_sent, health.stats_dropped), (0, 1), "{status}");
    }
}

/// How many spans all these payloads count.
fn hits(payloads: &[Seen]) -> u64 {
    let list = |value: &rmpv::Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let bodies = payloads.iter().map(|seen| rmpv::decode::read_value(&mut &seen.body[..]).unwrap());
    let rows = bodies.flat_map(|body| list(&body, "Stats")).flat_map(|bucket| list(&bucket, "Stats"));
    rows.map(|row| row["Hits"].as_u64().unwrap()).sum()
}

#[test]
fn while_an_agent_takes_its_time_whoever_brings_records_counts_them() {
    let (asked, is_asked) = std::sync::mpsc::sync_channel(1);
    let (let_answer, may_answer) = std::sync::mpsc::channel::<()>();
    let may_answer = Mutex::new(may_answer);
    let agent = agent_with(move || {
        let _ = asked.try_send(());
        // Until the other end is gone.
        let _ = may_answer.lock().unwrap().recv();
        Reply::status(200)
    });
    let tested = counting(agent.endpoint());
    tested.sender.ready(LONG).unwrap();
    tested.sender.push_stats(&record("GET /"));
    let sender = Arc::clone(&tested.sender);
    let flushing = std::thread::spawn(move || sender.flush_stats(LONG));
    is_asked.recv_timeout(LONG).unwrap();

    // Several times what may wait.
    let records = record("GET /").repeat(100);
    let pushes = 16 * 1024 * 1024 / records.len();
    (0..pushes).for_each(|_| tested.sender.push_stats(&records));
    assert_eq!(tested.sender.health().stats_lost_bytes, 0);

    drop(let_answer);
    flushing.join().unwrap().unwrap();
    tested.sender.flush_stats(LONG).unwrap();
    assert_eq!(hits(&payloads(&agent)), 1 + 100 * pushes as u64);
}

#[test]
fn records_that_find_no_room_are_counted_in_bytes() {
    let agent = agent_with(|| Reply::status(200));
    let tested = counting(agent.endpoint());
    let records = record("GET /").repeat(100);
    let shared = tested.sender.shared();
    // Nobody counts meanwhile.
    let counter = shared.counter();
    let fit = 4 * 1024 * 1024 / records.len();
    (0..fit + 2).for_each(|_| tested.sender.push_stats(&records));
    drop(counter);
    assert_eq!(tested.sender.health().stats_lost_bytes, 2 * records.len() as u64);
    tested.sender.flush_stats(LONG).unwrap();
    assert_eq!(hits(&payloads(&agent)), 100 * fit as u64);
}
