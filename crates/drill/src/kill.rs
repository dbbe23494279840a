//! Kill the program under load, again and again on one directory: whatever it acknowledged must be there, unaltered.
//!
//! A cycle: start, look for what the cycle before was promised and for some older promises, load for 0.2 to 2 seconds, SIGKILL.
//! At the end everything is looked for, after a clean stop. Some spans carry kilobytes, so that memtables fill and the kills
//! hit flushes too.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tracehound_platform::Random;
use tracehound_testkit::traces::{Format, Generator, Numbering, Promise, Span, TRACER_HEADERS, Verdict};
use tracehound_testkit::{Client, Server};

use crate::arguments::Arguments;
use crate::program;

const CONNECTIONS: u32 = 4;

/// Traces of a body.
const TRACES: usize = 10;

/// One span in so many carries padding, up to this many bytes.
const PADDED: u64 = 3;
const PADDING_BYTES: u64 = 20_000;

/// When the kill comes, in milliseconds of load.
const KILL_AFTER_MS: std::ops::Range<u64> = 200..2_000;

/// Older promises that are looked at in every cycle.
const OLDER: usize = 200;

/// Pause of a sender that was refused, as long as a tracer would wait at least.
const REFUSED_PAUSE: Duration = Duration::from_millis(10);

/// Runs the drill.
pub(crate) fn run(arguments: &Arguments) -> io::Result<bool> {
    let cycles: u64 = arguments.number("--cycles", 50)?;
    let seed = arguments.number("--seed", now_nanos())?;
    let program = program::find(arguments)?.path;
    let folder = tempfile::tempdir()?;
    let mut random = Random::from_seed(seed);
    let mut promises = Vec::new();
    let mut verdict = Verdict::default();
    println!("kill: {cycles} cycles, seed {seed}");
    let mut fresh = 0;
    for cycle in 1..=cycles {
        let begun = Instant::now();
        let server = Server::start(&program, folder.path())?;
        let recovery = begun.elapsed();
        let looked_at = recent_and_some_older(&promises, fresh, &mut random);
        verdict.add(look_for(&looked_at, server.api_port)?);
        let load = Duration::from_millis(KILL_AFTER_MS.start + random.below(KILL_AFTER_MS.end - KILL_AFTER_MS.start));
        let loaded = load_and_kill(server, load, seed.wrapping_add(cycle))?;
        fresh = loaded.promises.len();
        promises.extend(loaded.promises);
        println!(
            "cycle {cycle:>3}: ready after {:>4} ms, {} older traces looked for, {:>4} ms of load, {fresh} traces acknowledged, {} bodies refused",
            recovery.as_millis(),
            looked_at.len(),
            load.as_millis(),
            loaded.refused
        );
    }
    let older = recent_and_some_older(&promises, fresh, &mut random);
    verdict.add(look_for_and_stop(&program, folder.path(), &older)?);
    println!("stopped cleanly; looking for all {} traces", promises.len());
    verdict.add(look_for_and_stop(&program, folder.path(), &promises)?);
    let sent: u64 = promises.iter().map(Promise::spans).sum();
    println!("{sent} spans acknowledged over {cycles} kills, each looked for at least twice: {verdict}");
    println!("{}", if verdict.is_good() { "passed" } else { "FAILED" });
    Ok(verdict.is_good())
}

fn recent_and_some_older(promises: &[Promise], fresh: usize, random: &mut Random) -> Vec<Promise> {
    let (older, recent) = promises.split_at(promises.len() - fresh);
    let picked = (0..OLDER.min(older.len())).map(|_| older[random.below(older.len() as u64) as usize]);
    recent.iter().copied().chain(picked).collect()
}

/// Starts the program, looks for promised traces, and stops it as it should be stopped.
fn look_for_and_stop(program: &Path, data_dir: &Path, promises: &[Promise]) -> io::Result<Verdict> {
    let server = Server::start(program, data_dir)?;
    let verdict = look_for(promises, server.api_port)?;
    let ended = server.terminate()?;
    if !ended.status.success() {
        return Err(io::Error::other(format!("the program ended with {}\n{}", ended.status, ended.log)));
    }
    Ok(verdict)
}

/// Asks the API for every promised trace.
fn look_for(promises: &[Promise], api_port: u16) -> io::Result<Verdict> {
    let share = promises.len().div_ceil(CONNECTIONS as usize).max(1);
    let mut verdict = Verdict::default();
    thread::scope(|scope| {
        let askers: Vec<_> = promises.chunks(share).map(|some| scope.spawn(|| ask_for(some, api_port))).collect();
        askers.into_iter().try_for_each(|asker| {
            verdict.add(asker.join().map_err(|_| io::Error::other("an asker panicked"))??);
            Ok(())
        })
    })
    .map(|()| verdict)
}

fn ask_for(promises: &[Promise], api_port: u16) -> io::Result<Verdict> {
    let mut client = Client::connect(api_port)?;
    let mut verdict = Verdict::default();
    for promise in promises {
        verdict.add(promise.check(&client.get(&promise.path())?));
    }
    Ok(verdict)
}

/// What a load left behind.
#[derive(Default)]
struct Loaded {
    promises: Vec<Promise>,
    refused: u64,
}

fn load_and_kill(server: Server, load: Duration, run: u64) -> io::Result<Loaded> {
    let agent_port = server.agent_port;
    thread::scope(|scope| {
        let senders: Vec<_> =
            (0..CONNECTIONS).map(|client| scope.spawn(move || send_until_it_breaks(agent_port, run, client))).collect();
        thread::sleep(load);
        let status = server.kill()?;
        if status.signal() != Some(9) {
            return Err(io::Error::other(format!("the program had ended by itself: {status}")));
        }
        let mut all = Loaded::default();
        for sender in senders {
            let loaded = sender.join().map_err(|_| io::Error::other("a sender panicked"))??;
            all.promises.extend(loaded.promises);
            all.refused += loaded.refused;
        }
        Ok(all)
    })
}

/// Sends numbered traces until the connection breaks. Only what was answered with 200 is promised.
fn send_until_it_breaks(agent_port: u16, run: u64, client: u32) -> io::Result<Loaded> {
    let mut connection = Client::connect(agent_port)?;
    let seed = run.wrapping_mul(u64::from(CONNECTIONS)).wrapping_add(u64::from(client));
    let mut generator = Generator::new(seed, now_nanos() as i64);
    let mut random = Random::from_seed(!seed);
    let mut numbering = Numbering::new(run, client);
    let format = if client.is_multiple_of(2) { Format::V05 } else { Format::V04 };
    let mut loaded = Loaded::default();
    loop {
        let mut traces: Vec<_> = (0..TRACES).map(|_| padded(generator.trace(), &mut random)).collect();
        let promised: Vec<_> = traces.iter_mut().map(|trace| numbering.number(trace)).collect();
        match connection.put(format.path(), &TRACER_HEADERS, &format.encode(&traces)) {
            Ok(answer) if answer.status == 200 => loaded.promises.extend(promised),
            Ok(answer) if answer.status == 429 => {
                loaded.refused += 1;
                thread::sleep(REFUSED_PAUSE);
            }
            Ok(answer) => return Err(io::Error::other(format!("{} answered {}", format.path(), answer.status))),
            Err(_) => return Ok(loaded),
        }
    }
}

/// Makes some spans of a trace big, with text that does not compress.
fn padded(mut trace: Vec<Span>, random: &mut Random) -> Vec<Span> {
    for span in &mut trace {
        if random.one_in(PADDED) {
            let mut bytes = vec![0; random.below(PADDING_BYTES / 2) as usize];
            random.fill(&mut bytes);
            span.meta.insert("padding".into(), bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
    trace
}

fn now_nanos() -> u64 {
    // A clock before 1970 is as good a seed as any other.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}
