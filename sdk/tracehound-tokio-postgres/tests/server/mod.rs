//! A PostgreSQL server of the test's own, on a free port of the loopback, with its files in a temporary folder. Its user is `waiter`.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// PostgreSQL does not run as root; this is the user `nobody`.
const NOBODY: u32 = 65534;

pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    /// What ends it, and its children with it.
    stop: Command,
    _folder: tempfile::TempDir,
}

impl Server {
    /// `None`, and a word about it, where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Server> {
        let Some(programs) = programs() else {
            println!("skipped: PostgreSQL is not installed (apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let as_root = folder.path().metadata().unwrap().uid() == 0;
        if as_root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let command = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            if as_root {
                command.uid(NOBODY).gid(NOBODY);
            }
            command
        };
        let data = folder.path().join("data");
        let made = command("initdb").args(["--username=waiter", "--auth=trust", "--no-sync", "-D"]).arg(&data).status();
        assert!(made.unwrap().success(), "initdb failed");

        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = command("postgres")
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-p", &port.to_string(), "-D"])
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .spawn()
            .unwrap();
        let mut stop = command("pg_ctl");
        stop.args(["stop", "--mode=immediate", "-D"]).arg(&data);
        let mut is_ready = command("pg_isready");
        is_ready.args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()]);
        let server = Server { process, port, stop, _folder: folder };
        server.wait(is_ready);
        Some(server)
    }

    /// At most 30 s, which a busy machine may take to start it. It listens some time before it answers.
    fn wait(&self, mut is_ready: Command) {
        for _ in 0..600 {
            if is_ready.status().is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL does not answer on port {}", self.port);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.stop.status().is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Where `initdb` and `postgres` are: Debian keeps them apart from other programs.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = debian.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |folder: &PathBuf| Path::new(folder).join("initdb").exists();
    folders.chain(std::env::split_paths(&path)).find(is_there)
}
