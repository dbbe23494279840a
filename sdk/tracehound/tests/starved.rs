//! Programs that lack what a tracer takes for granted: someone who reads their stderr, room for one more thread, the way in which Rust
//! programs take broken pipes, time to wait for an agent. They go on without.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
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

#[test]
fn a_program_that_ends_at_once_is_told_that_its_agent_is_away() {
    if !is_played() {
        return play("a_program_that_ends_at_once_is_told_that_its_agent_is_away", &[]);
    }
    let told = Arc::<Mutex<Vec<String>>>::default();
    let hear = Arc::clone(&told);
    let guard = Tracer::builder()
        .agent_url("http://127.0.0.1:1")
        .on_message(move |_, message| hear.lock().unwrap().push(message.to_owned()))
        .init();
    span!("all there is").finish();
    drop(guard);
    let told = told.lock().unwrap();
    assert!(told.iter().any(|message| message.contains("http://127.0.0.1:1 cannot be reached: ")), "{told:?}");
}

#[test]
fn an_agent_that_closes_its_connections_does_not_end_a_program_that_dies_of_broken_pipes() {
    if !is_played() {
        return play("an_agent_that_closes_its_connections_does_not_end_a_program_that_dies_of_broken_pipes", &[]);
    }
    die_of_broken_pipes();
    let path = std::env::temp_dir().join(format!("tracehound-starved-{}.socket", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let agent = spawn(move || (0..4).map(|_| answer_and_close(listener.accept().unwrap().0)).collect::<Vec<_>>());
    let tracer = Tracer::builder().agent_url(&format!("unix://{}", path.display())).build();
    for _ in 0..3 {
        tracer.span("work").start().finish();
        tracer.flush(Duration::from_secs(60)).unwrap();
    }
    assert_eq!(agent.join().unwrap(), ["/info", "/v0.4/traces", "/v0.4/traces", "/v0.4/traces"]);
    std::fs::remove_file(&path).unwrap();
}

/// As command line tools often do, so that they end when nobody reads them any more.
#[expect(unsafe_code, reason = "what signals do is set by a C function")]
fn die_of_broken_pipes() {
    // SAFETY: no function is set that could do what signal handlers must not.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Answers one request and closes the connection without a word about that; gives the path.
fn answer_and_close(stream: UnixStream) -> String {
    let mut stream = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line
    };
    let first = line();
    let mut len = 0;
    loop {
        let header = line();
        if let Some(value) = header.strip_prefix("Content-Length: ") {
            len = value.trim().parse().unwrap();
        }
        if header.trim().is_empty() {
            break;
        }
    }
    stream.read_exact(&mut vec![0; len]).unwrap();
    stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
    first.split(' ').nth(1).unwrap().to_owned()
}
