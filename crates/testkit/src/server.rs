//! The program `tracehound` as a child process on free ports, which never outlives whoever holds it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::process::{Usage, terminate};

/// Longest recovery that is waited for.
const START_WITHIN: Duration = Duration::from_secs(120);

/// Longest wait for an end that was asked for: three times what the program promises.
const END_WITHIN: Duration = Duration::from_secs(30);

/// A program that has recovered and serves.
pub struct Server {
    child: Child,
    log: File,
    /// Port for tracers; 0 if that is switched off.
    pub agent_port: u16,
    /// Port for pages and API.
    pub api_port: u16,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it had used by then.
    pub usage: Usage,
    /// What it logged.
    pub log: String,
}

impl Server {
    /// Starts `program` on free ports and waits until it has printed its addresses, which it does once it is ready.
    pub fn start(program: &Path, data_dir: &Path) -> io::Result<Server> {
        let mut command = Command::new(program);
        command.args(["--agent-port", "0", "--api-port", "0", "--data-dir"]).arg(data_dir);
        Server::spawn(&mut command)
    }

    /// The same with arguments and environment of one's own.
    pub fn spawn(command: &mut Command) -> io::Result<Server> {
        let mut log = tempfile::tempfile()?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log.try_clone()?);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take();
        match stdout.and_then(ports) {
            Some((agent_port, api_port)) => Ok(Server { child, log, agent_port, api_port }),
            None => {
                child.kill()?;
                let status = child.wait()?;
                let program = command.get_program().to_string_lossy();
                Err(io::Error::other(format!("{program} did not start: {status}\n{}", text(&mut log)?)))
            }
        }
    }

    /// What it has used so far.
    pub fn usage(&self) -> io::Result<Usage> {
        Usage::of(&self.child)
    }

    /// Asks it to end, waits until it has.
    pub fn terminate(self) -> io::Result<Ended> {
        terminate(&self.child)?;
        self.wait()
    }

    /// The process, to send it signals.
    pub fn child(&self) -> &Child {
        &self.child
    }

    /// Waits until it has ended, which it was asked to.
    pub fn wait(mut self) -> io::Result<Ended> {
        let (usage, status) = Usage::until_exit(&mut self.child, END_WITHIN)?;
        Ok(Ended { status, usage, log: text(&mut self.log)? })
    }

    /// Ends it by SIGKILL, in the middle of whatever it is doing. The status tells whether it was still running then.
    pub fn kill(mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The ports for tracers and for people from what the program prints; none if it ends before or never says.
fn ports(stdout: ChildStdout) -> Option<(u16, u16)> {
    let (sender, receiver) = sync_channel(1);
    // The thread reads on to the end, so that the program can always print.
    thread::spawn(move || {
        let mut ports = (None, None);
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            match line.trim().rsplit_once(':') {
                Some((text, port)) if text.starts_with("tracers send to") => ports.0 = port.parse().ok(),
                None if line.contains("the trace receiver is switched off") => ports.0 = Some(0),
                Some((text, port)) if text.starts_with("pages and API at") => ports.1 = port.parse().ok(),
                _ => continue,
            }
            if let (Some(agent), Some(api)) = ports {
                // Once nobody waits any more there is nothing to tell.
                let _ = sender.try_send((agent, api));
            }
        }
    });
    receiver.recv_timeout(START_WITHIN).ok()
}

fn text(file: &mut File) -> io::Result<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spawn(script: &str) -> io::Result<Server> {
        Server::spawn(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn the_ports_are_those_that_it_prints() {
        let script = "trap 'echo bye >&2; exit 3' TERM; echo '  tracers send to   http://localhost:81'; \
            echo '  pages and API at  http://localhost:82'; while :; do sleep 0.01; done";
        let server = spawn(script).unwrap();
        assert_eq!((server.agent_port, server.api_port), (81, 82));
        let ended = server.terminate().unwrap();
        assert_eq!(ended.status.code(), Some(3));
        assert_eq!(ended.log, "bye\n");
    }

    #[test]
    fn a_program_that_ends_instead_is_an_error_with_its_words() {
        let Err(error) = spawn("echo no room >&2; exit 1") else { panic!("it started") };
        assert!(error.to_string().contains("no room"), "{error}");
    }
}
