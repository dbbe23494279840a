//! A client that sends bytes as they are and reads one answer at a time.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Bound of every wait of a test; a receiver that works answers at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    /// Bytes behind the last answer.
    ahead: Vec<u8>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A whole request with `Content-Length`.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    [text.as_bytes(), b"\r\n", body].concat()
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).expect("the door is open");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout can be set");
        Client { stream, ahead: Vec::new() }
    }

    /// Sends bytes; fails if they are not taken.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.try_send(bytes).expect("the other side reads");
    }

    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Sends a request and reads its answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Answer {
        self.send(request);
        self.answer()
    }

    /// Closes the sending half.
    pub(crate) fn finish_sending(&self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection is open");
    }

    /// Reads one answer, or fails if there is none.
    pub(crate) fn answer(&mut self) -> Answer {
        let head_end = loop {
            match self.ahead.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(at) => break at,
                None => {
                    assert!(self.read_more(), "closed before an answer: {:?}", String::from_utf8_lossy(&self.ahead))
                }
            }
        };
        let rest = self.ahead.split_off(head_end + 4);
        let head = String::from_utf8(std::mem::replace(&mut self.ahead, rest)).expect("a head of text");
        let mut answer = Answer::of_head(&head);
        let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        while self.ahead.len() < length {
            assert!(self.read_more(), "closed within a body");
        }
        let rest = self.ahead.split_off(length);
        answer.body = String::from_utf8(std::mem::replace(&mut self.ahead, rest)).expect("a body of text");
        answer
    }

    /// Reads a head alone, as of an interim answer or one to HEAD.
    pub(crate) fn head(&mut self) -> Answer {
        while !self.ahead.windows(4).any(|window| window == b"\r\n\r\n") {
            assert!(self.read_more(), "closed before a head");
        }
        let end = self.ahead.windows(4).position(|window| window == b"\r\n\r\n").expect("just seen") + 4;
        let rest = self.ahead.split_off(end);
        Answer::of_head(&String::from_utf8(std::mem::replace(&mut self.ahead, rest)).expect("a head of text"))
    }

    /// Waits until the other side closes; fails if it sends anything.
    pub(crate) fn wait_for_end(&mut self) {
        assert!(!self.read_more(), "sent: {:?}", String::from_utf8_lossy(&self.ahead));
    }

    /// Whether there was more to read.
    fn read_more(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.stream.read(&mut bytes) {
            Ok(0) => false,
            Ok(read) => {
                self.ahead.extend_from_slice(&bytes[..read]);
                true
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => false,
            Err(error) => panic!("neither an answer nor an end: {error}"),
        }
    }
}

impl Answer {
    fn of_head(head: &str) -> Answer {
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
        let headers = lines.map(|line| line.split_once(':').expect("a header"));
        Answer {
            status: status.parse().expect("a status"),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect(),
            body: String::new(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
