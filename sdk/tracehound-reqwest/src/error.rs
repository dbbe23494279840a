//! What a span tells of a request that failed.

use std::error::Error as _;
use std::fmt::Write;

use reqwest::Error;
use tracehound::SpanRef;

/// The deepest chain of causes that is written out; hyper's are three or four long.
const MAX_CAUSES: usize = 8;

/// Marks the span with a failure.
pub(crate) fn record(span: &SpanRef, error: &Error) {
    if span.is_enabled() {
        span.set_error_details("reqwest::Error", &message(error), "");
    }
}

/// The error and its causes, without the URL: that may hold secrets, and stands in `http.url` with these cut.
fn message(error: &Error) -> String {
    let mut message = error.to_string();
    if let Some(url) = error.url() {
        message = message.replace(&format!(" for url ({url})"), "");
    }
    let mut cause = error.source();
    for _ in 0..MAX_CAUSES {
        let Some(error) = cause else { break };
        // Writing to a string cannot fail.
        let _ = write!(message, ": {error}");
        cause = error.source();
    }
    message
}
