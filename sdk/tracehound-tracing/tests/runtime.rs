//! Spans across the tasks and threads of tokio.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use support::{by_name, dispatch, parents};
use tokio::runtime::{Builder, Runtime};
use tracehound::testing::InMemory;
use tracehound::{InSpan, span};
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, info_span, instrument};

fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread().build().unwrap(), Builder::new_multi_thread().worker_threads(3).build().unwrap()]
}

/// Runs a future on each kind of runtime, with the layer on all of its threads, and gives who was whose child.
fn on_each_runtime<F>(work: impl Fn() -> F) -> Vec<Vec<(String, String)>>
where
    F: Future<Output = ()> + Send + 'static,
{
    let run = |runtime: Runtime| {
        let memory = InMemory::default();
        let dispatch = dispatch(&memory);
        let task = runtime.spawn(work().with_subscriber(dispatch));
        runtime.block_on(task).unwrap();
        drop(runtime);
        let spans = by_name(&memory);
        parents(&spans).into_iter().map(|(name, parent)| (name.to_owned(), parent.to_owned())).collect()
    };
    runtimes().map(run).into()
}

#[instrument]
async fn outer() {
    inner().await;
    tokio::task::yield_now().await;
    let task = inner_task().instrument(info_span!("spawned")).with_current_subscriber();
    tokio::spawn(task).await.unwrap();
}

#[instrument]
async fn inner() {
    tokio::task::yield_now().await;
    native().in_span(span!("native")).await;
}

async fn native() {
    tokio::task::yield_now().await;
    info_span!("below native");
}

async fn inner_task() {
    tokio::task::yield_now().await;
    info_span!("below spawned");
}

#[test]
fn instrumented_futures_keep_their_place_over_every_await() {
    let expected = [
        ("below native", "native"),
        ("below spawned", "spawned"),
        ("inner", "outer"),
        ("native", "inner"),
        ("outer", ""),
        ("spawned", "outer"),
    ]
    .map(|(name, parent)| (name.to_owned(), parent.to_owned()));
    for found in on_each_runtime(outer) {
        assert_eq!(found, expected);
    }
}

#[instrument(skip_all, fields(resource = %number, operation.name = %format_args!("request {number}")))]
async fn request(number: usize) {
    tokio::task::yield_now().await;
    step(number).await;
}

#[instrument(skip_all, fields(operation.name = %format_args!("step {number}")))]
async fn step(number: usize) {
    tokio::task::yield_now().await;
}

async fn many_requests() {
    let tasks: Vec<_> = (0..100).map(|number| tokio::spawn(request(number).with_current_subscriber())).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn requests_that_run_at_once_do_not_mix() {
    for found in on_each_runtime(many_requests) {
        assert_eq!(found.len(), 200);
        for (name, parent) in found {
            match name.strip_prefix("step ") {
                Some(number) => assert_eq!(parent, format!("request {number}")),
                None => assert_eq!(parent, ""),
            }
        }
    }
}

#[test]
fn a_span_may_be_carried_to_a_thread() {
    let memory = InMemory::default();
    let dispatch = dispatch(&memory);
    tracing::dispatcher::with_default(&dispatch, || {
        let request = info_span!("request").entered();
        let (carried, native) = (request.clone(), tracehound::in_current_span(|| span!("native step").finish()));
        std::thread::scope(|scope| {
            scope.spawn(native);
            scope.spawn(|| {
                let _here = tracing::dispatcher::set_default(&dispatch);
                carried.in_scope(|| drop(info_span!("step")));
            });
        });
    });
    assert_eq!(parents(&by_name(&memory)), [("native step", "request"), ("request", ""), ("step", "request")]);
}
