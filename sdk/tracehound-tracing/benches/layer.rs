//! What the layer adds to a registry: a trace of ten nested spans with two fields each, the workload of the drill.
//!
//! `cargo bench -p tracehound-tracing`

use divan::{AllocProfiler, Bencher};
use tracehound::testing::InMemory;
use tracing::Dispatch;
use tracing_subscriber::prelude::*;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Spans of one trace.
const DEPTH: u32 = 10;

/// Traces after which what was sent is thrown away, so that memory does not grow.
const TRACES: usize = 100;

fn main() {
    divan::main();
}

fn nest(depth: u32) {
    let _span = tracing::info_span!("step", user.plan = "gold", step = depth).entered();
    if depth > 1 {
        nest(depth - 1);
    }
}

fn run(bencher: Bencher<'_, '_>, dispatch: Dispatch, memory: &InMemory) {
    tracing::dispatcher::with_default(&dispatch, || {
        bencher.counter(TRACES * DEPTH as usize).with_inputs(|| drop(memory.take())).bench_local_values(|()| {
            for _ in 0..TRACES {
                nest(DEPTH);
            }
        });
    });
}

#[divan::bench]
fn registry_alone(bencher: Bencher<'_, '_>) {
    run(bencher, Dispatch::new(tracing_subscriber::registry()), &InMemory::default());
}

#[divan::bench]
fn layer(bencher: Bencher<'_, '_>) {
    let memory = InMemory::default();
    let layer = tracehound_tracing::builder().tracer(memory.tracer()).layer();
    run(bencher, Dispatch::new(tracing_subscriber::registry().with(layer)), &memory);
}

/// The same spans by Tracehound's own API.
#[divan::bench]
fn native(bencher: Bencher<'_, '_>) {
    fn nest(memory: &InMemory, depth: u32) {
        let _span = tracehound::span!("step", tracer = memory.tracer(), user.plan = "gold", step = depth).entered();
        if depth > 1 {
            nest(memory, depth - 1);
        }
    }

    let memory = InMemory::default();
    bencher.counter(TRACES * DEPTH as usize).with_inputs(|| drop(memory.take())).bench_local_values(|()| {
        for _ in 0..TRACES {
            nest(&memory, DEPTH);
        }
    });
}
