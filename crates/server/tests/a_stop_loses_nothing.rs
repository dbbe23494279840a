//! SIGTERM and SIGINT: everything is flushed, the exit code is 0, and the next start shows it.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use support::client::Client;
use support::server::Server;
use support::traces::{self, NONE};

#[test]
fn after_a_stop_the_spans_are_in_a_part_and_a_restart_shows_them() {
    for signal in [Signal::TERM, Signal::INT] {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start(dir.path());
        let mut client = Client::connect(server.agent).unwrap();
        assert_eq!(client.put_traces(&traces::body(1..50)).unwrap().status, 200);
        server.signal(signal);
        let ended = server.wait();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        assert_eq!(parquet_files(dir.path()), 1);
        let server = Server::start(dir.path());
        assert_eq!(traces::missing(server.api, 1..50), NONE);
    }
}

#[test]
fn a_stop_without_anything_to_flush_writes_no_part() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        assert_eq!(Server::start(dir.path()).terminate().status.code(), Some(0));
    }
    assert_eq!(parquet_files(dir.path()), 0);
}

#[test]
fn an_idle_connection_does_not_hold_up_a_stop() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let mut kept = [Client::connect(server.agent).unwrap(), Client::connect(server.api).unwrap()];
    kept[0].get("/info").unwrap();
    kept[1].get("/ready").unwrap();
    assert_eq!(server.terminate().status.code(), Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    // A request whose body never comes holds the first stop up for as long as a stop waits for requests.
    let mut slow = std::net::TcpStream::connect(("127.0.0.1", server.agent)).unwrap();
    let head = b"PUT /v0.4/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n";
    std::io::Write::write_all(&mut slow, head).unwrap();
    server.signal(Signal::TERM);
    // Signals of one kind that wait together count as one, hence the other kind; it has to come after the first.
    let mut server = server;
    while !server.log().contains("stopping") {
        std::thread::yield_now();
    }
    server.signal(Signal::INT);
    assert_eq!(server.wait().status.code(), Some(130));
}

fn parquet_files(dir: &Path) -> usize {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let count = |path: std::path::PathBuf| match path.is_dir() {
        true => parquet_files(&path),
        false => usize::from(path.extension().is_some_and(|extension| extension == "parquet")),
    };
    entries.map(count).sum()
}
