//! SIGKILL under load, again and again on one directory: whatever was answered with 200 is there after the next start.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use support::client::Client;
use support::server::Server;
use support::traces::{self, NONE};

/// Connections that send at the same time, so that batches share a sync.
const CONNECTIONS: usize = 4;

/// Traces of one request.
const TRACES_PER_BODY: u64 = 20;

/// How many bodies are acknowledged when the kill comes, per round: at once, and in the middle of the stream.
const KILL_AFTER_BODIES: [usize; 5] = [1, 40, 7, 120, 300];

/// What the server said 200 to.
#[derive(Default)]
struct Ledger {
    next: AtomicU64,
    acknowledged: Mutex<Vec<Range<u64>>>,
}

impl Ledger {
    /// Sends numbered traces until the connection breaks.
    fn send_until_it_breaks(&self, agent: u16) {
        let Ok(mut client) = Client::connect(agent) else { return };
        loop {
            let first = self.next.fetch_add(TRACES_PER_BODY, Ordering::Relaxed) + 1;
            let numbers = first..first + TRACES_PER_BODY;
            match client.put_traces(&traces::body(numbers.clone())) {
                Ok(answer) if answer.status == 200 => self.acknowledged.lock().unwrap().push(numbers),
                // Refused is an honest answer; the numbers are not owed.
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    fn bodies(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// The traces of all acknowledged bodies but the first so many.
    fn numbers(&self, skipped_bodies: usize) -> Vec<u64> {
        self.acknowledged.lock().unwrap().iter().skip(skipped_bodies).cloned().flatten().collect()
    }
}

#[test]
fn every_acknowledged_span_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::default();
    for bodies in KILL_AFTER_BODIES {
        let before = ledger.bodies();
        load_and_kill(dir.path(), &ledger, bodies);
        let server = Server::start(dir.path());
        assert_eq!(traces::missing(server.api, ledger.numbers(before)), NONE, "acknowledged and lost");
        assert_eq!(server.terminate().status.code(), Some(0));
    }
    let server = Server::start(dir.path());
    assert_eq!(traces::missing(server.api, ledger.numbers(0)), NONE, "lost after it was found once");
}

#[test]
fn a_directory_that_was_only_ever_killed_has_everything() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::default();
    for bodies in KILL_AFTER_BODIES {
        load_and_kill(dir.path(), &ledger, bodies);
    }
    let server = Server::start(dir.path());
    assert_eq!(traces::missing(server.api, ledger.numbers(0)), NONE, "acknowledged and lost");
}

fn load_and_kill(dir: &Path, ledger: &Ledger, bodies: usize) {
    let before = ledger.bodies();
    let server = Server::start(dir);
    let agent = server.agent;
    thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| ledger.send_until_it_breaks(agent))).collect();
        while ledger.bodies() < before + bodies {
            assert!(senders.iter().any(|sender| !sender.is_finished()), "the server went away by itself");
            thread::yield_now();
        }
        server.kill();
    });
}
