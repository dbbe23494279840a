//! How a sender begins, ends and bears many threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

#[test]
fn a_sender_that_has_nothing_to_do_asks_nobody() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    assert_eq!(tested.sender.health(), Health::default());
    assert_eq!((tested.flush(), tested.sender.flush_stats(LONG)), (Ok(Flushed::default()), Ok(Flushed::default())));
    drop(tested);
    assert_eq!(agent.seen().len(), 0);
}

#[test]
fn shutdown_sends_what_waits_and_then_takes_nothing_more() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.push(1..=2);
    assert_eq!(tested.sender.shutdown(LONG).unwrap().sent.traces, 2);
    assert!(!tested.sender.push(&[&[0x90]], 3));
    assert_eq!(tested.sender.health().dropped_stopped, Count { traces: 1, spans: 3 });
    assert_eq!(tested.flush(), Err(FlushError::Stopped));
    assert_eq!(tested.sender.flush_stats(LONG), Err(FlushError::Stopped));
    assert_eq!(tested.sender.shutdown(LONG), Ok(Flushed::default()), "a second time there is nothing to do");
}

#[test]
fn what_a_shutdown_cannot_send_is_counted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = scripted::endpoint(listener.local_addr().unwrap());
    drop(listener);
    let tested = Tested::with(nobody, |options| options.pace.info_patience = Duration::ZERO);
    tested.push(1..=2);
    assert!(matches!(tested.sender.shutdown(LONG), Err(FlushError::Unreachable { .. })));
    assert_eq!(tested.sender.health().dropped_stopped, Count { traces: 2, spans: 2 });
    assert_eq!(tested.sender.health().waiting_bytes, 0);
}

#[test]
fn a_shutdown_before_the_first_trace_needs_no_thread() {
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    assert_eq!(tested.sender.shutdown(LONG), Ok(Flushed::default()));
    assert!(!tested.sender.push(&[&[0x90]], 1));
    assert_eq!(tested.sender.ready(LONG), Err(NotReady::Stopped));
    assert_eq!(agent.seen().len(), 0);
}

#[test]
fn a_thread_that_does_not_start_is_tried_again_and_then_sends_what_waited() {
    static STARTS: AtomicUsize = AtomicUsize::new(0);
    fn third_time_lucky(run: Box<dyn FnOnce() + Send>) -> std::io::Result<()> {
        if STARTS.fetch_add(1, Ordering::SeqCst) < 2 {
            Err(std::io::ErrorKind::WouldBlock.into())
        } else {
            new_thread(run)
        }
    }
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::launched_by(third_time_lucky, agent.endpoint(), |_| {});
    tested.push([1]);
    assert_eq!(tested.flush(), Err(FlushError::Stopped));
    assert_eq!(tested.sender.health().waiting_traces, 1);
    tested.push([2]);
    assert_eq!(tested.flush().unwrap().sent.traces, 2);
    assert_eq!(agent.traces()[0].body, body(&[1, 2]));
    assert_eq!(STARTS.load(Ordering::SeqCst), 3);
}

#[test]
fn between_two_tries_to_start_the_thread_there_is_a_pause() {
    static STARTS: AtomicUsize = AtomicUsize::new(0);
    fn never(_: Box<dyn FnOnce() + Send>) -> std::io::Result<()> {
        STARTS.fetch_add(1, Ordering::SeqCst);
        Err(std::io::ErrorKind::WouldBlock.into())
    }
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::launched_by(never, agent.endpoint(), |options| options.pace.relaunch = LONG);
    tested.push(1..=9);
    assert_eq!((tested.flush(), tested.sender.flush_stats(LONG)), (Err(FlushError::Stopped), Err(FlushError::Stopped)));
    assert_eq!(tested.sender.ready(LONG), Err(NotReady::Stopped));
    assert_eq!(STARTS.load(Ordering::SeqCst), 1);
}

#[test]
fn a_shutdown_without_a_thread_lets_go_of_what_waits_for_one() {
    fn never(_: Box<dyn FnOnce() + Send>) -> std::io::Result<()> {
        Err(std::io::ErrorKind::WouldBlock.into())
    }
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::launched_by(never, agent.endpoint(), |_| {});
    tested.push(1..=2);
    assert_eq!(tested.sender.shutdown(LONG), Err(FlushError::Stopped));
    assert_eq!(tested.sender.health().dropped_stopped, Count { traces: 2, spans: 2 });
    assert_eq!(*tested.infos.lock().unwrap(), [None], "spans that wait for an answer of the agent go too");
    assert!(!tested.sender.call());
}

#[test]
fn a_sender_that_is_dropped_sends_what_waits() {
    let (told, heard) = std::sync::mpsc::sync_channel(1);
    let agent = agent(move |seen| {
        let _ = told.try_send(seen.body.clone());
        Reply::ok("{}")
    });
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    drop(tested);
    assert_eq!(heard.recv_timeout(LONG).unwrap(), body(&[1]));
}

#[test]
fn traces_held_back_until_info_is_known_are_sent_by_a_shutdown() {
    let agent = Agent::tcp(|seen| if seen.path == "/info" { Reply::status(500) } else { Reply::ok("{}") });
    let place = Arc::new(std::sync::OnceLock::<Arc<Sender>>::new());
    let late = Arc::clone(&place);
    let tested = Tested::with(agent.endpoint(), |options| {
        options.on_info = Box::new(move |info| {
            assert_eq!(info, None);
            late.get().expect("set before the sender begins").push(&[&[0x91, 7]], 1);
        });
    });
    assert!(place.set(Arc::clone(&tested.sender)).is_ok());
    assert!(tested.sender.call());
    assert_eq!(tested.sender.shutdown(LONG).unwrap().sent.traces, 1);
    assert_eq!(agent.traces()[0].body, body(&[7]));
}

#[test]
fn a_hundred_threads_push_and_nothing_is_lost() {
    const THREADS: u64 = 100;
    const CHUNKS: u64 = 200;
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::with(agent.endpoint(), |options| options.pace.traces = Duration::from_millis(1));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..CHUNKS).for_each(|_| assert!(tested.sender.push(&[&[0x92, 1], &[2]], 2))));
        }
    });
    tested.flush().unwrap();
    let count = THREADS * CHUNKS;
    assert_eq!(tested.sender.health().sent, Count { traces: count, spans: 2 * count });
    let received: u64 =
        agent.traces().iter().map(|seen| seen.header("X-Datadog-Trace-Count").unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(received, count);
}

#[test]
fn every_trace_is_sent_or_counted_whatever_the_agent_does() {
    const CHUNKS: u64 = 3_000;
    let requests = AtomicUsize::new(0);
    let agent = agent(move |_| match requests.fetch_add(1, Ordering::SeqCst) % 7 {
        0 => Reply::status(429),
        1 => Reply::BytesAndClose(Vec::new()),
        2 => Reply::BytesAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{".into()),
        3 => Reply::status(400),
        4 => Reply::status(413),
        _ => Reply::ok("{}"),
    });
    let tested = Tested::with(agent.endpoint(), |options| {
        options.pace.traces = Duration::from_micros(100);
        options.pace.backoff = Duration::from_micros(100);
        options.pace.max_backoff = Duration::from_micros(100);
    });
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..CHUNKS / 3).for_each(|_| tested.push([5])));
        }
    });
    // A round may fail; the next one goes on.
    while tested.sender.health().waiting_traces > 0 {
        let _ = tested.flush();
    }
    let Health { sent, dropped_refused, dropped_too_large, dropped_full, .. } = tested.sender.health();
    assert_eq!(sent.traces + dropped_refused.traces + dropped_too_large.traces, CHUNKS);
    assert_eq!(dropped_full, Count::default());
    assert_eq!(tested.sender.health().waiting_bytes, 0);
}

#[test]
fn an_agent_that_hangs_costs_eight_mebibytes_and_no_more() {
    let silent = Agent::tcp(|_| Reply::BytesAndSilence(Vec::new()));
    let tested = Tested::new(silent.endpoint());
    let chunk = vec![0; 100_000];
    let accepted = (0..200).filter(|_| tested.sender.push(&[&chunk], 3)).count();
    let health = tested.sender.health();
    assert_eq!(accepted, 83, "8 MiB hold 83 chunks of 100,000 bytes");
    assert_eq!(health.dropped_full, Count { traces: 117, spans: 3 * 117 });
    assert!(health.waiting_bytes <= 8 * 1024 * 1024);
}
