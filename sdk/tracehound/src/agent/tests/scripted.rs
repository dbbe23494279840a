//! An agent on loopback that answers as a test tells it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::Endpoint;

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// Which connection it came on, counted from 0.
    pub(super) connection: usize,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn is_traces(&self) -> bool {
        self.path.ends_with("/traces")
    }
}

/// What the agent does with a request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Bytes; the connection stays.
    Bytes(Vec<u8>),
    /// Bytes, then the end of the connection.
    BytesAndClose(Vec<u8>),
    /// Bytes, then nothing for as long as the test runs.
    BytesAndSilence(Vec<u8>),
    /// The first of these, and then the second now and then, for ever.
    Drip(&'static str, &'static str),
}

impl Reply {
    pub(super) fn status(status: u16) -> Self {
        Self::with(status, "", "")
    }

    pub(super) fn ok(body: &str) -> Self {
        Self::with(200, "", body)
    }

    pub(super) fn with(status: u16, headers: &str, body: &str) -> Self {
        Self::Bytes(format!("HTTP/1.1 {status} Status\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into())
    }
}

trait Connection: Read + Write + Send {}
impl<T: Read + Write + Send> Connection for T {}

type Script = dyn Fn(&Seen) -> Reply + Send + Sync;

#[derive(Default)]
struct State {
    seen: Mutex<Vec<Seen>>,
    /// Connections on which nothing more is said.
    silent: Mutex<Vec<Box<dyn Connection>>>,
    connections: AtomicUsize,
    over: AtomicBool,
}

/// The agent; it is gone when dropped.
pub(super) struct Agent {
    endpoint: Endpoint,
    state: Arc<State>,
    accepting: Option<thread::JoinHandle<()>>,
    wake: Box<dyn Fn()>,
}

impl Agent {
    /// On a free port of 127.0.0.1.
    pub(super) fn tcp(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(TcpListener::bind("127.0.0.1:0").unwrap(), script)
    }

    pub(super) fn listen(listener: TcpListener, script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let address = listener.local_addr().unwrap();
        let next = move || listener.accept().map(|(stream, _)| Box::new(stream) as Box<dyn Connection>);
        Self::run(endpoint(address), next, script, Box::new(move || drop(TcpStream::connect(address))))
    }

    #[cfg(unix)]
    pub(super) fn unix(path: &std::path::Path, script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        use std::os::unix::net::{UnixListener, UnixStream};
        let listener = UnixListener::bind(path).unwrap();
        let next = move || listener.accept().map(|(stream, _)| Box::new(stream) as Box<dyn Connection>);
        let path = path.to_owned();
        Self::run(Endpoint::Unix(path.clone()), next, script, Box::new(move || drop(UnixStream::connect(&path))))
    }

    fn run(
        endpoint: Endpoint,
        next: impl Fn() -> std::io::Result<Box<dyn Connection>> + Send + 'static,
        script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
        wake: Box<dyn Fn()>,
    ) -> Self {
        let state = Arc::<State>::default();
        let (shared, script): (_, Arc<Script>) = (Arc::clone(&state), Arc::new(script));
        let accepting = thread::spawn(move || {
            while let Ok(stream) = next() {
                if shared.over.load(Ordering::SeqCst) {
                    return;
                }
                let (shared, script) = (Arc::clone(&shared), Arc::clone(&script));
                thread::spawn(move || serve(stream, &shared, &*script));
            }
        });
        Self { endpoint, state, accepting: Some(accepting), wake }
    }

    pub(super) fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// The requests so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// The requests that brought traces.
    pub(super) fn traces(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_traces).collect()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        (self.wake)();
        if let Some(accepting) = self.accepting.take() {
            accepting.join().unwrap();
        }
        self.state.silent.lock().unwrap().clear();
    }
}

pub(super) fn endpoint(address: SocketAddr) -> Endpoint {
    Endpoint::Http { host: address.ip().to_string(), port: address.port(), base_path: String::new() }
}

/// Answers requests until the connection ends.
fn serve(stream: Box<dyn Connection>, state: &State, script: &Script) {
    let connection = state.connections.fetch_add(1, Ordering::SeqCst);
    let mut stream = BufReader::new(stream);
    while let Some(seen) = request(&mut stream, connection) {
        if state.over.load(Ordering::SeqCst) {
            return;
        }
        state.seen.lock().unwrap().push(seen.clone());
        let said = match script(&seen) {
            Reply::Bytes(bytes) => stream.get_mut().write_all(&bytes),
            Reply::BytesAndClose(bytes) => {
                let _ = stream.get_mut().write_all(&bytes);
                return;
            }
            Reply::BytesAndSilence(bytes) => {
                let _ = stream.get_mut().write_all(&bytes);
                return state.silent.lock().unwrap().push(stream.into_inner());
            }
            Reply::Drip(head, more) => {
                let mut said = stream.get_mut().write_all(head.as_bytes());
                while said.is_ok() && !state.over.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(2));
                    said = stream.get_mut().write_all(more.as_bytes());
                }
                return;
            }
        };
        if said.is_err() {
            return;
        }
    }
}

fn request(stream: &mut impl BufRead, connection: usize) -> Option<Seen> {
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|&len| len > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let (method, rest) = first.split_once(' ')?;
    let path = rest.strip_suffix(" HTTP/1.1")?;
    let mut headers = Vec::new();
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut seen = Seen { method: method.into(), path: path.into(), headers, body: Vec::new(), connection };
    seen.body.resize(seen.header("Content-Length")?.parse().ok()?, 0);
    stream.read_exact(&mut seen.body).ok()?;
    Some(seen)
}
