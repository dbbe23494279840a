//! Load the program as hard as four connections can, and say what a span costs, flushed to the last.

mod figures;
mod sender;
mod template;

use std::io;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tracehound_testkit::traces::Format;
use tracehound_testkit::{Client, Server};

use self::figures::Figures;
use self::sender::{Sender, Sent};
use crate::arguments::{Arguments, invalid};
use crate::folder;
use crate::program::{self, Program};

const CONNECTIONS: u64 = 4;

/// Where in the data directory the parts are. Source: docs/formats/part.md.
const PARTS: &str = "spans";

/// Runs the drill, format by format, each on an empty store.
pub(crate) fn run(arguments: &Arguments) -> io::Result<bool> {
    let spans = arguments.number("--spans", 5_000_000)?;
    let formats = match arguments.get("--format") {
        None | Some("both") => &[Format::V04, Format::V05][..],
        Some("v0.4") => &[Format::V04],
        Some("v0.5") => &[Format::V05],
        Some(other) => return Err(invalid(format!("--format {other}: v0.4, v0.5 or both"))),
    };
    let program = program::find(arguments)?;
    let mut good = true;
    for &format in formats {
        let figures = load(&program, format, spans)?;
        println!("{figures}");
        good &= figures.is_good();
    }
    Ok(good)
}

fn load(program: &Program, format: Format, spans: u64) -> io::Result<Figures> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&program.path, folder.path())?;
    let (sent, wall) = fill(&server, format, spans)?;
    let begun = Instant::now();
    let ended = server.terminate()?;
    if !ended.status.success() {
        return Err(io::Error::other(format!("the program ended with {}\n{}", ended.status, ended.log)));
    }
    Ok(Figures {
        title: format!("load: {format}, {} build, {CONNECTIONS} connections", program.profile),
        wall,
        stop: begun.elapsed(),
        usage: ended.usage,
        disk_bytes: folder::bytes(folder.path())?,
        part_bytes: folder::bytes(&folder.path().join(PARTS))?,
        whole: whole(&program.path, folder.path(), &sent)?,
        sent,
    })
}

/// Sends `spans` spans, and says how long that took.
pub(crate) fn fill(server: &Server, format: Format, spans: u64) -> io::Result<(Sent, Duration)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i64);
    let senders: Vec<_> = (0..CONNECTIONS).map(|number| Sender::new(format, number, now)).collect();
    let (port, sent_by_all) = (server.agent_port, AtomicU64::new(0));
    let begun = Instant::now();
    let mut sent = Sent::default();
    thread::scope(|scope| {
        let running: Vec<_> =
            senders.into_iter().map(|sender| scope.spawn(|| sender.send(port, spans, &sent_by_all))).collect();
        running.into_iter().try_for_each(|sender| {
            sent.add(sender.join().map_err(|_| io::Error::other("a sender panicked"))??);
            io::Result::Ok(())
        })
    })?;
    Ok((sent, begun.elapsed()))
}

/// Starts the program again and counts the sampled traces that it has, with every span.
fn whole(program: &Path, data_dir: &Path, sent: &Sent) -> io::Result<usize> {
    let server = Server::start(program, data_dir)?;
    let mut client = Client::connect(server.api_port)?;
    let mut whole = 0;
    for (id, spans) in &sent.sample {
        let answer = client.get(&format!("/api/tracehound/v1/traces/{id:016x}"))?;
        let found = answer.json()?["spans"].as_array().map(Vec::len);
        whole += usize::from(answer.status == 200 && found == Some(*spans));
    }
    Ok(whole)
}
