//! A Redis server of the test's own, on a free port of the loopback, without files.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    _folder: tempfile::TempDir,
}

impl Server {
    /// `None`, and a word about it, where `redis-server` is not installed.
    pub(crate) fn start() -> Option<Server> {
        // Another test may take a port between the moment it was free and the server's start.
        for _ in 0..5 {
            let mut server = Server::spawn()?;
            if server.answers() {
                return Some(server);
            }
        }
        panic!("redis-server finds no port to listen on");
    }

    fn spawn() -> Option<Server> {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let started = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"])
            .arg(port.to_string())
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let Ok(process) = started else {
            println!("skipped: redis-server is not installed (apt-get install redis-server)");
            return None;
        };
        Some(Server { process, port, _folder: folder })
    }

    pub(crate) fn client(&self) -> redis::Client {
        redis::Client::open(format!("redis://127.0.0.1:{}/2", self.port)).unwrap()
    }

    /// Waits at most 10 s, which a busy machine may take to start it. `false`: it gave up, and whoever answers there is another server.
    fn answers(&mut self) -> bool {
        for _ in 0..200 {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if self.is_itself() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("redis-server does not listen on port {}", self.port);
    }

    /// Whether the server at this port is this one, by the number of its process.
    fn is_itself(&self) -> bool {
        let Ok(mut connection) = self.client().get_connection_with_timeout(Duration::from_secs(1)) else {
            return false;
        };
        let about: String = redis::cmd("INFO").arg("server").query(&mut connection).unwrap_or_default();
        about.lines().any(|line| line == format!("process_id:{}", self.process.id()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
