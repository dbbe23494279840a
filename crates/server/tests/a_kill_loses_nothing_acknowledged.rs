//! SIGKILL under load, again and again on one directory: whatever was answered with 200 is there after the next start.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use support::{Tracer, assert_kept, start};
use tracehound_testkit::Client;
use tracehound_testkit::traces::Promise;

/// Connections that send at the same time, so that batches share a sync.
const CONNECTIONS: usize = 4;

/// Traces of one request, of about twelve spans each.
const TRACES_PER_BODY: usize = 5;

/// How many bodies are acknowledged when the kill comes, per round: at once, and in the middle of the stream.
const KILL_AFTER_BODIES: [usize; 5] = [1, 25, 5, 60, 120];

/// What was acknowledged on one directory.
#[derive(Default)]
struct Ledger {
    tracers: AtomicU32,
    promises: Mutex<Vec<Promise>>,
}

impl Ledger {
    /// Sends numbered traces until the connection breaks.
    fn send_until_it_breaks(&self, agent_port: u16) {
        let mut tracer = Tracer::new(self.tracers.fetch_add(1, Ordering::Relaxed));
        let Ok(mut client) = Client::connect(agent_port) else { return };
        while let Ok((status, promises)) = tracer.send(&mut client, TRACES_PER_BODY) {
            // A refusal is an honest answer, and promises nothing.
            if status == 200 {
                self.promises.lock().unwrap().extend(promises);
            }
        }
    }

    fn bodies(&self) -> usize {
        self.promises.lock().unwrap().len() / TRACES_PER_BODY
    }

    /// All promises but those of the first so many bodies.
    fn promises(&self, skipped_bodies: usize) -> Vec<Promise> {
        self.promises.lock().unwrap()[skipped_bodies * TRACES_PER_BODY..].to_vec()
    }
}

#[test]
fn every_acknowledged_span_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::default();
    for bodies in KILL_AFTER_BODIES {
        let before = ledger.bodies();
        load_and_kill(dir.path(), &ledger, bodies);
        let server = start(dir.path());
        assert_kept(server.api_port, &ledger.promises(before));
        assert_eq!(server.terminate().unwrap().status.code(), Some(0));
    }
    // What was found once is still there after all the flushes and kills that came later.
    assert_kept(start(dir.path()).api_port, &ledger.promises(0));
}

#[test]
fn a_directory_that_was_only_ever_killed_has_everything() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::default();
    for bodies in KILL_AFTER_BODIES {
        load_and_kill(dir.path(), &ledger, bodies);
    }
    assert_kept(start(dir.path()).api_port, &ledger.promises(0));
}

fn load_and_kill(dir: &Path, ledger: &Ledger, bodies: usize) {
    let before = ledger.bodies();
    let server = start(dir);
    let agent_port = server.agent_port;
    thread::scope(|scope| {
        let senders: Vec<_> =
            (0..CONNECTIONS).map(|_| scope.spawn(|| ledger.send_until_it_breaks(agent_port))).collect();
        while ledger.bodies() < before + bodies {
            assert!(senders.iter().any(|sender| !sender.is_finished()), "the server went away by itself");
            thread::yield_now();
        }
        server.kill().unwrap();
    });
}
