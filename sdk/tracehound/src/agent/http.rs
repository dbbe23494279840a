//! The little HTTP/1.1 client a tracer needs: one connection, kept open, one request after another, a deadline on the
//! whole.

use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use super::endpoint::Endpoint;
use super::response::{self, NoResponse, Response};
use super::stream::Stream;

/// One request.
pub(super) struct Request<'a> {
    pub(super) method: &'static str,
    /// From the root, without the endpoint's base path.
    pub(super) path: &'a str,
    /// Lines, each with CR LF at its end; `Host` and `Content-Length` are added.
    pub(super) headers: &'a str,
    /// The body in pieces, so that none has to be copied.
    pub(super) body: &'a [&'a [u8]],
}

/// Why a request was not answered.
#[derive(Debug)]
pub(super) enum HttpError {
    /// There is no connection.
    Connect(io::Error),
    /// The connection broke, or the time was up.
    Io(io::Error),
    /// The answer makes no sense.
    Garbage(&'static str),
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) if error.kind() == io::ErrorKind::TimedOut => {
                f.write_str("no connection within the time allowed")
            }
            Self::Connect(error) => write!(f, "{error}"),
            Self::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                f.write_str("no answer within the time allowed")
            }
            Self::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                f.write_str("the connection was closed before the answer was whole")
            }
            Self::Io(error) => write!(f, "{error}"),
            Self::Garbage(what) => f.write_str(what),
        }
    }
}

/// A client of one endpoint.
pub(super) struct Client {
    endpoint: Endpoint,
    idle: Option<Stream>,
}

impl Client {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, idle: None }
    }

    /// Sends `request` and reads the answer, both within `timeout`.
    pub(super) fn send(&mut self, request: &Request<'_>, timeout: Duration) -> Result<Response, HttpError> {
        let deadline = Instant::now() + timeout;
        if let Some(stream) = self.idle.take() {
            match self.exchange(stream, request, deadline) {
                // An agent closes connections that were idle for some seconds, and may do so while we write. Nothing
                // was read, so the request goes out once more, on a new connection.
                Err(NoResponse::Nothing(error)) if error.kind() != io::ErrorKind::TimedOut => {}
                answer => return answer.map_err(HttpError::from),
            }
        }
        let stream = self.endpoint.connect(deadline).map_err(HttpError::Connect)?;
        self.exchange(stream, request, deadline).map_err(HttpError::from)
    }

    fn exchange(
        &mut self,
        mut stream: Stream,
        request: &Request<'_>,
        deadline: Instant,
    ) -> Result<Response, NoResponse> {
        match self.write(&mut stream, request, deadline) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(NoResponse::Nothing(error)),
            // A server that refuses a body answers before it has read all of it, and closes: then the write fails and
            // the answer is there.
            Err(error) => return response::read(&mut stream, deadline).map_err(|_| NoResponse::Nothing(error)),
        }
        let answer = response::read(&mut stream, deadline)?;
        if answer.reusable {
            self.idle = Some(stream);
        }
        Ok(answer)
    }

    fn write(&self, stream: &mut Stream, request: &Request<'_>, deadline: Instant) -> io::Result<()> {
        let len: usize = request.body.iter().map(|piece| piece.len()).sum();
        let Request { method, path, headers, body } = request;
        let (base, host) = (self.endpoint.base_path(), self.endpoint.authority());
        let head = format!("{method} {base}{path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {len}\r\n\r\n");
        stream.write_all(head.as_bytes(), deadline)?;
        body.iter().try_for_each(|piece| stream.write_all(piece, deadline))
    }
}

impl From<NoResponse> for HttpError {
    fn from(error: NoResponse) -> Self {
        match error {
            NoResponse::Nothing(error) | NoResponse::Cut(error) => Self::Io(error),
            NoResponse::Garbage(what) => Self::Garbage(what),
        }
    }
}
