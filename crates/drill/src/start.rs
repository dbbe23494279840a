//! How soon the program is ready, and how little it is while nothing happens.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tracehound_testkit::Server;
use tracehound_testkit::traces::Format;

use crate::arguments::Arguments;
use crate::{load, program};

/// Starts of which the middle one counts.
const STARTS: usize = 5;

/// Spans in front of a kill: what a memtable and a half hold.
const UNFLUSHED_SPANS: u64 = 400_000;

/// After which a program that nobody asks anything is idle.
const IDLE: Duration = Duration::from_secs(2);

/// Runs the drill.
pub(crate) fn run(arguments: &Arguments) -> io::Result<bool> {
    let spans = arguments.number("--spans", 5_000_000)?;
    let program = program::find(arguments)?;
    let folder = tempfile::tempdir()?;
    let size = fs::metadata(&program.path)?.len();
    println!("start: {} build, {:.1} MB", program.profile, size as f64 / 1e6);
    report("empty", &program.path, folder.path())?;
    let server = Server::start(&program.path, folder.path())?;
    let (sent, _) = load::fill(&server, Format::V05, spans)?;
    server.terminate()?;
    report(&format!("{} spans", sent.spans), &program.path, folder.path())?;
    after_a_kill(&program.path, folder.path())?;
    Ok(true)
}

/// Starts the program once when there is as much to read back as a memtable and a half.
fn after_a_kill(program: &Path, data_dir: &Path) -> io::Result<()> {
    let server = Server::start(program, data_dir)?;
    let (sent, _) = load::fill(&server, Format::V05, UNFLUSHED_SPANS)?;
    server.kill()?;
    let begun = Instant::now();
    let server = Server::start(program, data_dir)?;
    let ready = begun.elapsed().as_millis();
    server.terminate()?;
    println!("  {:<16} ready after {ready} ms (once), {} more spans sent before", "after SIGKILL", sent.spans);
    Ok(())
}

/// Starts the program a few times on one directory.
fn report(what: &str, program: &Path, data_dir: &Path) -> io::Result<()> {
    let mut times = Vec::new();
    let mut idle_bytes = 0;
    for _ in 0..STARTS {
        let begun = Instant::now();
        let server = Server::start(program, data_dir)?;
        times.push(begun.elapsed());
        thread::sleep(IDLE);
        idle_bytes = server.usage()?.memory;
        server.terminate()?;
    }
    times.sort_unstable();
    let [median, worst] = [times[STARTS / 2], times[STARTS - 1]].map(|time| time.as_secs_f64() * 1e3);
    let idle = idle_bytes as f64 / f64::from(1 << 20);
    println!(
        "  {what:<16} ready after {median:.0} ms (median of {STARTS}, longest {worst:.0} ms), {idle:.1} MiB in memory when idle"
    );
    Ok(())
}
