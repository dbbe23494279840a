//! Spans across tasks: tokio with one thread and with several, blocking work, local tasks, cancelled and nested ones.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;
use tokio::task::{self, LocalSet};
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound::{InSpan, SpanRef, Tracer, current_span, in_current_span, span};

fn one_thread() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

fn several_threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).build().unwrap()
}

/// The spans that were sent, by their ids.
fn by_id(memory: &InMemory) -> BTreeMap<u64, FinishedSpan> {
    memory.take().spans().into_iter().map(|span| (span.span_id, span)).collect()
}

/// The name of the span above this one.
fn above<'a>(spans: &'a BTreeMap<u64, FinishedSpan>, span: &FinishedSpan) -> &'a str {
    spans.get(&span.parent_id).map_or("", |parent| parent.name.as_str())
}

fn names(spans: &BTreeMap<u64, FinishedSpan>) -> Vec<(&str, &str)> {
    let mut names: Vec<_> = spans.values().map(|span| (span.name.as_str(), above(spans, span))).collect();
    names.sort_unstable();
    names
}

/// A request that works in its own task, in a spawned one, and on a thread for blocking work, and yields in between.
async fn handle(tracer: Tracer, number: usize) {
    let request = tracer.span("request").tag("number", number).start();
    async {
        task::yield_now().await;
        let here = span!("here").entered();
        drop(here);
        let spawned = async {
            task::yield_now().await;
            async { task::yield_now().await }.in_span(span!("spawned")).await;
        };
        let spawned = task::spawn(spawned.in_current_span());
        let blocking = task::spawn_blocking(in_current_span(|| span!("blocking").finish()));
        task::yield_now().await;
        spawned.await.unwrap();
        blocking.await.unwrap();
        span!("after").finish();
    }
    .in_span(request)
    .await;
}

#[test]
fn what_tasks_and_blocking_work_do_is_below_the_request_they_work_for() {
    const REQUESTS: usize = 50;
    for runtime in [one_thread(), several_threads()] {
        let memory = InMemory::default();
        let requests: Vec<_> =
            (0..REQUESTS).map(|number| runtime.spawn(handle(memory.tracer().clone(), number))).collect();
        runtime.block_on(async {
            for request in requests {
                request.await.unwrap();
            }
            assert!(!current_span().is_enabled(), "something is left behind");
        });
        let chunks = memory.take();
        assert_eq!(chunks.chunks().len(), REQUESTS, "each request is sent once, as a whole");
        for chunk in chunks.chunks() {
            let spans = chunk.iter().map(|span| (span.span_id, span.clone())).collect();
            let below = |name| (name, "request");
            let expected = [below("after"), below("blocking"), below("here"), ("request", ""), below("spawned")];
            assert_eq!(names(&spans), expected);
            assert!(chunk.iter().all(|span| span.trace_id == chunk[0].trace_id));
        }
    }
}

/// Tells which span is current when it is dropped.
struct Witness(Arc<Mutex<Option<SpanRef>>>);

impl Drop for Witness {
    fn drop(&mut self) {
        *self.0.lock().unwrap() = Some(current_span());
    }
}

#[test]
fn a_future_that_loses_a_select_is_dropped_in_its_span_which_ends_then() {
    for runtime in [one_thread(), several_threads()] {
        let memory = InMemory::default();
        let seen = Arc::default();
        let witness = Witness(Arc::clone(&seen));
        let loser = memory.tracer().span("loser").start();
        let id = loser.span_id();
        let lost = async move {
            let _witness = witness;
            span!("step").finish();
            pending::<()>().await;
        };
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = lost.in_span(loser) => panic!("it never ends"),
                () = task::yield_now() => {}
            }
            assert!(!current_span().is_enabled());
        });
        assert_eq!(seen.lock().unwrap().as_ref().map(|span| span.span_id()), Some(id));
        assert_eq!(names(&by_id(&memory)), [("loser", ""), ("step", "loser")]);
    }
}

#[test]
fn an_aborted_task_ends_its_span() {
    for runtime in [one_thread(), several_threads()] {
        let memory = InMemory::default();
        let span = memory.tracer().span("aborted").start();
        runtime.block_on(async {
            let running = Arc::new(Barrier::new(2));
            let other = Arc::clone(&running);
            let task = async move {
                other.wait().await;
                pending::<()>().await;
            };
            let task = task::spawn(task.in_span(span));
            running.wait().await;
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        });
        assert_eq!(names(&by_id(&memory)), [("aborted", "")]);
    }
}

#[test]
fn a_runtime_inside_of_another_continues_the_span_around_it() {
    let memory = InMemory::default();
    let outer = memory.tracer().span("outer").start();
    let work = async {
        let inner = in_current_span(|| {
            one_thread().block_on(async {
                async { task::yield_now().await }.in_span(span!("inner")).await;
                task::spawn(async { span!("far").finish() }.in_current_span()).await.unwrap();
            });
        });
        task::spawn_blocking(inner).await.unwrap();
        span!("after").finish();
    };
    several_threads().block_on(work.in_span(outer));
    let expected = [("after", "outer"), ("far", "outer"), ("inner", "outer"), ("outer", "")];
    assert_eq!(names(&by_id(&memory)), expected);
}

#[test]
fn a_task_that_panics_ends_its_span_and_leaves_nothing_current() {
    for runtime in [one_thread(), several_threads()] {
        let memory = InMemory::default();
        let span = memory.tracer().span("panics").start();
        runtime.block_on(async {
            let task = async {
                task::yield_now().await;
                let _step = span!("step").entered();
                panic!("on purpose");
            };
            assert!(task::spawn(task.in_span(span)).await.unwrap_err().is_panic());
            // Perhaps on the very thread.
            assert!(!task::spawn(async { current_span().is_enabled() }).await.unwrap());
        });
        assert_eq!(names(&by_id(&memory)), [("panics", ""), ("step", "panics")]);
    }
}

#[test]
fn guards_held_across_an_await_leave_nothing_behind_and_are_told_of_once() {
    static TOLD: AtomicUsize = AtomicUsize::new(0);
    // The callback is the program's: whichever tracer brings it.
    let listening = Tracer::builder().enabled(false).on_message(|_, message| {
        TOLD.fetch_add(usize::from(message.contains("across an .await")), Ordering::SeqCst);
    });
    drop(listening.build());
    let memory = InMemory::default();
    let local = LocalSet::new();
    const TASKS: usize = 8;
    let meeting = Arc::new(Barrier::new(TASKS));
    for number in 0..TASKS {
        let (tracer, meeting) = (memory.tracer().clone(), Arc::clone(&meeting));
        local.spawn_local(async move {
            let work = tracer.span("work").root().tag("number", number).start();
            let entered = work.enter();
            // All hold theirs at once.
            meeting.wait().await;
            for _ in 0..number {
                task::yield_now().await;
            }
            drop(entered);
            drop(work);
        });
    }
    one_thread().block_on(local);
    assert!(!current_span().is_enabled(), "a guard is gone, and its span is still current");
    let spans = by_id(&memory);
    assert_eq!(spans.len(), TASKS);
    assert!(spans.values().all(|span| span.name == "work" && span.parent_id == 0));
    assert_eq!(TOLD.load(Ordering::SeqCst), 1);
}
