//! SIGTERM and SIGINT: everything is flushed, the exit code is 0, and the next start shows it.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Child;

use support::{Tracer, assert_kept, start};
use tracehound_testkit::{Client, interrupt, terminate};

#[test]
fn after_a_stop_the_spans_are_in_a_part_and_a_restart_shows_them() {
    for signal in [terminate, interrupt] as [fn(&Child) -> std::io::Result<()>; 2] {
        let dir = tempfile::tempdir().unwrap();
        let server = start(dir.path());
        let mut client = Client::connect(server.agent_port).unwrap();
        let (status, promises) = Tracer::new(1).send(&mut client, 50).unwrap();
        assert_eq!(status, 200);
        signal(server.child()).unwrap();
        let ended = server.wait().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
        assert_eq!(parquet_files(dir.path()), 1);
        assert_kept(start(dir.path()).api_port, &promises);
    }
}

#[test]
fn a_stop_without_anything_to_flush_writes_no_part() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        assert_eq!(start(dir.path()).terminate().unwrap().status.code(), Some(0));
    }
    assert_eq!(parquet_files(dir.path()), 0);
}

#[test]
fn an_idle_connection_does_not_hold_up_a_stop() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let mut kept = [Client::connect(server.agent_port).unwrap(), Client::connect(server.api_port).unwrap()];
    kept[0].get("/info").unwrap();
    kept[1].get("/ready").unwrap();
    let ended = server.terminate().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert!(!ended.log.contains("cut off"), "{}", ended.log);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    // A request whose body never comes holds the first stop up for as long as a stop waits for requests.
    let mut slow = TcpStream::connect(("127.0.0.1", server.agent_port)).unwrap();
    let head = b"PUT /v0.4/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n";
    slow.write_all(head).unwrap();
    terminate(server.child()).unwrap();
    // The first has been heard when the port is closed.
    while TcpStream::connect(("127.0.0.1", server.agent_port)).is_ok() {
        std::thread::yield_now();
    }
    interrupt(server.child()).unwrap();
    assert_eq!(server.wait().unwrap().status.code(), Some(130));
}

fn parquet_files(dir: &Path) -> usize {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let count = |path: PathBuf| match path.is_dir() {
        true => parquet_files(&path),
        false => usize::from(path.extension().is_some_and(|extension| extension == "parquet")),
    };
    entries.map(count).sum()
}
