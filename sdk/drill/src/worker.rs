//! A contender in a process of its own, which does what it is told line by line.
//!
//! ```text
//! in   round <traces>              out  <CPU ns of the application's thread> <CPU ns of the process since its start>
//! in   allocations <traces>        out  <calls> <bytes> of the application's thread, <calls> <bytes> of the process
//! in   threads <threads> <traces>  out  <wall ns> <CPU ns of those threads>
//! ```

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

use crate::agent::Agent;
use crate::contender::{Contender, ENTRIES, Entry};
use crate::meter;

/// Does what standard input says, until it ends.
pub fn run(name: &str) -> io::Result<()> {
    let entry = ENTRIES.iter().find(|entry| entry.name == name).ok_or(io::ErrorKind::NotFound)?;
    let contender = (entry.open)();
    for line in io::stdin().lines() {
        let line = line?;
        let (what, numbers) = line.split_once(' ').unwrap_or((&line, ""));
        let numbers: Vec<u64> = numbers.split(' ').filter_map(|number| number.parse().ok()).collect();
        match (what, numbers.as_slice()) {
            ("round", &[traces]) => round(&*contender, traces),
            ("allocations", &[traces]) => allocations(&*contender, traces),
            ("threads", &[threads, traces]) => parallel(&*contender, threads, traces),
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        }
    }
    Ok(())
}

fn make(contender: &dyn Contender, traces: u64) {
    (0..traces).for_each(|_| contender.trace());
}

fn round(contender: &dyn Contender, traces: u64) {
    let before = meter::thread_cpu_ns();
    make(contender, traces);
    let on_thread = meter::thread_cpu_ns() - before;
    contender.flush();
    println!("{on_thread} {}", meter::process_cpu_ns());
}

fn allocations(contender: &dyn Contender, traces: u64) {
    let (of_thread, of_process) = meter::allocations(|| make(contender, traces), || contender.flush());
    println!("{} {} {} {}", of_thread.calls, of_thread.bytes, of_process.calls, of_process.bytes);
}

fn parallel(contender: &dyn Contender, threads: u64, traces: u64) {
    let started = Instant::now();
    let work = || {
        let before = meter::thread_cpu_ns();
        make(contender, traces);
        meter::thread_cpu_ns() - before
    };
    let cpu_ns: u64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no contender panics")).sum()
    });
    let wall_ns = started.elapsed().as_nanos();
    contender.flush();
    println!("{wall_ns} {cpu_ns}");
}

/// The other end of the line.
pub struct Worker {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    pub fn start(entry: &Entry, agent: &Agent) -> io::Result<Worker> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["worker", entry.name])
            // The same for all: no telemetry and no remote configuration, which are other products; stats as by default.
            .env("DD_TRACE_AGENT_URL", format!("http://{}", agent.address))
            .env("DD_SERVICE", "drill")
            .env("DD_TRACE_STARTUP_LOGS", "false")
            .env("DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false")
            .env("DD_REMOTE_CONFIGURATION_ENABLED", "false")
            .envs(entry.environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (orders, answers) = (child.stdin.take(), child.stdout.take());
        let (Some(orders), Some(answers)) = (orders, answers) else { return Err(io::ErrorKind::BrokenPipe.into()) };
        Ok(Worker { child, orders, answers: BufReader::new(answers) })
    }

    /// Gives an order and waits for its numbers.
    pub fn ask<const N: usize>(&mut self, order: impl Display) -> io::Result<[u64; N]> {
        writeln!(self.orders, "{order}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        numbers.try_into().map_err(|_| io::Error::other(format!("{order:.40} was answered by {line:?}")))
    }

    /// Ends the process by ending its input.
    pub fn stop(mut self) -> io::Result<()> {
        drop(self.orders);
        self.child.wait()?;
        Ok(())
    }
}
