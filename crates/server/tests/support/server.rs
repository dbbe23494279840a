//! The program as a child process that never outlives its test.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Longest wait for something that is a matter of moments unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that has started and told its addresses.
pub(crate) struct Server {
    child: Child,
    log: File,
    /// What it printed at the start.
    pub(crate) banner: String,
    /// Port for tracers; 0 if there is none.
    pub(crate) agent: u16,
    /// Port for pages and API.
    pub(crate) api: u16,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Server {
    /// Starts it on free ports and waits until it has printed its addresses.
    pub(crate) fn start(data_dir: &Path) -> Server {
        Server::start_with(&["--agent-port", "0", "--api-port", "0"], &[], data_dir)
    }

    pub(crate) fn start_with(arguments: &[&str], environment: &[(&str, &str)], data_dir: &Path) -> Server {
        let mut log = tempfile::tempfile().unwrap();
        let mut child = command(arguments, environment, data_dir).stderr(log.try_clone().unwrap()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let Some(banner) = read_banner(stdout) else {
            let _already_gone = child.kill();
            panic!("did not start: {} {}", child.wait().unwrap(), text(&mut log));
        };
        let port = |what: &str| {
            let line = banner.lines().find(|line| line.contains(what))?;
            line.rsplit_once(':')?.1.parse().ok()
        };
        let (agent, api) = (port("tracers send to").unwrap_or(0), port("pages and API at").unwrap());
        Server { child, log, banner, agent, api }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(self) -> Ended {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Ends it as the kernel would, in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end.
    pub(crate) fn wait(mut self) -> Ended {
        let status = wait(&mut self.child);
        Ended { status, stdout: self.banner.clone(), stderr: text(&mut self.log) }
    }

    /// What it has logged so far.
    pub(crate) fn log(&mut self) -> String {
        text(&mut self.log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

/// Runs the program to its end, which must come by itself.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)], data_dir: &Path) -> Ended {
    let (mut log, mut out) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    let mut command = command(arguments, environment, data_dir);
    let mut child = command.stdout(out.try_clone().unwrap()).stderr(log.try_clone().unwrap()).spawn().unwrap();
    let status = wait(&mut child);
    Ended { status, stdout: text(&mut out), stderr: text(&mut log) }
}

fn command(arguments: &[&str], environment: &[(&str, &str)], data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tracehound"));
    command.env_clear().env("TRACEHOUND_DATA_DIR", data_dir).envs(environment.iter().copied());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Everything up to the last line about addresses, or nothing if the output ends before.
fn read_banner(stdout: ChildStdout) -> Option<String> {
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut banner = String::new();
        while !is_whole(&banner) {
            match reader.read_line(&mut banner) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        let _nobody_waits = sender.send(banner);
    });
    receiver.recv_timeout(PATIENCE).ok()
}

fn is_whole(banner: &str) -> bool {
    banner.contains("DD_TRACE_AGENT_URL=") || banner.contains("switched off") && banner.contains("data is kept in")
}

fn wait(child: &mut Child) -> ExitStatus {
    let pause = Duration::from_millis(10);
    for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        thread::sleep(pause);
    }
    child.kill().unwrap();
    panic!("still running after {PATIENCE:?}");
}

fn text(file: &mut File) -> String {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}
