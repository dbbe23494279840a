//! As much of HTTP/1.1 as a tracer needs: one request after the other on one connection that stays open.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longest wait for bytes that come within moments unless the server is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a port of this machine.
pub struct Client {
    stream: BufReader<TcpStream>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Status code, such as 200.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, asked for in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> io::Result<Value> {
        serde_json::from_slice(&self.body).map_err(io::Error::from)
    }
}

impl Client {
    /// Connects to 127.0.0.1.
    pub fn connect(port: u16) -> io::Result<Client> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Client { stream: BufReader::new(stream) })
    }

    /// Asks for `path`.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, &[], b"")
    }

    /// Sends `body` to `path`.
    pub fn put(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        self.ask("PUT", path, headers, body)
    }

    fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| malformed("status line", &line))?;
        let mut headers = Vec::new();
        while let Some((name, value)) = self.line()?.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        match answer.header("transfer-encoding") {
            None => {
                let length = answer.header("content-length").unwrap_or("0");
                let length = length.parse().map_err(|_| malformed("length", length))?;
                self.read_onto(&mut answer.body, length)?;
            }
            Some("chunked") => self.read_chunks_onto(&mut answer.body)?,
            Some(other) => return Err(malformed("way to tell its length", other)),
        }
        Ok(answer)
    }

    /// Reads pieces, each behind its length in hex, through the empty one that ends them.
    fn read_chunks_onto(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let line = self.line()?;
            let length = usize::from_str_radix(&line, 16).map_err(|_| malformed("length of a piece", &line))?;
            self.read_onto(body, length)?;
            match &*self.line()? {
                "" if length == 0 => return Ok(()),
                "" => {}
                more => return Err(malformed("end of a piece", more)),
            }
        }
    }

    fn read_onto(&mut self, body: &mut Vec<u8>, length: usize) -> io::Result<()> {
        let read = body.len();
        body.resize(read + length, 0);
        self.stream.read_exact(&mut body[read..])
    }

    /// The next line without its end; empty behind the headers.
    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

fn malformed(what: &str, found: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the answer has an unreadable {what}: {found:?}"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// What a client makes of these bytes, and what it sent to get them.
    fn exchange(answer: &'static [u8]) -> (io::Result<Answer>, String) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; 1_000];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(answer).unwrap();
            String::from_utf8(request[..length].to_vec()).unwrap()
        });
        let answer = Client::connect(port).and_then(|mut client| client.get("/info"));
        (answer, server.join().unwrap())
    }

    #[test]
    fn an_answer_is_a_status_and_as_many_bytes_as_it_says() {
        let (answer, request) = exchange(b"HTTP/1.1 429 Too Many Requests\r\ncontent-LENGTH: 2\r\n\r\n{}more");
        let answer = answer.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (429, &b"{}"[..]));
        assert_eq!(request, "GET /info HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    }

    #[test]
    fn an_answer_can_come_in_pieces() {
        let (answer, _) = exchange(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\nA\r\n\":[1,2,3]}\r\n0\r\n\r\n",
        );
        assert_eq!(answer.unwrap().json().unwrap()["a"].as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn half_an_answer_is_an_error() {
        const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n";
        for answer in [
            &b""[..],
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n",
            CHUNKED,
            b"hello\r\n\r\n",
        ] {
            assert!(exchange(answer).0.is_err(), "{answer:?}");
        }
    }
}
