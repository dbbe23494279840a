//! A system that does not resolve the agent's name: it neither finds it nor says that it does not. The application goes on.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tracehound::{FlushError, NotReady, Tracer};

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(60);

const SHORT: Duration = Duration::from_millis(20);

/// What waits is bounded by this, in bytes. Source: the tracer's page.
const QUEUE: u64 = 8 * 1024 * 1024;

/// Stands in the place of the system's.
mod resolver {
    use std::ffi::{c_char, c_int, c_void};
    use std::sync::{Condvar, Mutex};

    #[derive(Default)]
    struct State {
        asked: usize,
        answers: bool,
    }

    static STATE: Mutex<State> = Mutex::new(State { asked: 0, answers: false });
    static CHANGED: Condvar = Condvar::new();

    /// `EAI_FAIL`: no answer, now or later.
    const FAILED: c_int = -4;

    /// Called in the place of the C library's function, which has no time limit. It does not look at its arguments.
    #[expect(unsafe_code, reason = "a function has to have this very name to be called instead of the C library's")]
    #[unsafe(no_mangle)]
    extern "C" fn getaddrinfo(_: *const c_char, _: *const c_char, _: *const c_void, _: *mut *mut c_void) -> c_int {
        let mut state = STATE.lock().unwrap();
        state.asked += 1;
        CHANGED.notify_all();
        drop(CHANGED.wait_while(state, |state| !state.answers).unwrap());
        FAILED
    }

    /// Waits until it was asked so many times.
    pub(super) fn is_asked(times: usize) {
        drop(CHANGED.wait_while(STATE.lock().unwrap(), |state| state.asked < times).unwrap());
    }

    pub(super) fn answers() {
        STATE.lock().unwrap().answers = true;
        CHANGED.notify_all();
    }
}

/// Runs `act` elsewhere, so that a hang fails the test instead of stopping it.
fn without_hanging<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    thread::spawn(move || done.send(act()));
    result.recv_timeout(LONG).expect("it waits for the resolver")
}

#[test]
fn while_the_agents_name_is_not_resolved_every_call_returns_and_what_waits_is_bounded() {
    let builder = || Tracer::builder().agent_url("http://agent.invalid:8126");
    let tracer = builder().build();
    let text = "x".repeat(20_000);
    for _ in 0..1_000 {
        tracer.span("work").root().tag("text", &text).start().finish();
    }
    resolver::is_asked(1);
    let health = tracer.health();
    assert_eq!(health.waiting_traces + health.dropped_full.traces, 1_000);
    assert!(health.waiting_bytes > QUEUE - 50_000 && health.waiting_bytes <= QUEUE, "{health:?}");

    let (asking, waiting) = (tracer.clone(), (health.waiting_traces, health.waiting_bytes));
    let is_told =
        move |result| matches!(result, Err(FlushError::Timeout { traces, bytes }) if (traces, bytes) == waiting);
    without_hanging(move || {
        assert_eq!(asking.ready(SHORT), Err(NotReady::Timeout));
        assert!(is_told(asking.flush(SHORT)));
        assert!(is_told(asking.flush_stats(SHORT)));
        assert!(is_told(asking.shutdown(SHORT)));
    });
    // A second one, whose guard is dropped.
    without_hanging(move || {
        let guard = builder().init();
        guard.tracer().span("work").start().finish();
        resolver::is_asked(2);
        drop(guard);
        builder().init().shutdown();
    });

    // The thread that was told to stop meanwhile does so, and counts what it could not send.
    resolver::answers();
    let gone = || tracer.health().dropped_full.traces + tracer.health().dropped_stopped.traces;
    while gone() < 1_000 {
        thread::sleep(Duration::from_millis(1));
    }
    assert!(tracer.health().dropped_stopped.traces > 0);
    assert_eq!((gone(), tracer.health().waiting_traces), (1_000, 0));
}
