//! All answers: what goes out for what happened. The one table of statuses is [`Row::of`].

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use tracehound_telemetry::Metrics;
use tracehound_wire::ErrorKind as DecodeErrorKind;

use crate::{Error, Refused};

/// An answer, complete when it is made.
pub(crate) type Answer = Response<Full<Bytes>>;

/// Text as Go's servers send it.
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// JSON.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// 200 with a body.
pub(crate) fn ok(content_type: HeaderValue, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    answer.headers_mut().insert(header::CONTENT_TYPE, content_type);
    answer
}

/// An error as Go's `http.Error` writes it: the message and a line feed, never to be taken for anything but text.
pub(crate) fn plain(status: StatusCode, message: &str) -> Answer {
    let mut answer = ok(TEXT, format!("{message}\n"));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    answer
}

/// The answer for an error.
pub(crate) fn error(error: &Error) -> Answer {
    let mut answer = plain(Row::of(error).status.code, &error.to_string());
    if matches!(error, Error::BodyTimeout) {
        // The rest of the body could still come; nobody waits for it.
        answer.headers_mut().insert(header::CONNECTION, CLOSE);
    }
    answer
}

/// Counts a payload that is answered with an error.
pub(crate) fn count(error: &Error, metrics: &Metrics) {
    let row = Row::of(error);
    let counter = match row.fault {
        Fault::Theirs => &metrics.payloads_rejected,
        Fault::Ours => &metrics.payloads_refused,
    };
    counter.add([row.reason, row.status.label], 1);
}

/// What an error is answered with and counted as.
struct Row {
    status: Status,
    reason: &'static str,
    fault: Fault,
}

/// A status, and itself as the value of a label.
struct Status {
    code: StatusCode,
    label: &'static str,
}

/// Whose fault it is that a payload was not taken.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// The payload is rejected.
    Theirs,
    /// The payload is refused.
    Ours,
}

impl Row {
    /// The table. Source: agent-protocol 1.4; what differs there from the agent is in docs/deviations.md.
    fn of(error: &Error) -> Row {
        use Fault::{Ours, Theirs};
        let (status, reason, fault) = match error {
            Error::CrossSite => (FORBIDDEN, "cross_site", Theirs),
            Error::MediaType { .. } => (UNSUPPORTED_MEDIA_TYPE, "media_type", Theirs),
            Error::TooLarge => (PAYLOAD_TOO_LARGE, "too_large", Theirs),
            Error::BodyTimeout => (REQUEST_TIMEOUT, "timeout", Theirs),
            Error::Incomplete(_) => (BAD_REQUEST, "incomplete", Theirs),
            Error::Decode(error) => match error.kind() {
                DecodeErrorKind::Truncated => (BAD_REQUEST, "truncated", Theirs),
                DecodeErrorKind::Malformed => (BAD_REQUEST, "malformed", Theirs),
                DecodeErrorKind::TooDeep => (BAD_REQUEST, "too_deep", Theirs),
                DecodeErrorKind::TooLarge => (PAYLOAD_TOO_LARGE, "too_large_decoded", Theirs),
            },
            Error::TooMuchText { .. } => (PAYLOAD_TOO_LARGE, "too_large_decoded", Theirs),
            Error::NoBytes { .. } => (TOO_MANY_REQUESTS, "no_bytes", Ours),
            Error::NoSlot { .. } => (TOO_MANY_REQUESTS, "no_slot", Ours),
            Error::Late { .. } => (TOO_MANY_REQUESTS, "late", Ours),
            Error::Refused(Refused::Busy) => (TOO_MANY_REQUESTS, "store_full", Ours),
            Error::Refused(Refused::Starting) => (SERVICE_UNAVAILABLE, "starting", Ours),
            Error::Refused(Refused::DiskFull) => (SERVICE_UNAVAILABLE, "disk_full", Ours),
            Error::Refused(Refused::Closed) => (SERVICE_UNAVAILABLE, "closed", Ours),
            Error::Bug => (INTERNAL_SERVER_ERROR, "bug", Ours),
        };
        Row { status, reason, fault }
    }
}

const BAD_REQUEST: Status = Status { code: StatusCode::BAD_REQUEST, label: "400" };
const FORBIDDEN: Status = Status { code: StatusCode::FORBIDDEN, label: "403" };
const REQUEST_TIMEOUT: Status = Status { code: StatusCode::REQUEST_TIMEOUT, label: "408" };
const PAYLOAD_TOO_LARGE: Status = Status { code: StatusCode::PAYLOAD_TOO_LARGE, label: "413" };
const UNSUPPORTED_MEDIA_TYPE: Status = Status { code: StatusCode::UNSUPPORTED_MEDIA_TYPE, label: "415" };
const TOO_MANY_REQUESTS: Status = Status { code: StatusCode::TOO_MANY_REQUESTS, label: "429" };
const INTERNAL_SERVER_ERROR: Status = Status { code: StatusCode::INTERNAL_SERVER_ERROR, label: "500" };
const SERVICE_UNAVAILABLE: Status = Status { code: StatusCode::SERVICE_UNAVAILABLE, label: "503" };

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tracehound_model::{Chunk, Symbols};
    use tracehound_wire::{Format, Sink};

    use super::*;
    use crate::ErrorKind;

    struct Greedy;

    impl Sink for Greedy {
        fn chunk(&mut self, _: &Symbols<'_>, _: &Chunk) -> usize {
            usize::MAX / 2
        }
    }

    fn decode(body: &[u8]) -> Error {
        Error::Decode(tracehound_wire::decode(Format::TracesMsgpack, body, &mut Greedy).unwrap_err())
    }

    #[test]
    fn every_error_has_its_status_reason_and_side() {
        use Fault::{Ours, Theirs};
        let waited = Duration::from_secs(1);
        let too_deep = [&[0x91, 0x91, 0x81, 0xa1, b'x'][..], &[0x91; 100]].concat();
        let table = [
            (Error::CrossSite, 403, "cross_site", Theirs, ErrorKind::Invalid),
            (Error::MediaType { media_type: "application/msgpack" }, 415, "media_type", Theirs, ErrorKind::Invalid),
            (Error::TooLarge, 413, "too_large", Theirs, ErrorKind::Invalid),
            (Error::BodyTimeout, 408, "timeout", Theirs, ErrorKind::Invalid),
            (decode(b""), 400, "truncated", Theirs, ErrorKind::Invalid),
            (decode(b"\xa1x"), 400, "malformed", Theirs, ErrorKind::Invalid),
            (decode(&too_deep), 400, "too_deep", Theirs, ErrorKind::Invalid),
            (decode(b"\x92\x90\x90"), 413, "too_large_decoded", Theirs, ErrorKind::Invalid),
            (Error::TooMuchText { text_bytes: 1 << 40 }, 413, "too_large_decoded", Theirs, ErrorKind::Invalid),
            (Error::NoBytes { waited }, 429, "no_bytes", Ours, ErrorKind::Busy),
            (Error::NoSlot { waited }, 429, "no_slot", Ours, ErrorKind::Busy),
            (Error::Late { waited }, 429, "late", Ours, ErrorKind::Busy),
            (Error::Refused(Refused::Busy), 429, "store_full", Ours, ErrorKind::Busy),
            (Error::Refused(Refused::Starting), 503, "starting", Ours, ErrorKind::Busy),
            (Error::Refused(Refused::DiskFull), 503, "disk_full", Ours, ErrorKind::Environment),
            (Error::Refused(Refused::Closed), 503, "closed", Ours, ErrorKind::Closed),
            (Error::Bug, 500, "bug", Ours, ErrorKind::Bug),
        ];
        for (error, status, reason, fault, kind) in table {
            let row = Row::of(&error);
            assert_eq!((row.status.code.as_u16(), row.reason, row.fault), (status, reason, fault), "{error:?}");
            assert_eq!(row.status.label, status.to_string(), "{error:?}");
            assert_eq!(error.kind(), kind, "{error:?}");
        }
    }

    #[test]
    fn where_the_agent_has_a_text_it_is_the_same() {
        let texts = [
            (Error::CrossSite, "cross-site request rejected"),
            (Error::MediaType { media_type: "application/msgpack" }, "unsupported media type: \"application/msgpack\""),
            (Error::TooLarge, "payload-too-large"),
            (Error::BodyTimeout, "timeout"),
        ];
        for (error, text) in texts {
            assert_eq!(error.to_string(), text);
        }
    }
}
