//! What stats need of one finished span, as bytes that only ever get appended and read through.
//!
//! Everything a row is found by lies side by side, so that the concentrator looks a row up by a slice of the record, without decoding it:
//!
//! ```text
//! length u32 | end u64 ns | duration u64 ns | flags u8: 1 error, 2 top level | key
//! key: flags u8: 1 synthetics, 2 root of the trace | HTTP status u32 | nine texts | peer tags `k:v`, to the end
//! text: length u16 | UTF-8                                                                        (numbers little-endian)
//! ```

use super::ip;
use crate::bounded_text::beginning;

/// The agent cuts a resource, the longest of all dimensions, at this many bytes. Source: agent-protocol 3.5.
const TEXT_MAX_BYTES: usize = 5_000;
/// End, duration and flags.
const HEAD_BYTES: usize = 17;
const TEXTS: usize = 9;

const ERROR: u8 = 1;
const TOP_LEVEL: u8 = 2;
const SYNTHETICS: u8 = 1;
const TRACE_ROOT: u8 = 2;

/// One finished span that counts. An empty text is a dimension the span does not have.
#[derive(Debug, Default)]
pub(crate) struct Record<'a> {
    pub(crate) service: &'a str,
    pub(crate) name: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) span_type: &'a str,
    /// `span.kind` as the application spelled it.
    pub(crate) kind: &'a str,
    pub(crate) http_method: &'a str,
    /// The route pattern, never a path with values in it.
    pub(crate) http_endpoint: &'a str,
    /// The code in decimal, `0` to `16`.
    pub(crate) grpc_status: &'a str,
    /// `_dd.svc_src`: who chose the service, when it is not the tracer's.
    pub(crate) service_source: &'a str,
    /// 0 when there is none.
    pub(crate) http_status: u32,
    /// Whether a synthetic test made the request.
    pub(crate) synthetics: bool,
    /// Whether the span has no parent at all, not even in another process.
    pub(crate) trace_root: bool,
    /// Keys and values, sorted by key. Addresses in the values are made alike on writing.
    pub(crate) peer_tags: &'a [(&'a str, &'a str)],
    pub(crate) error: bool,
    pub(crate) top_level: bool,
    /// Nanoseconds since 1970.
    pub(crate) start_ns: u64,
    pub(crate) duration_ns: u64,
}

impl Record<'_> {
    /// Appends the record.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.start_ns.saturating_add(self.duration_ns).to_le_bytes());
        out.extend_from_slice(&self.duration_ns.to_le_bytes());
        out.push(bit(self.error, ERROR) | bit(self.top_level, TOP_LEVEL));
        self.write_key(out);
        let len = (out.len() - begin - 4) as u32;
        if let Some(place) = out.get_mut(begin..begin + 4) {
            place.copy_from_slice(&len.to_le_bytes());
        }
    }

    fn write_key(&self, out: &mut Vec<u8>) {
        out.push(bit(self.synthetics, SYNTHETICS) | bit(self.trace_root, TRACE_ROOT));
        out.extend_from_slice(&self.http_status.to_le_bytes());
        let texts: [&str; TEXTS] = [
            self.service,
            self.name,
            self.resource,
            self.span_type,
            self.kind,
            self.http_method,
            self.http_endpoint,
            self.grpc_status,
            self.service_source,
        ];
        for text in texts {
            let text = beginning(text, TEXT_MAX_BYTES);
            out.extend_from_slice(&(text.len() as u16).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        for (key, value) in self.peer_tags {
            write_peer_tag(out, key, value);
        }
    }
}

fn bit(set: bool, bit: u8) -> u8 {
    if set { bit } else { 0 }
}

/// It comes nowhere near the 65,535 bytes that the length can say: the texts are cut, and in them some sixty addresses may grow to the
/// eighteen letters of their replacement.
fn write_peer_tag(out: &mut Vec<u8>, key: &str, value: &str) {
    let begin = out.len();
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(beginning(key, TEXT_MAX_BYTES).as_bytes());
    out.push(b':');
    ip::quantize(beginning(value, TEXT_MAX_BYTES), out);
    let len = (out.len() - begin - 2) as u16;
    if let Some(place) = out.get_mut(begin..begin + 2) {
        place.copy_from_slice(&len.to_le_bytes());
    }
}

/// A record as the concentrator reads it.
#[derive(Debug, PartialEq)]
pub(super) struct Entry<'a> {
    /// Nanoseconds since 1970.
    pub(super) end_ns: u64,
    pub(super) duration_ns: u64,
    pub(super) error: bool,
    pub(super) top_level: bool,
    /// All dimensions; see [`Dimensions::parse`].
    pub(super) key: &'a [u8],
}

/// Reads the records that [`Record::write`] appended one after another, up to the first that makes no sense.
pub(super) fn entries(mut bytes: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    std::iter::from_fn(move || {
        let len = u32::from_le_bytes(take_array(&mut bytes)?);
        let mut record = take(&mut bytes, usize::try_from(len).ok()?)?;
        let mut head = take(&mut record, HEAD_BYTES)?;
        let end_ns = u64::from_le_bytes(take_array(&mut head)?);
        let duration_ns = u64::from_le_bytes(take_array(&mut head)?);
        let [flags] = take_array(&mut head)?;
        Some(Entry { end_ns, duration_ns, error: flags & ERROR != 0, top_level: flags & TOP_LEVEL != 0, key: record })
    })
}

/// What a row is found by, as the payload names it.
#[derive(Debug, PartialEq)]
pub(super) struct Dimensions<'a> {
    pub(super) service: &'a str,
    pub(super) name: &'a str,
    pub(super) resource: &'a str,
    pub(super) span_type: &'a str,
    pub(super) kind: &'a str,
    pub(super) http_method: &'a str,
    pub(super) http_endpoint: &'a str,
    pub(super) grpc_status: &'a str,
    pub(super) service_source: &'a str,
    pub(super) http_status: u32,
    pub(super) synthetics: bool,
    /// Unknown for the row that stands for many.
    pub(super) trace_root: Option<bool>,
    /// `k:v` each.
    pub(super) peer_tags: Vec<&'a str>,
}

impl<'a> Dimensions<'a> {
    /// Reads the key of a record.
    pub(super) fn parse(mut key: &'a [u8]) -> Option<Dimensions<'a>> {
        let [flags] = take_array(&mut key)?;
        let http_status = u32::from_le_bytes(take_array(&mut key)?);
        let mut texts = [""; TEXTS];
        for text in &mut texts {
            *text = take_text(&mut key)?;
        }
        let [service, name, resource, span_type, kind, http_method, http_endpoint, grpc_status, service_source] = texts;
        Some(Dimensions {
            service,
            name,
            resource,
            span_type,
            kind,
            http_method,
            http_endpoint,
            grpc_status,
            service_source,
            http_status,
            synthetics: flags & SYNTHETICS != 0,
            trace_root: Some(flags & TRACE_ROOT != 0),
            peer_tags: std::iter::from_fn(|| take_text(&mut key)).collect(),
        })
    }
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}

fn take_array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let len = u16::from_le_bytes(take_array(bytes)?);
    std::str::from_utf8(take(bytes, usize::from(len))?).ok()
}

#[cfg(test)]
#[path = "tests/record.rs"]
mod tests;
