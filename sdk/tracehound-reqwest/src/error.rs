//! What a span tells of a request that failed.

use reqwest::Error;
use tracehound::SpanRef;
use tracehound::integration::write_causes;

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
    write_causes(&mut message, error);
    message
}
