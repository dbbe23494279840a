//! The program under test, and traces whose acknowledgement is remembered.
#![allow(dead_code, reason = "every test file uses another part")]

use std::ffi::OsStr;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use tracehound_testkit::traces::{Format, Generator, Numbering, Promise, TRACER_HEADERS, Verdict};
use tracehound_testkit::{Answer, Client, Server, wait_for_exit};

/// Longest wait for a program that ends by itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// When the first trace begins; any time that normalisation leaves alone.
const FIRST_START: i64 = 1_795_000_000_000_000_000;

/// How a program ended that was not asked to.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program with nothing in its environment but this.
pub(crate) fn command(arguments: &[&str], environment: &[(&str, &str)], data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tracehound"));
    let data_dir = (OsStr::new("TRACEHOUND_DATA_DIR"), data_dir.as_os_str());
    command.args(arguments).env_clear().envs([data_dir]).envs(environment.iter().copied());
    command
}

/// Starts it on free ports and waits until it serves.
pub(crate) fn start(data_dir: &Path) -> Server {
    Server::start(Path::new(env!("CARGO_BIN_EXE_tracehound")), data_dir).expect("a program that serves")
}

/// Runs it to its end, which must come by itself.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)], data_dir: &Path) -> io::Result<Ended> {
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut command = command(arguments, environment, data_dir);
    command.stdin(Stdio::null()).stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let status = wait_for_exit(&mut command.spawn()?, PATIENCE)?;
    let text = |file: &mut std::fs::File| {
        file.rewind()?;
        io::read_to_string(file.by_ref())
    };
    Ok(Ended { status, stdout: text(&mut stdout)?, stderr: text(&mut stderr)? })
}

/// One question on a connection of its own.
pub(crate) fn get(port: u16, path: &str) -> Answer {
    Client::connect(port).and_then(|mut client| client.get(path)).expect("an answer")
}

/// One tracer: numbered traces, and those that it was promised.
pub(crate) struct Tracer {
    generator: Generator,
    numbering: Numbering,
    /// Bytes of a tag that every span gets, so that bodies have a size.
    pub(crate) note_bytes: usize,
}

impl Tracer {
    /// No two tracers of one directory may have the same number.
    pub(crate) fn new(number: u32) -> Tracer {
        let generator = Generator::new(number.into(), FIRST_START);
        Tracer { generator, numbering: Numbering::new(1, number), note_bytes: 0 }
    }

    /// Sends so many traces in one request. Gives the status, and what a 200 promises.
    pub(crate) fn send(&mut self, client: &mut Client, traces: usize) -> io::Result<(u16, Vec<Promise>)> {
        let mut traces: Vec<_> = (0..traces).map(|_| self.generator.trace()).collect();
        for (i, span) in traces.iter_mut().flatten().enumerate().filter(|_| self.note_bytes > 0) {
            // No two alike, or they would be stored once.
            span.meta.insert("note".into(), format!("{:x<1$}", format!("{i} "), self.note_bytes));
        }
        let promises = traces.iter_mut().map(|trace| self.numbering.number(trace)).collect();
        let answer = client.put(Format::V04.path(), &TRACER_HEADERS, &Format::V04.encode(&traces))?;
        Ok((answer.status, promises))
    }
}

/// Asks for every promised trace.
pub(crate) fn verdict(api_port: u16, promises: &[Promise]) -> Verdict {
    let mut client = Client::connect(api_port).expect("a connection");
    let mut verdict = Verdict::default();
    for promise in promises {
        verdict.add(promise.check(&client.get(&promise.path()).expect("an answer")));
    }
    verdict
}

/// Checks that every promised span is there once, as it was sent.
pub(crate) fn assert_kept(api_port: u16, promises: &[Promise]) {
    let verdict = verdict(api_port, promises);
    assert!(verdict.is_good() && verdict.promised > 0, "{verdict}");
}
