//! Reads from a finished span whether it counts, and under which dimensions.
//!
//! Counted are entries into a service, spans marked as measured, and spans of kind client, server, producer or consumer; but never the
//! snapshot of a span that still runs, which will come again. Source: agent-protocol 6.1, 6.2, 6.4.

use super::grpc;
use super::peer::{BASE_SERVICE, PeerKeys, PeerTags};
use super::record::Record;

/// A finished span as stats see it. An empty text means that the span has no such thing.
pub(crate) trait StatsFacts {
    fn service(&self) -> &str;
    fn name(&self) -> &str;
    fn resource(&self) -> &str;
    fn span_type(&self) -> &str;
    /// `_dd.svc_src`.
    fn service_source(&self) -> &str;
    /// `_dd.base_service`: the tracer's service, when the span's is another.
    fn base_service(&self) -> &str;
    /// `_dd.origin` of the trace.
    fn origin(&self) -> &str;
    /// Whether the span has no parent at all, not even in another process.
    fn is_trace_root(&self) -> bool;
    /// Whether the span is an entry into its service.
    fn is_top_level(&self) -> bool;
    fn is_measured(&self) -> bool;
    fn is_error(&self) -> bool;
    /// Nanoseconds since 1970.
    fn start_ns(&self) -> u64;
    fn duration_ns(&self) -> u64;
    /// Shows every tag that holds text: key, value.
    fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a str));
    /// Shows every tag that holds a number: key, value.
    fn each_number<'a>(&'a self, visit: &mut dyn FnMut(&'a str, f64));
}

/// Appends a record of the span if it counts, and says whether it does. Takes no memory but that of `out`.
pub(crate) fn record_span(span: &dyn StatsFacts, peer_keys: &PeerKeys, out: &mut Vec<u8>) -> bool {
    let tags = Tags::of(span);
    let counts =
        span.is_top_level() || span.is_measured() || is_kind(tags.kind, &["server", "client", "producer", "consumer"]);
    if !counts || tags.is_snapshot {
        return false;
    }
    let peer_tags = peer_tags(span, tags.kind, peer_keys);
    let record = Record {
        service: span.service(),
        name: span.name(),
        resource: span.resource(),
        span_type: span.span_type(),
        kind: tags.kind,
        http_method: tags.http_method,
        http_endpoint: tags.http_endpoint.value,
        grpc_status: tags.grpc_status.value,
        service_source: span.service_source(),
        http_status: tags.http_status.value,
        synthetics: span.origin().starts_with("synthetics"),
        trace_root: span.is_trace_root(),
        peer_tags: peer_tags.as_slice(),
        error: span.is_error(),
        top_level: span.is_top_level(),
        start_ns: span.start_ns(),
        duration_ns: span.duration_ns(),
    };
    record.write(out);
    true
}

/// The tags that matter, found in one pass over all of them.
#[derive(Default)]
struct Tags<'a> {
    kind: &'a str,
    http_method: &'a str,
    http_endpoint: Best<&'a str>,
    http_status: Best<u32>,
    grpc_status: Best<&'static str>,
    is_snapshot: bool,
}

impl<'a> Tags<'a> {
    fn of(span: &'a dyn StatsFacts) -> Tags<'a> {
        let mut tags = Tags::default();
        span.each_number(&mut |key, value| tags.read_number(key, value));
        span.each_text(&mut |key, value| tags.read_text(key, value));
        tags
    }

    fn read_number(&mut self, key: &str, value: f64) {
        match key {
            "_dd.partial_version" => self.is_snapshot = value >= 0.0,
            "http.status_code" => self.http_status.offer(0, Some(value as u32)),
            "http.response.status_code" => self.http_status.offer(2, Some(value as u32)),
            _ => {
                if let Some(place) = grpc_place(key) {
                    self.grpc_status.offer(place, grpc::from_number(value));
                }
            }
        }
    }

    fn read_text(&mut self, key: &str, value: &'a str) {
        match key {
            "span.kind" => self.kind = value,
            "http.method" => self.http_method = value,
            "http.endpoint" => self.http_endpoint.offer(0, Some(value).filter(|value| !value.is_empty())),
            "http.route" => self.http_endpoint.offer(1, Some(value)),
            "http.status_code" => self.http_status.offer(1, value.parse().ok()),
            "http.response.status_code" => self.http_status.offer(3, value.parse().ok()),
            _ => {
                if let Some(place) = grpc_place(key) {
                    // All numbers come before any text.
                    self.grpc_status.offer(place + grpc::TAGS.len(), grpc::from_text(value));
                }
            }
        }
    }
}

fn grpc_place(key: &str) -> Option<usize> {
    grpc::TAGS.iter().position(|&tag| tag == key)
}

/// The value of the first of several tags, whatever the order they are seen in.
struct Best<T> {
    place: usize,
    value: T,
}

impl<T: Default> Default for Best<T> {
    fn default() -> Best<T> {
        Best { place: usize::MAX, value: T::default() }
    }
}

impl<T> Best<T> {
    fn offer(&mut self, place: usize, value: Option<T>) {
        match value {
            Some(value) if place < self.place => *self = Best { place, value },
            _ => {}
        }
    }
}

fn is_kind(kind: &str, kinds: &[&str]) -> bool {
    kinds.iter().any(|other| kind.eq_ignore_ascii_case(other))
}

/// A span inside the application has no peer, but when it goes by another service's name, that name is worth a row of its own.
fn peer_tags<'a>(span: &'a dyn StatsFacts, kind: &str, keys: &PeerKeys) -> PeerTags<'a> {
    let mut found = PeerTags::default();
    let base_service = span.base_service();
    if is_kind(kind, &["client", "producer", "consumer"]) {
        span.each_text(&mut |key, value| {
            if key != BASE_SERVICE && keys.contains(key) {
                found.add(key, value);
            }
        });
        if keys.contains(BASE_SERVICE) {
            found.add(BASE_SERVICE, base_service);
        }
    } else if is_kind(kind, &["", "internal"]) && !keys.is_empty() {
        found.add(BASE_SERVICE, base_service);
    }
    found
}

#[cfg(test)]
#[path = "tests/facts.rs"]
mod tests;
