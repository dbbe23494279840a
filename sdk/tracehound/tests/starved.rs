//! Programs that lack what a tracer takes for granted: someone who reads their stderr, room for one more thread. They go on without.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use tracehound::{Tracer, root_span, span};

/// Tells this program that it is the one that starves.
const PLAYED: &str = "TRACEHOUND_TEST_STARVED";

/// Runs one test of this program once more, in a process of its own.
fn play(test: &str, surroundings: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--test-threads=1"]).env(PLAYED, "1").envs(surroundings.iter().copied());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // A minute at most, which only a hang reaches.
    for _ in 0..600 {
        if let Some(status) = child.try_wait().unwrap() {
            return assert!(status.success(), "{status}");
        }
        sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("it hangs");
}

fn is_played() -> bool {
    std::env::var_os(PLAYED).is_some()
}

#[test]
fn a_full_stderr_does_not_stop_the_program() {
    if !is_played() {
        return play("a_full_stderr_does_not_stop_the_program", &[]);
    }
    let mut stderr = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open("/proc/self/fd/2").unwrap();
    while stderr.write(b"x").is_ok() {}
    // There is much to say: how it is configured, that guards are dropped out of order, that there is no agent, that it runs already.
    let guard = Tracer::builder().agent_url("http://127.0.0.1:1").init();
    let (outer, inner) = (span!("outer"), span!("inner"));
    let (first, second) = (outer.enter(), inner.enter());
    drop(first);
    drop(second);
    drop((outer, inner));
    assert!(guard.tracer().flush(Duration::from_secs(1)).is_err());
    drop(Tracer::builder().service("other").init());
}

#[test]
fn what_is_said_of_a_missing_thread_may_be_heard_in_a_span() {
    if !is_played() {
        // No system has room for such a stack.
        return play(
            "what_is_said_of_a_missing_thread_may_be_heard_in_a_span",
            &[("RUST_MIN_STACK", "1125899906842624")],
        );
    }
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&heard);
    let guard = Tracer::builder()
        .setting("DD_TRACE_STARTUP_LOGS", "false")
        .on_message(move |_, _| {
            // All that could wait for a lock, if the message came while one is held.
            root_span().set_tag("told", true).keep();
            span!("telling").finish();
            counter.fetch_add(1, Ordering::Relaxed);
        })
        .init();
    let root = span!("root");
    root.in_scope(|| {
        span!("step").finish();
        root.handle().finish();
    });
    assert_eq!(heard.load(Ordering::Relaxed), 1);
    assert!(guard.tracer().flush(Duration::from_secs(1)).is_err());
}
