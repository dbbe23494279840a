//! Small bodies, written by hand after agent-protocol 2.1 and 2.2.

use super::request;

pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");
pub(crate) const MSGPACK: (&str, &str) = ("Content-Type", "application/msgpack");

/// `[]` in msgpack.
pub(crate) const NO_TRACES: &[u8] = b"\x90";

/// v0.5 without a span, as ddtrace sends it when it drops everything.
pub(crate) const NO_TRACES_V05: &[u8] = b"\x92\x91\xa0\x90";

/// One span of service `web` in msgpack, as of v0.3 and v0.4.
pub(crate) fn v04() -> Vec<u8> {
    let mut body = b"\x91\x91\x87".to_vec();
    for (key, value) in [("service", "web"), ("name", "http.request"), ("resource", "GET /")] {
        text(&mut body, key);
        text(&mut body, value);
    }
    for (key, value) in [("trace_id", 7), ("span_id", 8), ("start", 100), ("duration", 9)] {
        text(&mut body, key);
        body.push(value);
    }
    body
}

/// The same span as of v0.5.
pub(crate) fn v05() -> Vec<u8> {
    let mut body = b"\x92\x94".to_vec();
    for string in ["", "web", "http.request", "GET /"] {
        text(&mut body, string);
    }
    // Service, name, resource, trace, span, parent, start, duration, error, meta, metrics, type.
    body.extend_from_slice(b"\x91\x91\x9c\x01\x02\x03\x07\x08\x00\x64\x09\x00\x80\x80\x00");
    body
}

/// A trace of that many spans as of v0.5, each with the tag `k` of the same value.
pub(crate) fn v05_sharing(value: &str, spans: u16) -> Vec<u8> {
    let mut body = b"\x92\x96".to_vec();
    for string in ["", "web", "http.request", "GET /", "k"] {
        text(&mut body, string);
    }
    body.push(0xda);
    body.extend_from_slice(&(value.len() as u16).to_be_bytes());
    body.extend_from_slice(value.as_bytes());
    body.extend_from_slice(b"\x91\xdc");
    body.extend_from_slice(&spans.to_be_bytes());
    for span in 1..=spans {
        body.extend_from_slice(b"\x9c\x01\x02\x03\x07\xcd");
        body.extend_from_slice(&span.to_be_bytes());
        body.extend_from_slice(b"\x00\x64\x09\x00\x81\x04\x05\x80\x00");
    }
    body
}

/// The same span in JSON, alone.
pub(crate) fn json_span() -> String {
    r#"{"service":"web","name":"http.request","resource":"GET /","trace_id":7,"span_id":8,"start":100,"duration":9}"#
        .to_owned()
}

/// A request with one good span.
pub(crate) fn good() -> Vec<u8> {
    request("POST", "/v0.4/traces", &[MSGPACK], &v04())
}

/// A JSON body of exactly this many bytes that holds one good span: the rest is white space.
pub(crate) fn json_of(bytes: usize) -> Vec<u8> {
    let mut body = format!("[[{}]]", json_span()).into_bytes();
    body.resize(bytes, b' ');
    body
}

/// A body in chunks of this size, as for `Transfer-Encoding: chunked`.
pub(crate) fn chunked(body: &[u8], chunk_bytes: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + body.len() / chunk_bytes * 16 + 16);
    for chunk in body.chunks(chunk_bytes) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

fn text(body: &mut Vec<u8>, text: &str) {
    body.push(0xa0 | text.len() as u8);
    body.extend_from_slice(text.as_bytes());
}
