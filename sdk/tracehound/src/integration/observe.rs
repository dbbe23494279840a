//! A request in its span.

use crate::{InSpan, Span, SpanRef};

/// Awaits a request in its span. `tell` looks at what came of it while the span is still open, to tag it; a request that is dropped
/// before its end ends the span untold.
///
/// ```
/// # async fn example() {
/// async fn ask() -> Result<u8, std::fmt::Error> { Ok(42) }
///
/// let answer = tracehound::integration::observe(tracehound::span!("ask"), ask(), |span, answer| {
///     if let Err(error) = answer {
///         span.set_error(error);
///     }
/// })
/// .await;
/// # }
/// ```
pub async fn observe<T>(span: Span, request: impl Future<Output = T>, tell: impl FnOnce(&SpanRef, &T)) -> T {
    let handle = span.handle();
    let request = async move {
        let outcome = request.await;
        tell(&handle, &outcome);
        outcome
    };
    request.in_span(span).await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::testing::InMemory;

    #[test]
    fn the_request_runs_inside_and_its_outcome_is_told_before_the_end() {
        let memory = InMemory::default();
        let request = async { crate::current_span().span_id() };
        let span = memory.tracer().span("ask").start();
        let id = span.span_id();
        let asked = pin!(observe(span, request, |span, &seen| {
            span.set_tag("seen", seen == span.span_id());
        }));
        assert_eq!(asked.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(id));
        assert_eq!(memory.take().spans()[0].meta["seen"], "true");
    }
}
