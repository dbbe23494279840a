//! Reads an HTTP/1.1 answer, with bounds on everything.
//!
//! A body ends where its chunks end, after `Content-Length` bytes, or with the connection.

use std::io;
use std::time::Instant;

use super::stream::Stream;

/// The longest head accepted, interim answers included. Every known agent's is under 1 KiB.
const MAX_HEAD: usize = 64 * 1024;

/// The longest body kept. The largest answer of an agent is `/info` with some 10 KiB; what is longer is cut.
const MAX_BODY: usize = 1024 * 1024;

/// How many interim answers may come before the real one. Agents send none, proxies one.
const MAX_INTERIM: usize = 8;

/// What one read asks of the socket.
const READ: usize = 8 * 1024;

/// An answer.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    /// As they came, values trimmed.
    headers: Vec<(String, String)>,
    /// At most [`MAX_BODY`] bytes of it.
    pub(super) body: Vec<u8>,
    /// Whether the connection can carry another request.
    pub(super) reusable: bool,
}

impl Response {
    /// Whether the real answer is still to come.
    fn is_interim(&self) -> bool {
        (100..200).contains(&self.status)
    }

    /// The first value of a header, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoResponse {
    /// The connection ended or broke before the first byte.
    Nothing(io::Error),
    /// It ended or broke after that.
    Cut(io::Error),
    /// What came is not HTTP/1.
    Garbage(&'static str),
}

/// Reads one answer; interim ones (1xx) are skipped.
pub(super) fn read(stream: &mut Stream, deadline: Instant) -> Result<Response, NoResponse> {
    let mut reader = Reader { stream, deadline, bytes: Vec::with_capacity(READ), read: 0 };
    reader.more().map_err(NoResponse::Nothing)?;
    let mut response = reader.head()?;
    for _ in 0..MAX_INTERIM {
        if response.is_interim() {
            response = reader.head()?;
        }
    }
    if response.is_interim() {
        return Err(NoResponse::Garbage("interim answers without an end"));
    }
    let framing = Framing::of(&response)?;
    let cut = match framing {
        Framing::None => false,
        Framing::Length(len) => reader.exactly(len, &mut response.body)?,
        Framing::Chunked => reader.chunks(&mut response.body)?,
        Framing::UntilClosed => reader.until_closed(&mut response.body)?,
    };
    let leftover = reader.read < reader.bytes.len();
    response.reusable &= !cut && !leftover && framing != Framing::UntilClosed;
    Ok(response)
}

/// How the end of a body is told.
#[derive(PartialEq)]
enum Framing {
    None,
    Length(usize),
    Chunked,
    UntilClosed,
}

impl Framing {
    fn of(response: &Response) -> Result<Self, NoResponse> {
        if matches!(response.status, 204 | 304) {
            return Ok(Self::None);
        }
        if let Some(coding) = response.header("transfer-encoding") {
            let chunked = coding.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"));
            return Ok(if chunked { Self::Chunked } else { Self::UntilClosed });
        }
        match response.header("content-length") {
            Some(len) => {
                len.parse().map(Self::Length).map_err(|_| NoResponse::Garbage("a Content-Length that is no number"))
            }
            None => Ok(Self::UntilClosed),
        }
    }
}

struct Reader<'a> {
    stream: &'a mut Stream,
    deadline: Instant,
    bytes: Vec<u8>,
    /// How many of `bytes` are used up.
    read: usize,
}

impl Reader<'_> {
    /// Reads once more from the socket; the end is an error.
    fn more(&mut self) -> io::Result<()> {
        // Used bytes go, so that a long body passes through a short buffer.
        self.bytes.drain(..self.read.min(self.bytes.len()));
        self.read = 0;
        let mut chunk = [0; READ];
        match self.stream.read(&mut chunk, self.deadline)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            len => {
                self.bytes.extend_from_slice(chunk.get(..len).unwrap_or_default());
                Ok(())
            }
        }
    }

    /// A line without its end; lines end in CR LF or LF.
    fn line(&mut self, max: usize) -> Result<String, NoResponse> {
        loop {
            let unread = self.bytes.get(self.read..).unwrap_or_default();
            if let Some(len) = unread.iter().position(|&byte| byte == b'\n') {
                let line = unread.get(..len).unwrap_or_default();
                let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
                self.read += len + 1;
                return Ok(line);
            }
            if unread.len() > max {
                return Err(NoResponse::Garbage("a line without an end"));
            }
            self.more().map_err(NoResponse::Cut)?;
        }
    }

    fn head(&mut self) -> Result<Response, NoResponse> {
        let status_line = self.line(MAX_HEAD)?;
        let (version, rest) = status_line.split_once(' ').unwrap_or((&status_line, ""));
        if !version.starts_with("HTTP/1.") {
            return Err(NoResponse::Garbage("an answer that is not HTTP/1"));
        }
        let Some(status) = rest.get(..3).and_then(|digits| digits.parse().ok()) else {
            return Err(NoResponse::Garbage("an answer without a status"));
        };
        let headers = self.fields()?;
        let mut response = Response { status, headers, body: Vec::new(), reusable: false };
        let connection = response.header("connection").unwrap_or_default();
        response.reusable = match version {
            "HTTP/1.0" => connection.eq_ignore_ascii_case("keep-alive"),
            _ => !connection.eq_ignore_ascii_case("close"),
        };
        Ok(response)
    }

    /// Header or trailer fields, up to the empty line after them.
    fn fields(&mut self) -> Result<Vec<(String, String)>, NoResponse> {
        let mut fields = Vec::new();
        let mut left = MAX_HEAD;
        loop {
            let line = self.line(left)?;
            if line.is_empty() {
                return Ok(fields);
            }
            left = left.checked_sub(line.len() + 1).ok_or(NoResponse::Garbage("a head without an end"))?;
            if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }

    /// Appends `len` bytes to `body`; true if [`MAX_BODY`] cut them.
    fn exactly(&mut self, len: usize, body: &mut Vec<u8>) -> Result<bool, NoResponse> {
        let room = MAX_BODY.saturating_sub(body.len());
        let mut left = len.min(room);
        while left > 0 {
            if self.read == self.bytes.len() {
                self.more().map_err(NoResponse::Cut)?;
            }
            let unread = self.bytes.get(self.read..).unwrap_or_default();
            let taken = unread.get(..left).unwrap_or(unread);
            body.extend_from_slice(taken);
            self.read += taken.len();
            left -= taken.len();
        }
        Ok(len > room)
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> Result<bool, NoResponse> {
        loop {
            let size = self.line(READ)?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let Ok(len) = usize::from_str_radix(size, 16) else {
                return Err(NoResponse::Garbage("a chunk without a length"));
            };
            if len == 0 {
                self.fields()?;
                return Ok(false);
            }
            if self.exactly(len, body)? {
                return Ok(true);
            }
            self.line(READ)?;
        }
    }

    fn until_closed(&mut self, body: &mut Vec<u8>) -> Result<bool, NoResponse> {
        loop {
            let unread = self.bytes.len() - self.read;
            if self.exactly(unread, body)? {
                return Ok(true);
            }
            match self.more() {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(NoResponse::Cut(error)),
            }
        }
    }
}
