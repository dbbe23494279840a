//! The global tracer from its start to its end, and after it. A program of its own: there is one global tracer in a process.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

#[path = "support/agent.rs"]
mod agent;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use agent::{Agent, Reply};
use tracehound::{FlushError, Tracer, span};

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn the_global_tracer_starts_once_survives_its_guards_and_stops_once() {
    let agent = Agent::tcp(|_| Reply::Status(200));
    let told = Arc::<Mutex<Vec<String>>>::default();
    let hear = Arc::clone(&told);
    let warnings = || told.lock().unwrap().iter().filter(|message| message.contains("already started")).count();
    let came = || agent.spans().into_iter().map(|span| span.name).collect::<Vec<_>>();
    let options = || Tracer::builder().service("first").agent_url(agent.url());

    let before = span!("before");
    assert!(!before.is_enabled(), "nothing is traced before the start");

    // A guard that is dropped at once stops nothing. The first message comes while it starts: a start inside of that one returns.
    let (started, is_started) = mpsc::channel();
    let url = agent.url().to_owned();
    let receive = move |_, message: &str| {
        hear.lock().unwrap().push(message.to_owned());
        let _ = started.send(Tracer::builder().service("first").agent_url(&url).init().tracer().is_enabled());
    };
    let _ = options().on_message(receive).init();
    assert_eq!(is_started.try_recv(), Ok(false), "there was no tracer yet");
    assert!(tracehound::tracer().is_enabled());
    drop(before);
    span!("after the first guard").finish();
    tracehound::flush(LONG).unwrap();
    assert_eq!(came(), ["after the first guard"]);

    // The same options are the same tracer, and others too, with a warning.
    let again = options().init();
    assert_eq!(warnings(), 0);
    let other = options().service("second").init();
    assert_eq!(warnings(), 1);
    for guard in [&again, &other] {
        assert_eq!(guard.tracer().config().get("DD_SERVICE").unwrap().value, "first");
    }

    // A span may outlive every guard.
    let outlives = span!("outlives");
    drop((again, other));
    drop(outlives);
    tracehound::flush(LONG).unwrap();
    assert_eq!(came(), ["after the first guard", "outlives"]);

    // What has ended is sent at the shutdown, what ends later is counted; another start does not bring it back.
    span!("last").finish();
    let late = span!("late");
    options().init().shutdown();
    assert_eq!(came(), ["after the first guard", "outlives", "last"]);
    drop(late);
    drop(options().init());
    assert_eq!(tracehound::flush(LONG), Err(FlushError::Stopped));
    assert_eq!(tracehound::tracer().health().dropped_stopped.spans, 1);
    assert_eq!(came().len(), 3);
}
