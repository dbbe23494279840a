//! Requests in their spans.

use tokio_postgres::Error;
use tracehound::integration::observe;
use tracehound::{Span, SpanRef};

/// What tokio-postgres says when a query had no row, or several, where one was asked for. It has no other mark.
const WRONG_COUNT: &str = "query returned an unexpected number of rows";

/// Awaits a request in its span; `read` looks at what came of it before the span ends.
pub(crate) async fn run<T>(
    span: Span,
    request: impl Future<Output = Result<T, Error>>,
    read: impl FnOnce(&SpanRef, &T),
) -> Result<T, Error> {
    observe(span, request, |span, outcome| match outcome {
        Ok(value) => read(span, value),
        Err(error) => set_error(span, error),
    })
    .await
}

/// Awaits a request that only begins what the span stands for: the span goes on.
pub(crate) async fn watch<T>(span: &Span, request: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut request = std::pin::pin!(request);
    let outcome = std::future::poll_fn(|waker| span.in_scope(|| request.as_mut().poll(waker))).await;
    if let Err(error) = &outcome {
        set_error(span, error);
    }
    outcome
}

/// Marks the span as failed, by what the server said if it was the server.
pub(crate) fn set_error(span: &SpanRef, error: &Error) {
    if let Some(answer) = error.as_db_error() {
        span.set_error(answer);
    } else if span.is_enabled() && error.to_string() != WRONG_COUNT {
        span.set_error(error);
    }
}
