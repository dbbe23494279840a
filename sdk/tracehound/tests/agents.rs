//! The whole tracer and agents that do not do what agents should: the application goes on, and every trace is sent once or counted.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

#[path = "support/agent.rs"]
mod agent;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use agent::{Agent, Reply};
use tracehound::{FlushError, Health, Tracer};

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(60);

/// The bound on what waits to be sent, in bytes. Source: the tracer's page.
const QUEUE: u64 = 8 * 1024 * 1024;

const THREADS: u64 = 4;

fn tracer(url: &str) -> Tracer {
    Tracer::builder().service("agents").agent_url(url).setting("DD_TRACE_AGENT_TIMEOUT", "60").build()
}

/// Makes as many traces of three spans on each of some threads; gives how many there are in all.
fn make(tracer: &Tracer, traces_per_thread: u64) -> u64 {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..traces_per_thread).for_each(|_| make_one(tracer)));
        }
    });
    THREADS * traces_per_thread
}

fn make_one(tracer: &Tracer) {
    let root = tracer.span("root").root().start();
    root.set_tag("long", "x".repeat(1_000));
    root.in_scope(|| {
        tracer.span("first").start().finish();
        tracer.span("second").start().finish();
    });
}

/// Every trace that ended, by what became of it.
fn accounted(health: &Health) -> u64 {
    let Health { sent, dropped_full, dropped_refused, dropped_too_large, dropped_stopped, dropped_p0, .. } = health;
    let gone = [sent, dropped_full, dropped_refused, dropped_too_large, dropped_stopped, dropped_p0];
    gone.iter().map(|count| count.traces).sum::<u64>() + health.waiting_traces
}

/// The ids of all spans; that each came once.
fn once_each(agents: &[&Agent]) -> usize {
    let ids: Vec<u64> = agents.iter().flat_map(|agent| agent.spans()).map(|span| span.span_id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a span came twice");
    ids.len()
}

#[test]
fn what_becomes_of_traces_follows_from_what_the_agent_answers() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Fate {
        Sent,
        TooLarge,
        Refused,
        /// Kept for some rounds, as it may be the agent that fails, then refused, as it may be the traces.
        RefusedAtLast,
    }
    let cases = [
        (Reply::Status(200), Fate::Sent),
        (Reply::Status(413), Fate::TooLarge),
        (Reply::Status(400), Fate::Refused),
        (Reply::Status(429), Fate::RefusedAtLast),
        (Reply::Status(500), Fate::RefusedAtLast),
        (Reply::Status(503), Fate::RefusedAtLast),
        (Reply::Nothing, Fate::RefusedAtLast),
        (Reply::Half, Fate::RefusedAtLast),
    ];
    thread::scope(|scope| {
        for (reply, fate) in cases {
            scope.spawn(move || {
                let agent = Agent::tcp(move |_| reply);
                let tracer = tracer(agent.url());
                tracer.ready(LONG).unwrap();
                let made = make(&tracer, 5);
                let result = tracer.flush(LONG);
                assert_eq!(result.is_ok(), fate == Fate::Sent, "{reply:?}");
                if fate == Fate::RefusedAtLast {
                    assert_eq!(tracer.health().waiting_traces, made, "{reply:?}");
                    // Five rounds in all. Source: sdk.md 4.2, "retries with an end".
                    (1..5).for_each(|_| assert!(tracer.flush(LONG).is_err(), "{reply:?}"));
                }
                let health = tracer.health();
                let count = match fate {
                    Fate::Sent => health.sent,
                    Fate::TooLarge => health.dropped_too_large,
                    Fate::Refused | Fate::RefusedAtLast => health.dropped_refused,
                };
                assert_eq!((count.traces, count.spans), (made, 3 * made), "{reply:?}");
                assert_eq!(accounted(&health), made, "{reply:?}");
                assert_eq!(agent.spans().len() as u64, health.sent.spans, "{reply:?}");
            });
        }
    });
}

#[test]
fn while_an_agent_never_answers_more_is_made_than_can_wait() {
    let (let_answer, may_answer) = mpsc::channel::<()>();
    let may_answer = Mutex::new(may_answer);
    let agent = Agent::tcp(move |_| {
        // Until the other end is gone.
        let _ = may_answer.lock().unwrap().recv();
        Reply::Status(200)
    });
    let tracer = tracer(agent.url());
    tracer.ready(LONG).unwrap();
    let made = make(&tracer, 4_000);
    let health = tracer.health();
    assert_eq!(health.sent.traces, 0);
    assert!(health.dropped_full.traces > 0, "there was room for all: {health:?}");
    assert!(health.waiting_bytes <= QUEUE, "{health:?}");
    assert!(health.waiting_bytes > QUEUE - 8 * 1024, "there was room for more: {health:?}");
    assert_eq!(accounted(&health), made);

    drop(let_answer);
    tracer.flush(LONG).unwrap();
    let health = tracer.health();
    assert_eq!(health.sent.traces + health.dropped_full.traces, made, "what waited was sent");
    assert_eq!(accounted(&health), made);
    assert_eq!(once_each(&[&agent]) as u64, health.sent.spans);
}

#[test]
fn while_the_agent_does_not_say_what_it_offers_all_that_waits_for_that_is_counted() {
    // The system takes connections; nobody ever answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let tracer = Tracer::builder().agent_url(&url).setting("DD_TRACE_AGENT_TIMEOUT", "1").build();
    let few = make(&tracer, 5);
    assert_eq!(tracer.health().waiting_traces, few);
    // More than wait for the answer.
    let made = few + make(&tracer, 1_000);
    assert!(matches!(tracer.flush(LONG), Err(FlushError::Unreachable { .. })));
    assert_eq!(accounted(&tracer.health()), made);
    let made = made + make(&tracer, 1_000);
    assert_eq!(accounted(&tracer.health()), made);
}

#[test]
fn agents_come_and_go_under_load_and_no_trace_is_lost_or_sent_twice() {
    let directory = std::env::temp_dir().join(format!("tracehound-agents-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("apm.socket");
    let url = format!("unix://{}", path.display());
    let tracer = tracer(&url);
    let (over, made) = (AtomicBool::new(false), AtomicU64::new(0));
    let agents = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    // Not more than can wait, also before an agent was ever heard of, however slow the sender is.
                    if tracer.health().waiting_traces < 1_000 {
                        make_one(&tracer);
                        made.fetch_add(1, Ordering::SeqCst);
                    }
                    thread::sleep(Duration::from_millis(1));
                }
            });
        }
        let come_and_go = || {
            let agent = Agent::unix(&path, |_| Reply::Status(200));
            let sent = tracer.flush(LONG);
            agent.vanish();
            // So that there is something to send, whatever the other threads do.
            make_one(&tracer);
            made.fetch_add(1, Ordering::SeqCst);
            (agent, sent, tracer.flush(LONG))
        };
        let agents: Vec<_> = (0..4).map(|_| come_and_go()).collect();
        over.store(true, Ordering::SeqCst);
        agents
    });
    for (number, (_, here, gone)) in agents.iter().enumerate() {
        assert!(here.is_ok(), "agent {number}: {here:?}");
        assert!(matches!(gone, Err(FlushError::Unreachable { .. })), "agent {number}: {gone:?}");
    }
    let last = Agent::unix(&path, |_| Reply::Status(200));
    tracer.flush(LONG).unwrap();
    let (health, made) = (tracer.health(), made.into_inner());
    assert_eq!((health.sent.traces, health.sent.spans), (made, 3 * made), "{health:?}");
    let mut all: Vec<&Agent> = agents.iter().map(|(agent, ..)| agent).collect();
    all.push(&last);
    assert_eq!(once_each(&all) as u64, 3 * made);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn what_ends_after_a_shutdown_is_counted() {
    let agent = Agent::tcp(|_| Reply::Status(200));
    // Before the first span, so that nothing ever ran; and after one.
    for before in [0, 1] {
        let tracer = tracer(agent.url());
        (0..before).for_each(|_| make_one(&tracer));
        tracer.shutdown(LONG).unwrap();
        let made = before + make(&tracer, 5);
        let health = tracer.health();
        assert_eq!((health.sent.traces, health.dropped_stopped.traces), (before, made - before));
        assert_eq!(accounted(&health), made);
        assert_eq!(tracer.flush(LONG), Err(FlushError::Stopped));
    }
}
