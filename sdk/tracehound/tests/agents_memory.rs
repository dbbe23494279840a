//! What the tracer takes in memory where there is no agent. A program of its own: the system counts the memory of a process.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::time::Duration;

use tracehound::{FlushError, Tracer};

/// What an agent that is not there may cost, in bytes.
const MAX_GROWTH: u64 = 16 * 1024 * 1024;

/// The memory of this process that is in use, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn without_an_agent_a_hundred_thousand_traces_take_no_more_than_the_queue() {
    // Nobody listens on port 1.
    let tracer = Tracer::builder().agent_url("http://127.0.0.1:1").build();
    tracer.span("first").start().finish();
    assert!(matches!(tracer.flush(Duration::from_secs(60)), Err(FlushError::Unreachable { .. })));
    let before = resident();
    for number in 0..100_000 {
        let root = tracer.span("root").root().tag("number", number).start();
        root.in_scope(|| tracer.span("step").tag("key", "value").start().finish());
    }
    let health = tracer.health();
    assert!(health.dropped_full.traces > 0, "there was room for all: {health:?}");
    assert_eq!(health.dropped_full.traces + health.waiting_traces, 100_001);
    let growth = resident().saturating_sub(before);
    assert!(growth <= MAX_GROWTH, "{growth} bytes");
}
