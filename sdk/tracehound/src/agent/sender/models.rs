//! Models of the sender: applications that push, flush and stop at once, and a thread that takes what waits. A wait in a model never
//! times out, so a wake-up that gets lost is a deadlock, which the scheduler reports.

use std::time::Instant;

use shuttle::thread;

use super::super::endpoint::Endpoint;
use super::super::shared::Sleep;
use super::super::tests::stats::{concentrator, record};
use super::*;
use crate::stats::Concentrator;

/// Orders that are tried of each model, chosen by chance.
const ORDERS: usize = 2_000;

/// Any; waits end only when they are told to.
const LONG: Duration = Duration::from_secs(3_600);

fn shared(stats: Option<Concentrator>) -> Arc<Shared> {
    Arc::new(Shared::new(Endpoint::Http { host: "nowhere".to_owned(), port: 0, base_path: String::new() }, stats))
}

/// A sender whose thread runs already, in the form of [`work`].
fn running() -> (Arc<Sender>, thread::JoinHandle<()>) {
    let shared = shared(None);
    shared.lock().begin();
    let works = Arc::clone(&shared);
    let working = thread::spawn(move || work(&works));
    let sender = Sender {
        shared,
        options: Arc::default(),
        generation: fork::generation(),
        called: AtomicBool::new(false),
        launch: |_| Ok(()),
        relaunch: LONG,
        told: AtomicBool::new(false),
    };
    (Arc::new(sender), working)
}

/// The sender's thread with an agent that takes everything.
fn work(shared: &Shared) {
    loop {
        let sleep = Sleep { until: Instant::now() + LONG, planned: false, holding: false, backing_off: false };
        let wakeup = shared.sleep(&sleep);
        while let Some(batch) = shared.take_batch() {
            let count = batch.rest();
            shared.update(|state| {
                state.health.sent.add(count.traces, count.spans);
                state.queue.done(batch);
            });
        }
        shared.update(|state| state.trace_rounds.finish(wakeup.flush_traces, &Ok(())));
        if wakeup.stop {
            return shared.update(State::stopped);
        }
    }
}

/// Pushes a chunk and flushes; how many had been sent by then.
fn push_and_flush(sender: &Sender) -> u64 {
    assert!(sender.push(&[b"chunk"], 1));
    sender.flush(LONG).unwrap();
    sender.health().sent.traces
}

#[test]
fn a_flush_ends_and_by_then_what_its_caller_pushed_was_sent() {
    shuttle::check_random(
        || {
            let (sender, working) = running();
            let others = [(); 2].map(|()| {
                let sender = Arc::clone(&sender);
                thread::spawn(move || push_and_flush(&sender))
            });
            let sent = push_and_flush(&sender);
            let sent = [sent].into_iter().chain(others.map(|other| other.join().unwrap())).collect::<Vec<_>>();
            assert!(sent.iter().all(|&sent| sent >= 1) && sent.contains(&3), "{sent:?}");
            sender.shutdown(LONG).unwrap();
            working.join().unwrap();
        },
        ORDERS,
    );
}

#[test]
fn what_is_pushed_wakes_the_thread_and_is_sent_without_a_flush() {
    shuttle::check_random(
        || {
            let (sender, working) = running();
            let pushing = [(); 2].map(|()| {
                let sender = Arc::clone(&sender);
                thread::spawn(move || assert!(sender.push(&[b"chunk"], 1)))
            });
            let state = sender.shared.lock();
            drop(sender.shared.wait_while(state, LONG, |state| state.health.sent.traces < 2));
            pushing.into_iter().for_each(|thread| thread.join().unwrap());
            drop(sender);
            working.join().unwrap();
        },
        ORDERS,
    );
}

#[test]
fn what_is_pushed_while_the_sender_stops_is_sent_or_counted() {
    shuttle::check_random(
        || {
            let (sender, working) = running();
            let pushing = {
                let sender = Arc::clone(&sender);
                thread::spawn(move || (0..2).filter(|_| sender.push(&[b"chunk"], 1)).count())
            };
            let flushing = {
                let sender = Arc::clone(&sender);
                thread::spawn(move || sender.flush(LONG).map(|_| ()))
            };
            sender.shutdown(LONG).unwrap();
            pushing.join().unwrap();
            assert!(matches!(flushing.join().unwrap(), Ok(()) | Err(FlushError::Stopped)));
            working.join().unwrap();
            let health = sender.health();
            assert_eq!(health.sent.traces + health.dropped_stopped.traces, 2, "{health:?}");
            assert_eq!(health.waiting_traces, 0);
        },
        ORDERS,
    );
}

#[test]
fn what_others_count_is_counted_when_nothing_waits_any_more() {
    shuttle::check_random(
        || {
            let shared = shared(Some(concentrator()));
            let others = [(); 2].map(|()| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.lock().push_stats(&record("GET /others"));
                    shared.help_counting();
                })
            });
            shared.lock().push_stats(&record("GET /"));
            assert!(shared.count_stats(), "the record is neither waiting nor counted");
            assert!(shared.counter().unwrap().flush(0, true).is_some());
            others.into_iter().for_each(|thread| thread.join().unwrap());
        },
        ORDERS,
    );
}
