//! An agent that says yes to everything, counts the bytes and forgets them.
//!
//! It lives in the process that leads the drill, so that its own time is told apart from that of the tracers.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// What a current agent announces, as far as tracers act on it.
const INFO: &str = r#"{"version":"7.85.1","endpoints":["/v0.3/traces","/v0.4/traces","/v0.5/traces","/v0.6/stats"],"client_drop_p0s":true,
"peer_tags":["db.name"],"span_kinds_stats_computed":["server","consumer","client","producer"],"obfuscation_version":1,"config":{}}"#;
const RATES: &str = r#"{"rate_by_service":{"service:,env:":1}}"#;

pub struct Agent {
    pub address: SocketAddr,
    /// Bytes of trace payloads so far.
    trace_bytes: Arc<AtomicU64>,
}

impl Agent {
    pub fn start() -> io::Result<Agent> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let agent = Agent { address: listener.local_addr()?, trace_bytes: Arc::default() };
        let bytes = Arc::clone(&agent.trace_bytes);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let bytes = Arc::clone(&bytes);
                // A tracer that hangs up ends its thread, and that is all.
                thread::spawn(move || serve(stream, &bytes));
            }
        });
        Ok(agent)
    }

    pub fn trace_bytes(&self) -> u64 {
        self.trace_bytes.load(Ordering::Relaxed)
    }
}

fn serve(stream: TcpStream, trace_bytes: &AtomicU64) -> io::Result<()> {
    let mut answers = stream.try_clone()?;
    let mut requests = BufReader::with_capacity(64 * 1024, stream);
    while let Some(path) = read_head_line(&mut requests)? {
        let bytes = read_body(&mut requests)?;
        if path.ends_with("/traces") {
            trace_bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        let body = match path.as_str() {
            "/info" => INFO,
            path if path.ends_with("/traces") => RATES,
            _ => "{}",
        };
        let length = body.len();
        write!(answers, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")?;
    }
    Ok(())
}

/// The path of the next request, if there is one.
fn read_head_line(requests: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    requests.read_line(&mut line)?;
    Ok(line.split(' ').nth(1).map(str::to_owned))
}

/// Reads the headers and throws away the body; its length.
fn read_body(requests: &mut impl BufRead) -> io::Result<u64> {
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut line = String::new();
        requests.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        match line.split_once(": ") {
            None => break,
            Some(("content-length", value)) => length = value.parse().unwrap_or(0),
            Some(("transfer-encoding", "chunked")) => chunked = true,
            Some(_) => {}
        }
    }
    if !chunked {
        return skip(requests, length);
    }
    let mut sum = 0;
    loop {
        let mut line = String::new();
        requests.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim_end(), 16).unwrap_or(0);
        // Each chunk, and the end, is followed by an empty line.
        sum += skip(requests, length)?;
        requests.read_line(&mut line)?;
        if length == 0 {
            return Ok(sum);
        }
    }
}

fn skip(requests: &mut impl Read, length: u64) -> io::Result<u64> {
    io::copy(&mut requests.take(length), &mut io::sink())
}
