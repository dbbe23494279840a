//! Child processes of a part: services that are asked to end when the part is done, and killed if it fails half-way.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tracehound_testkit::{Ended, interrupt, wait_for_exit};

use crate::Result;
use crate::outcome::Problem;

/// Longest start of a service: importing a few hundred Python modules on a busy machine takes seconds.
const START_WITHIN: Duration = Duration::from_secs(60);

/// Longest wait for a service to end; ddtrace gives itself a few seconds to send what it holds.
const END_WITHIN: Duration = Duration::from_secs(30);

/// A running service.
pub(crate) struct Service {
    name: String,
    child: Child,
    log: PathBuf,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Service {
    /// Starts a service that will listen on `port`, and waits until it does. What it prints goes to a file in `logs`.
    pub(crate) fn start(name: &str, command: &mut Command, port: u16, logs: &Path) -> Result<Service> {
        let log = logs.join(format!("{name}.log"));
        let output = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut service = Service { name: name.to_owned(), child: command.spawn()?, log, port };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = service.child.try_wait()?.map(|status| format!("ended: {status}"));
            if let Some(why) = ended.or_else(|| (begun.elapsed() > START_WITHIN).then(|| "does not listen".into())) {
                return Err(service.complaint(&why));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(service)
    }

    /// Asks it to end as Ctrl-C does and waits until it has. Its exit status is its own affair.
    pub(crate) fn stop(mut self) -> Result {
        interrupt(&self.child)?;
        wait_for_exit(&mut self.child, END_WITHIN).map_err(|error| self.complaint(&error.to_string()))?;
        Ok(())
    }

    /// What it has printed.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn complaint(&self, why: &str) -> Problem {
        Problem::failed(format!("{}: {why}\n{}", self.name, self.log()))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether our own program ended as it should.
pub(crate) fn ended_well(ended: Ended) -> Result {
    if ended.status.success() {
        return Ok(());
    }
    Err(Problem::failed(format!("the program ended with {}\n{}", ended.status, ended.log)))
}
