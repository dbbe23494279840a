//! A full disk: new spans are refused, old ones are read, nothing acknowledged is lost, and it heals by itself.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::client::{Client, get};
use support::server::Server;
use support::traces::{self, NONE};

/// Size of the disk, in MiB: room for a few segments of the log.
const DISK_MIB: u64 = 160;

/// Traces of one request. With notes of 20 kB on every span, which no limit cuts, that is 1.2 MB.
const TRACES_PER_BODY: u64 = 20;
const NOTE_BYTES: usize = 20_000;

/// Several times what the disk has room for.
const MOST_BODIES: u64 = 1_000;

#[test]
fn a_full_disk_refuses_new_spans_and_heals() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(dir.path()) else {
        println!("skipped: a small file system needs root to mount it");
        return;
    };
    let data_dir = disk.0.join("data");
    let server = Server::start(&data_dir);
    let mut client = Client::connect(server.agent).unwrap();
    assert_eq!(client.put_traces(&traces::body(1..11)).unwrap().status, 200);
    disk.fill();

    let mut acknowledged: Vec<u64> = (1..11).collect();
    let refused = (0..MOST_BODIES).find_map(|i| {
        let first = 1_000 + i * TRACES_PER_BODY;
        let numbers = first..first + TRACES_PER_BODY;
        match client.put_traces(&traces::body_with_notes(numbers.clone(), NOTE_BYTES)).unwrap().status {
            200 => {
                acknowledged.extend(numbers);
                None
            }
            status => Some(status),
        }
    });
    assert_eq!(refused, Some(503));
    assert_eq!(get(server.api, "/ready").status, 200, "reads go on");
    assert_eq!(traces::missing(server.api, acknowledged.clone()), NONE);

    disk.empty();
    let healed = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        client.put_traces(&traces::body(500..501)).unwrap().status == 200
    });
    assert!(healed, "still refused after the disk was emptied");
    acknowledged.push(500);

    server.kill();
    let server = Server::start(&data_dir);
    assert_eq!(traces::missing(server.api, acknowledged), NONE);
    assert_eq!(server.terminate().status.code(), Some(0));
}

/// A small file system of its own.
struct Disk(PathBuf);

impl Disk {
    fn mount(path: &Path) -> Option<Disk> {
        let size = format!("size={DISK_MIB}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Disk(path.to_owned()))
    }

    /// Takes what space there is.
    fn fill(&self) {
        let file = OpenOptions::new().create(true).append(true).open(self.0.join("filler")).unwrap();
        let (mut file, chunk) = (file, vec![1; 64 * 1024]);
        while std::io::Write::write_all(&mut file, &chunk).is_ok() {}
    }

    /// Gives the space back.
    fn empty(&self) {
        OpenOptions::new().write(true).truncate(true).open(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _stays_until_reboot = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}
