//! A program that forks while its threads trace. A child has its parent's memory and none of its other threads: locks that they held
//! stay locked in it for ever, and nobody sends what waits.
//!
//! This program has its own `main`, which runs one test after the other: the standard library holds a lock of its own while a thread
//! begins or ends, and in a child that was forked right then no thread can begin. So here none begins or ends while a test forks.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/agent.rs"]
mod agent;
#[path = "support/child.rs"]
mod child;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

use agent::{Agent, Received, Reply};
use tracehound::{FlushError, Tracer, current_span, root_span, span};

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(60);

/// A function and its name.
macro_rules! test {
    ($test:ident) => {
        (stringify!($test), $test)
    };
}

#[expect(clippy::print_stdout, reason = "as a test program does")]
fn main() {
    let tests: [(&str, fn()); 7] = [
        test!(children_of_a_busy_parent_send_their_own_spans_in_its_trace_and_none_of_its_own),
        test!(a_grandchild_continues_its_parents_trace_under_its_own_runtime_id),
        test!(whatever_a_child_does_to_a_span_that_its_parents_threads_use_returns),
        test!(a_span_that_is_being_printed_is_locked_by_nobody),
        test!(a_grandchild_does_not_wait_for_the_tracer_that_a_thread_of_its_parent_was_making),
        test!(a_message_is_told_while_somebody_holds_stderr),
        test!(a_child_starts_its_own_tracer_while_a_thread_of_its_parent_is_starting_one),
    ];
    // As `cargo test` passes it: part of a name.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    for (name, test) in tests.into_iter().filter(|(name, _)| name.contains(&wanted)) {
        println!("test {name}");
        test();
        wait_for_threads();
    }
}

/// Waits until the threads of a test have ended.
fn wait_for_threads() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    // Agents and tracers that were dropped are on their way out: far less than this.
    for _ in 0..10_000 {
        if threads() == 1 {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("{} threads live on", threads() - 1);
}

fn tracer(agent: &Agent) -> Tracer {
    Tracer::builder().service("forks").agent_url(agent.url()).build()
}

fn named<'a>(spans: &'a [Received], name: &str) -> Vec<&'a Received> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// The runtime ids of the chunks that hold a span of this name.
fn runtimes(agent: &Agent, name: &str) -> BTreeSet<String> {
    let chunks = agent.chunks();
    let holding = chunks.iter().filter(|chunk| chunk.iter().any(|span| span.name == name));
    holding.map(|chunk| chunk[0].meta["runtime-id"].clone()).collect()
}

/// Runs `work` over and over on three threads for as long as `act` takes; gives how often it ran.
fn meanwhile(work: impl Fn() + Sync, act: impl FnOnce()) -> u32 {
    const THREADS: usize = 3;
    let (over, runs, begun) = (AtomicBool::new(false), AtomicU32::new(0), Barrier::new(THREADS + 1));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                begun.wait();
                while !over.load(Ordering::SeqCst) {
                    work();
                    runs.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        begun.wait();
        // A failure must not leave the threads running, which the scope waits for.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        over.store(true, Ordering::SeqCst);
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
    runs.into_inner()
}

fn children_of_a_busy_parent_send_their_own_spans_in_its_trace_and_none_of_its_own() {
    const CHILDREN: usize = 20;
    let agent = Agent::tcp(|_| Reply::Status(200));
    let tracer = tracer(&agent);
    let request = tracer.span("request").root().start();
    let busy = meanwhile(
        || {
            let busy = tracer.span("busy").root().start();
            busy.in_scope(|| tracer.span("busy.step").start().finish());
            // Not more than the agent takes.
            thread::sleep(Duration::from_micros(100));
        },
        || {
            for _ in 0..CHILDREN {
                let yes = child::says_yes(|| {
                    request.in_scope(|| tracer.span("child.step").start().finish());
                    tracer.span("child.root").root().start().finish();
                    tracer.flush(LONG).is_ok_and(|flushed| flushed.sent.spans == 2)
                });
                assert!(yes, "a child hung, or did not send what it made");
            }
        },
    );
    tracer.flush(LONG).unwrap();
    let (request_id, trace_id) = (request.span_id(), request.trace_id().low());
    request.finish();
    tracer.flush(LONG).unwrap();
    let spans = agent.spans();

    let steps = named(&spans, "child.step");
    assert_eq!(steps.len(), CHILDREN);
    assert!(steps.iter().all(|step| (step.trace_id, step.parent_id) == (trace_id, request_id)), "{steps:#?}");
    assert_eq!(named(&spans, "child.root").len(), CHILDREN);
    assert_eq!(named(&spans, "request").len(), 1, "the parent goes on, and its span is sent once");
    let lost = tracer.health().dropped_full.traces as usize;
    assert_eq!(named(&spans, "busy").len() + lost, busy as usize, "its threads' spans as well");
    let ids: BTreeSet<u64> = spans.iter().map(|span| span.span_id).collect();
    assert_eq!(ids.len(), spans.len(), "no id is made twice");

    let parents = runtimes(&agent, "request");
    let children = runtimes(&agent, "child.root");
    assert_eq!((parents.len(), children.len()), (1, CHILDREN), "every process has a runtime id of its own");
    assert_eq!(runtimes(&agent, "busy"), parents, "no child sends its parent's spans");
    assert_eq!(runtimes(&agent, "child.step"), children);
}

fn a_grandchild_continues_its_parents_trace_under_its_own_runtime_id() {
    let agent = Agent::tcp(|_| Reply::Status(200));
    let tracer = tracer(&agent);
    let first = tracer.span("first").start();
    let entered = first.enter();
    let sent = || tracer.flush(LONG).is_ok_and(|flushed| flushed.sent.spans == 1);
    let yes = child::says_yes(|| {
        let second = tracer.span("second").start();
        let entered = second.enter();
        let yes = child::says_yes(|| {
            let third = tracer.span("third").start();
            let entered = third.enter();
            let yes = child::says_yes(|| {
                tracer.span("fourth").start().finish();
                sent()
            });
            drop(entered);
            third.finish();
            yes && sent()
        });
        drop(entered);
        second.finish();
        yes && sent()
    });
    assert!(yes);
    drop(entered);
    first.finish();
    assert!(sent());

    let spans: BTreeMap<String, Received> = agent.spans().into_iter().map(|span| (span.name.clone(), span)).collect();
    let generations = ["first", "second", "third", "fourth"];
    assert_eq!(spans.len(), generations.len());
    for pair in generations.windows(2) {
        let (above, below) = (&spans[pair[0]], &spans[pair[1]]);
        assert_eq!((below.trace_id, below.parent_id), (above.trace_id, above.span_id), "{pair:?}");
    }
    let runtimes: BTreeSet<String> = generations.iter().flat_map(|name| runtimes(&agent, name)).collect();
    assert_eq!(runtimes.len(), generations.len());
}

fn whatever_a_child_does_to_a_span_that_its_parents_threads_use_returns() {
    let agent = Agent::tcp(|_| Reply::Status(200));
    let tracer = tracer(&agent);
    let owner = tracer.span("shared").start();
    let shared = owner.handle();
    let name = "x".repeat(4_096);
    // The locks of the trace and of its root are held nearly all the time.
    meanwhile(
        || {
            shared.set_tag("long", name.as_str()).set_baggage("key", "value").keep();
            tracer.span("step").child_of(&shared).start().finish();
        },
        || {
            for _ in 0..100 {
                let yes = child::says_yes(|| {
                    let entered = shared.enter();
                    let mut headers = Vec::<(String, String)>::new();
                    current_span().set_tag("key", 1).set_service("other").set_baggage("key", "other").keep();
                    current_span().add_link(&shared.context(), [("key", "value")]).inject(&mut headers);
                    let told = format!("{:?}{:?}{:?}", current_span(), root_span(), shared.tag("long"));
                    drop(entered);
                    shared.finish_at(std::time::SystemTime::now());
                    shared.finish();
                    headers.is_empty() && told.contains("SpanRef") && shared.origin().is_none()
                });
                assert!(yes, "a child waits for a lock of its parent's threads");
            }
        },
    );
    // What the threads made leaves room for the last chunk.
    tracer.flush(LONG).unwrap();
    owner.set_tag("after", "all");
    drop(owner);
    tracer.flush(LONG).unwrap();
    let spans = agent.spans();
    let [shared] = named(&spans, "shared")[..] else { panic!("not once") };
    assert_eq!(shared.meta["after"], "all", "no child ended the span of its parent");
}

/// Something to write to that tells of the first write and then takes its time.
struct Slow {
    began: mpsc::Sender<()>,
    go_on: mpsc::Receiver<()>,
}

impl Write for Slow {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        if self.began.send(()).is_ok() {
            let _ = self.go_on.recv();
        }
        Ok(())
    }
}

fn a_span_that_is_being_printed_is_locked_by_nobody() {
    let agent = Agent::tcp(|_| Reply::Status(200));
    let tracer = tracer(&agent);
    let span = tracer.span("printed").start();
    let (began, has_begun) = mpsc::channel();
    let (let_go_on, go_on) = mpsc::channel();
    let handle = span.handle();
    let printing = thread::spawn(move || write!(Slow { began, go_on }, "{handle:?}"));
    has_begun.recv().unwrap();
    let (done, is_done) = mpsc::channel();
    let handle = span.handle();
    thread::spawn(move || {
        handle.set_tag("while", "printed");
        let _ = done.send(());
    });
    let changed = is_done.recv_timeout(LONG);
    drop(let_go_on);
    printing.join().unwrap().unwrap();
    changed.expect("whoever changes a span does not wait for where it is printed");
}

fn a_grandchild_does_not_wait_for_the_tracer_that_a_thread_of_its_parent_was_making() {
    let agent = Agent::tcp(|_| Reply::Status(200));
    // Rules that cannot be read are told of each time a process makes its samplers. In the child that takes until the grandchild is done.
    let slow_in = Arc::new(AtomicU32::new(0));
    let (began, has_begun) = mpsc::channel();
    let (let_go_on, go_on) = mpsc::channel::<()>();
    let (slow, go_on) = (Arc::clone(&slow_in), std::sync::Mutex::new(go_on));
    let tracer = Tracer::builder()
        .agent_url(agent.url())
        .setting("DD_TRACE_SAMPLING_RULES", r#"[{"sample_rate":"often"}]"#)
        .on_message(move |_, message| {
            if message.contains("SAMPLING_RULES") && slow.load(Ordering::SeqCst) == std::process::id() {
                let _ = began.send(());
                let _ = go_on.lock().unwrap().recv();
            }
        })
        .build();
    let yes = child::says_yes(|| {
        slow_in.store(std::process::id(), Ordering::SeqCst);
        let of_child = tracer.clone();
        let making = thread::spawn(move || of_child.span("child").start().finish());
        has_begun.recv().unwrap();
        let yes = child::says_yes(|| {
            tracer.span("grandchild").start().finish();
            tracer.flush(LONG).is_ok_and(|flushed| flushed.sent.spans == 1)
        });
        drop(let_go_on);
        making.join().unwrap();
        yes && tracer.flush(LONG).is_ok_and(|flushed| flushed.sent.spans == 1)
    });
    assert!(yes);
    assert_eq!(agent.spans().len(), 2);
}

fn a_message_is_told_while_somebody_holds_stderr() {
    let (holds, is_held) = mpsc::channel();
    let (let_go, until) = mpsc::channel::<()>();
    let holding = thread::spawn(move || {
        let _stderr = std::io::stderr().lock();
        let _ = holds.send(());
        let _ = until.recv();
    });
    // Nobody listens there. The sender's thread tells of that before the flush returns.
    let tracer = Tracer::builder().agent_url("http://127.0.0.1:1").build();
    is_held.recv().unwrap();
    let is_told = || {
        tracer.span("unsent").start().finish();
        matches!(tracer.flush(LONG), Err(FlushError::Unreachable { .. })) && tracer.health().waiting_traces == 1
    };
    let (by_a_child, here) = (child::says_yes(is_told), is_told());
    drop(let_go);
    holding.join().unwrap();
    assert!(by_a_child && here);
}

fn a_child_starts_its_own_tracer_while_a_thread_of_its_parent_is_starting_one() {
    let agent = Agent::tcp(|_| Reply::Status(200));
    let options = || Tracer::builder().service("forks").agent_url(agent.url());
    // The line that tells the configuration comes while a tracer starts. In this process that takes until the child is done.
    let parent = std::process::id();
    let (began, has_begun) = mpsc::channel();
    let (let_go_on, go_on) = mpsc::channel::<()>();
    let go_on = std::sync::Mutex::new(go_on);
    let slow = options().on_message(move |_, message| {
        if message.contains("CONFIGURATION") && std::process::id() == parent {
            let _ = began.send(());
            let _ = go_on.lock().unwrap().recv();
        }
    });
    let starting = thread::spawn(move || slow.init());
    has_begun.recv().unwrap();
    let sends = || {
        let _guard = options().init();
        span!("work").finish();
        tracehound::flush(LONG).is_ok_and(|flushed| flushed.sent.spans == 1)
    };
    let yes = child::says_yes(sends);
    drop(let_go_on);
    let guard = starting.join().unwrap();
    assert!(yes);
    // A child that is made now has its parent's tracer.
    assert!(sends() && child::says_yes(sends));
    assert_eq!(runtimes(&agent, "work").len(), 3);
    guard.shutdown();
}
