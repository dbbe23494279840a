//! An agent on loopback that does with traces what a test tells it, and remembers those it said it took.
#![allow(dead_code, reason = "each file uses its part")]

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rmpv::Value;

/// What it says to `/info`: no statistics are asked for, so that every trace arrives.
const INFO: &str = r#"{"version":"7.85.1","endpoints":["/v0.4/traces"]}"#;

/// The same of one that leaves the counting to the tracer, and throws away traces whose local root has the tag `secret`.
const COUNTING_INFO: &str = r#"{"version":"7.85.1","endpoints":["/v0.4/traces","/v0.6/stats"],"client_drop_p0s":true,
    "filter_tags":{"reject":["secret"]}}"#;

/// How many connections it serves at once.
const CONNECTIONS: usize = 8;

/// What it does with traces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reply {
    /// Answers with this status. With 200 it has taken them.
    Status(u16),
    /// Closes the connection instead of answering.
    Nothing,
    /// Closes the connection in the middle of its answer.
    Half,
}

/// A span as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) name: String,
    /// The low half.
    pub(crate) trace_id: u64,
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) meta: BTreeMap<String, String>,
}

type Script = dyn Fn(usize) -> Reply + Send + Sync;

type Info = dyn Fn() -> &'static str + Send + Sync;

struct State {
    /// What to say to `/info`. It may take its time, too.
    info: Box<Info>,
    /// What to do with the request that has this number, counted from 0. It may take its time.
    script: Box<Script>,
    requests: AtomicUsize,
    chunks: Mutex<Vec<Vec<Received>>>,
    hits: Mutex<BTreeMap<String, u64>>,
    over: AtomicBool,
}

/// The agent; when it is dropped nobody listens any more.
pub(crate) struct Agent {
    url: String,
    state: Arc<State>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Agent {
    /// On a free port.
    pub(crate) fn tcp(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Agent {
        Agent::tcp_with(|| INFO, script)
    }

    /// On a free port. It takes all traces, wants statistics, and says so when `wait` has returned.
    pub(crate) fn counting(wait: impl Fn() + Send + Sync + 'static) -> Agent {
        let info = move || {
            wait();
            COUNTING_INFO
        };
        Agent::tcp_with(info, |_| Reply::Status(200))
    }

    fn tcp_with(
        info: impl Fn() -> &'static str + Send + Sync + 'static,
        script: impl Fn(usize) -> Reply + Send + Sync + 'static,
    ) -> Agent {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let next = move || listener.accept().map(|(stream, _)| Box::new(stream) as Box<dyn Stream>);
        Agent::run(format!("http://{address}"), next, info, script, move || drop(TcpStream::connect(address)))
    }

    /// On a socket in the file system, where another one may listen later.
    pub(crate) fn unix(path: &Path, script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Agent {
        let listener = UnixListener::bind(path).unwrap();
        let next = move || listener.accept().map(|(stream, _)| Box::new(stream) as Box<dyn Stream>);
        let address = path.to_owned();
        Agent::run(
            format!("unix://{}", path.display()),
            next,
            || INFO,
            script,
            move || drop(UnixStream::connect(&address)),
        )
    }

    fn run(
        url: String,
        next: impl Fn() -> io::Result<Box<dyn Stream>> + Send + Sync + 'static,
        info: impl Fn() -> &'static str + Send + Sync + 'static,
        script: impl Fn(usize) -> Reply + Send + Sync + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Agent {
        let state = Arc::new(State {
            info: Box::new(info),
            script: Box::new(script),
            requests: AtomicUsize::new(0),
            chunks: Mutex::default(),
            hits: Mutex::default(),
            over: AtomicBool::new(false),
        });
        // All begin before there is a request, and end after the last.
        let next = Arc::new(next);
        for _ in 0..CONNECTIONS {
            let (state, next) = (Arc::clone(&state), Arc::clone(&next));
            thread::spawn(move || {
                while !state.over.load(Ordering::SeqCst) {
                    let Ok(stream) = next() else { return };
                    serve(stream, &state);
                }
            });
        }
        Agent { url, state, wake: Box::new(wake) }
    }

    /// For `DD_TRACE_AGENT_URL`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The chunks it took so far.
    pub(crate) fn chunks(&self) -> Vec<Vec<Received>> {
        self.state.chunks.lock().unwrap().clone()
    }

    /// Their spans.
    pub(crate) fn spans(&self) -> Vec<Received> {
        self.chunks().into_iter().flatten().collect()
    }

    /// How often spans of each name were counted in the statistics that came so far.
    pub(crate) fn hits(&self) -> BTreeMap<String, u64> {
        self.state.hits.lock().unwrap().clone()
    }

    /// From now on nobody listens, and nothing is answered on connections that are there.
    pub(crate) fn vanish(&self) {
        self.state.over.store(true, Ordering::SeqCst);
        (0..CONNECTIONS).for_each(|_| (self.wake)());
        if let Some(path) = self.url.strip_prefix("unix://") {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if !self.state.over.load(Ordering::SeqCst) {
            self.vanish();
        }
    }
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// Answers requests until the connection ends, from either side.
fn serve(stream: Box<dyn Stream>, state: &State) {
    let mut stream = BufReader::new(stream);
    while let Some((path, body)) = request(&mut stream) {
        if state.over.load(Ordering::SeqCst) {
            return;
        }
        let reply = if path == "/info" {
            answer(200, (state.info)())
        } else if path == "/v0.6/stats" {
            let mut hits = state.hits.lock().unwrap();
            decode_stats(&body).for_each(|(name, count)| *hits.entry(name).or_default() += count);
            answer(200, "{}")
        } else {
            match (state.script)(state.requests.fetch_add(1, Ordering::SeqCst)) {
                Reply::Nothing => return,
                Reply::Half => {
                    let _ = stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Le");
                    return;
                }
                Reply::Status(status) => {
                    if status == 200 {
                        state.chunks.lock().unwrap().extend(decode(&body));
                    }
                    answer(status, "{}")
                }
            }
        };
        if stream.get_mut().write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Path and body.
fn request(stream: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|&len| len > 0)?;
        Some(line.trim_end().to_owned())
    };
    let path = line()?.split(' ').nth(1)?.to_owned();
    let mut len = 0;
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            len = value.parse().ok()?;
        }
    }
    let mut body = vec![0; len];
    stream.read_exact(&mut body).ok()?;
    Some((path, body))
}

/// The chunks of a body of `/v0.4/traces`.
fn decode(mut body: &[u8]) -> Vec<Vec<Received>> {
    let Value::Array(chunks) = rmpv::decode::read_value(&mut body).unwrap() else { panic!("no array") };
    assert!(body.is_empty(), "something follows the chunks");
    let spans = |chunk: Value| match chunk {
        Value::Array(spans) => spans.iter().map(span).collect(),
        other => panic!("no chunk: {other}"),
    };
    chunks.into_iter().map(spans).collect()
}

/// Name and hits of each row of a body of `/v0.6/stats`.
fn decode_stats(mut body: &[u8]) -> impl Iterator<Item = (String, u64)> {
    let payload = rmpv::decode::read_value(&mut body).unwrap();
    let items = |value: &Value| value["Stats"].as_array().unwrap().clone();
    let row = |row: Value| (row["Name"].as_str().unwrap().to_owned(), row["Hits"].as_u64().unwrap());
    items(&payload).into_iter().flat_map(move |bucket| items(&bucket)).map(row)
}

fn span(span: &Value) -> Received {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let meta = span["meta"].as_map().into_iter().flatten();
    Received {
        name: text(&span["name"]),
        trace_id: span["trace_id"].as_u64().unwrap(),
        span_id: span["span_id"].as_u64().unwrap(),
        parent_id: span["parent_id"].as_u64().unwrap_or(0),
        meta: meta.map(|(key, value)| (text(key), text(value))).collect(),
    }
}
