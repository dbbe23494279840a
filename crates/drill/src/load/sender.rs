//! One connection of the load.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tracehound_testkit::Client;
use tracehound_testkit::traces::{Format, Generator, TRACER_HEADERS};

use super::template::Template;

/// Traces of a body.
const TRACES: usize = 50;

/// Different bodies of a connection: enough that the store does not see the same values again within a memtable's time.
const TEMPLATES: usize = 16;

/// One body in so many has its first trace looked for at the end.
const SAMPLED: u64 = 100;

/// Pause of a sender that was refused.
const REFUSED_PAUSE: Duration = Duration::from_millis(10);

/// Between the times of one body and the next, in nanoseconds: what a busy shop takes for 50 requests.
const BODY_NANOS: u64 = 50_000_000;

/// What a connection has seen.
#[derive(Default)]
pub(crate) struct Sent {
    /// Spans that were acknowledged.
    pub(crate) spans: u64,
    /// From the first byte of a body to its 200, in microseconds, refusals included.
    pub(crate) latencies_us: Vec<u64>,
    /// Bodies that were refused once, and sent again.
    pub(crate) refused: u64,
    /// Bytes of acknowledged bodies.
    pub(crate) bytes: u64,
    /// Some acknowledged traces: low half of the id, number of spans.
    pub(crate) sample: Vec<(u64, usize)>,
}

impl Sent {
    /// Adds what another connection has seen.
    pub(crate) fn add(&mut self, other: Sent) {
        self.spans += other.spans;
        self.latencies_us.extend(other.latencies_us);
        self.refused += other.refused;
        self.bytes += other.bytes;
        self.sample.extend(other.sample);
    }
}

/// The bodies of a connection, made before any clock runs.
pub(crate) struct Sender {
    format: Format,
    templates: Vec<Template>,
    number: u64,
}

impl Sender {
    /// The connection of this number; each has traces of its own.
    pub(crate) fn new(format: Format, number: u64, start: i64) -> Sender {
        let mut generator = Generator::new(number + 1, start);
        let templates = (0..TEMPLATES).map(|_| Template::new(format, &mut generator, TRACES)).collect();
        Sender { format, templates, number }
    }

    /// Sends until all connections together have sent `wanted` spans.
    pub(crate) fn send(mut self, port: u16, wanted: u64, sent_by_all: &AtomicU64) -> io::Result<Sent> {
        let mut client = Client::connect(port)?;
        let mut sent = Sent::default();
        for body in 0.. {
            let template = &mut self.templates[body as usize % TEMPLATES];
            if sent_by_all.fetch_add(template.spans, Ordering::Relaxed) >= wanted {
                break;
            }
            let salt = salt(self.number, body);
            if body % SAMPLED == 0 {
                sent.sample.push(template.first_trace(salt));
            }
            let bytes = template.stamp(salt, body * BODY_NANOS);
            let begun = Instant::now();
            sent.refused += put(&mut client, self.format, bytes)?;
            sent.latencies_us.push(begun.elapsed().as_micros() as u64);
            sent.bytes += bytes.len() as u64;
            sent.spans += template.spans;
        }
        Ok(sent)
    }
}

/// Sends a body until it is taken. Returns how often it was refused.
fn put(client: &mut Client, format: Format, body: &[u8]) -> io::Result<u64> {
    for refused in 0.. {
        match client.put(format.path(), &TRACER_HEADERS, body)?.status {
            200 => return Ok(refused),
            429 => thread::sleep(REFUSED_PAUSE),
            status => return Err(io::Error::other(format!("{} answered {status}", format.path()))),
        }
    }
    Ok(0)
}

/// Another 62 bits for every body of every connection, 0 only for none: an id stays one of eight bytes.
fn salt(connection: u64, body: u64) -> u64 {
    let number = connection << 32 | (body + 1);
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 2
}
