//! A full disk: new spans are refused, old ones are read, nothing acknowledged is lost, and it heals by itself.
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod support;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use support::{Tracer, assert_kept, start};
use tracehound_testkit::Client;

/// Size of the disk, in MiB: room for a few segments of the log.
const DISK_MIB: u64 = 160;

/// Traces of one request. With a note on every span, which no limit cuts, that is about 2.5 MB.
const TRACES_PER_BODY: usize = 10;
const NOTE_BYTES: usize = 20_000;

/// Several times what the disk has room for.
const MOST_BODIES: usize = 1_000;

/// How often it is tried whether the disk has healed, and the pause between.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);

#[test]
fn a_full_disk_refuses_new_spans_and_heals() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(dir.path()) else {
        println!("skipped: a small file system needs root to mount it");
        return;
    };
    let data_dir = disk.0.join("data");
    let server = start(&data_dir);
    let mut client = Client::connect(server.agent_port).unwrap();
    let mut tracer = Tracer::new(1);
    let (status, mut kept) = tracer.send(&mut client, TRACES_PER_BODY).unwrap();
    assert_eq!(status, 200);
    disk.fill();

    tracer.note_bytes = NOTE_BYTES;
    let refused = (0..MOST_BODIES).find_map(|_| match tracer.send(&mut client, TRACES_PER_BODY).unwrap() {
        (200, promises) => {
            kept.extend(promises);
            None
        }
        (status, _) => Some(status),
    });
    assert_eq!(refused, Some(503));
    assert_kept(server.api_port, &kept);

    disk.empty();
    let healed = (0..TRIES).find_map(|_| {
        thread::sleep(PAUSE);
        let (status, promises) = tracer.send(&mut client, 1).unwrap();
        (status == 200).then_some(promises)
    });
    kept.extend(healed.expect("taken once the disk has room again"));

    server.kill().unwrap();
    let server = start(&data_dir);
    assert_kept(server.api_port, &kept);
    assert_eq!(server.terminate().unwrap().status.code(), Some(0));
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
