//! What must not be started is not: one message, exit code 1, and the data directory as it was.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Ended, get, start};

/// Runs it to its end, which must come by itself.
fn run(arguments: &[&str], environment: &[(&str, &str)], data_dir: &Path) -> Ended {
    support::run(arguments, environment, data_dir).unwrap()
}

const ANY_PORTS: [&str; 4] = ["--agent-port", "0", "--api-port", "0"];

/// Checks that it ended with one message that has all of these words in it, and printed no addresses.
fn assert_refused(ended: &Ended, words: &[&str]) {
    let message = ended.stderr.lines().find(|line| line.starts_with("tracehound: ")).unwrap_or_default();
    assert!(words.iter().all(|word| message.contains(word)), "{words:?} in {}", ended.stderr);
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), ""));
}

#[test]
fn a_second_process_on_the_same_directory_is_refused_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    assert_refused(&run(&ANY_PORTS, &[], dir.path()), &["another process", dir.path().to_str().unwrap()]);
    assert_eq!(get(server.api_port, "/ready").status, 200);
}

#[test]
fn a_taken_port_is_named_and_no_directory_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (flag, key) in [("--agent-port", "receiver_port"), ("--api-port", "api_port")] {
        let other = if flag == "--api-port" { "--agent-port" } else { "--api-port" };
        let ended = run(&[flag, &port, other, "0"], &[], &data_dir);
        assert_refused(&ended, &["cannot bind", &format!("127.0.0.1:{port}"), "address in use", key]);
        assert!(ended.stderr.contains(&format!("{flag} takes another port")), "{}", ended.stderr);
    }
    assert!(!data_dir.exists());
}

#[test]
fn a_bad_value_is_named_with_its_key_and_bounds_and_no_directory_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data");
    for (environment, words) in [
        (("DD_APM_RECEIVER_PORT", "70000"), ["receiver_port", "70000", "65535"]),
        (("TRACEHOUND_API_PORT", "http"), ["api_port", "http", "65535"]),
        (("TRACEHOUND_API_HOSTS", "https://apm"), ["api_hosts", "https://apm", "host names"]),
    ] {
        assert_refused(&run(&[], &[environment], &data_dir), &words);
    }
    assert!(!data_dir.exists());
}

#[test]
fn a_newer_or_foreign_format_is_refused_and_left_as_it_is() {
    for (format, words) in [("1\n", "has format 1"), ("99\n", "has format 99"), ("hello\n", "not Tracehound's")] {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(start(dir.path()).terminate().unwrap().status.code(), Some(0));
        fs::OpenOptions::new().write(true).truncate(true).open(dir.path().join("FORMAT")).unwrap();
        append(&dir.path().join("FORMAT"), format);
        let before = listing(dir.path());
        assert_refused(&run(&ANY_PORTS, &[], dir.path()), &[words, dir.path().to_str().unwrap()]);
        assert_eq!(listing(dir.path()), before, "format {format:?}");
    }
}

#[test]
fn a_directory_of_somebody_else_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    append(&dir.path().join("letter.txt"), "dear");
    let before = listing(dir.path());
    assert_refused(&run(&ANY_PORTS, &[], dir.path()), &[dir.path().to_str().unwrap()]);
    assert_eq!(listing(dir.path()), before);
}

#[test]
fn a_file_in_place_of_the_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    append(&path, "not a directory");
    assert_refused(&run(&ANY_PORTS, &[], &path), &["cannot open data directory", "data_dir"]);
}

#[test]
fn a_read_only_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let Some(_mount) = ReadOnly::mount(dir.path()) else {
        println!("skipped: a read-only mount needs root");
        return;
    };
    assert_refused(&run(&ANY_PORTS, &[], &dir.path().join("data")), &["read-only file", "data_dir"]);
    assert_refused(&run(&ANY_PORTS, &[], dir.path()), &["Read-only file", "data_dir"]);
}

/// An empty read-only file system, since permissions do not stop root.
struct ReadOnly(PathBuf);

impl ReadOnly {
    fn mount(path: &Path) -> Option<ReadOnly> {
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs"]).arg(path).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| ReadOnly(path.to_owned()))
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _stays_until_reboot = Command::new("umount").arg(&self.0).output();
    }
}

fn append(path: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
}

/// Every file below a directory with its content.
fn listing(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(listing(&path));
            files.push((path, Vec::new()));
        } else {
            let bytes = fs::read_to_string(&path).map(String::into_bytes).unwrap_or_default();
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}
