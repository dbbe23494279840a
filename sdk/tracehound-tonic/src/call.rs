//! What becomes of a call: its status, and how it ended if it has none.

use std::any::Any;
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::response::Parts;
use tracehound::SpanRef;
use tracehound::integration::grpc::{self, Side};
use tracehound_tower::watch::{End, Watch};

use crate::status;

/// gRPC's code for what has no other.
const UNKNOWN: u32 = 2;
const UNAVAILABLE: u32 = 14;

/// Tags the span of a call with its status.
///
/// ```
/// // The body of a traced call's response.
/// type Body = tracehound_tower::watch::Body<tonic::body::Body, tracehound_tonic::CallWatch>;
/// ```
#[derive(Debug, Clone)]
pub struct CallWatch {
    side: Side,
    deadline: Option<Instant>,
    has_status: bool,
}

impl CallWatch {
    pub(crate) fn new(side: Side, request: &HeaderMap) -> Self {
        let deadline = timeout(request).and_then(|timeout| Instant::now().checked_add(timeout));
        Self { side, deadline, has_status: false }
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn status(&mut self, span: &SpanRef, code: u32, message: &str) {
        self.has_status = true;
        grpc::status(span, self.side, code, message);
    }

    fn read(&mut self, span: &SpanRef, headers: &HeaderMap) {
        if let Some((code, message)) = status::read(headers) {
            self.status(span, code, &message);
        }
    }

    fn failed(&mut self, span: &SpanRef, error: &dyn Any, error_type: &str, message: &str) {
        if let Some(status) = error.downcast_ref::<tonic::Status>() {
            return self.status(span, status::code(status), status.message());
        }
        span.set_error_details(error_type, message, "");
        let code = match self.side {
            _ if self.is_late() => grpc::DEADLINE_EXCEEDED,
            // What a client hears of a server that it cannot reach.
            Side::Client => UNAVAILABLE,
            Side::Server => UNKNOWN,
        };
        self.status(span, code, message);
    }

    /// A call that nobody waits for any more.
    fn given_up(&mut self, span: &SpanRef) {
        match self.side {
            _ if self.is_late() => self.status(span, grpc::DEADLINE_EXCEEDED, "the time given by the client is over"),
            Side::Server => self.status(span, grpc::CANCELED, ""),
            // The caller's own wish, and no failure of the call.
            Side::Client => {
                span.set_tag("grpc.code", grpc::code_name(grpc::CANCELED));
            }
        }
    }
}

impl Watch for CallWatch {
    fn head(&mut self, span: &SpanRef, head: &Parts) {
        self.read(span, &head.headers);
    }

    fn trailers(&mut self, span: &SpanRef, trailers: &HeaderMap) {
        self.read(span, trailers);
    }

    fn end(&mut self, span: &SpanRef, end: End<'_>) {
        match end {
            _ if self.has_status => {}
            End::Complete => self.status(span, UNKNOWN, "the call ended without a status"),
            End::Failed { error, error_type, message } => self.failed(span, error, error_type, message),
            _ => self.given_up(span),
        }
    }
}

/// The time a client gives a call: at most eight digits and a unit. Source: gRPC over HTTP/2, `Timeout`.
fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_at_most_eight_digits_and_a_unit() {
        let table = [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("3S", Some(Duration::from_secs(3))),
            ("400m", Some(Duration::from_millis(400))),
            ("500u", Some(Duration::from_micros(500))),
            ("99999999n", Some(Duration::from_nanos(99_999_999))),
            ("99999999H", Some(Duration::from_secs(359_999_996_400))),
            ("999999999S", None),
            ("S", None),
            ("", None),
            ("+1S", None),
            ("1.5S", None),
            ("10", None),
            ("10s", None),
        ];
        for (text, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", text.parse().unwrap());
            assert_eq!(timeout(&headers), expected, "{text:?}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", http::HeaderValue::from_bytes(b"1\xc3\xa9").unwrap());
        assert_eq!(timeout(&headers), None);
    }
}
