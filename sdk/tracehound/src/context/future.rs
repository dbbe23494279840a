//! Futures in spans: the span is current whenever the future is polled, and only then.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{current_span, enter};
use crate::span::{Span, SpanRef};

/// Puts futures into spans.
///
/// ```
/// use tracehound::InSpan;
///
/// async fn brew() { tracehound::current_span().set_tag("degrees", 96); }
/// let task = brew().in_span(tracehound::span!("brew")); // ready for `.await` or a spawn
/// ```
pub trait InSpan: Future + Sized {
    /// Makes `span` current whenever the future is polled, and while it is dropped. The span ends with the future.
    ///
    /// ```
    /// use tracehound::InSpan;
    /// let task = async { 42 }.in_span(tracehound::span!("answer"));
    /// ```
    fn in_span(self, span: Span) -> InSpanFuture<Self> {
        InSpanFuture { future: Some(self), span: Carried::Owned(span) }
    }

    /// Makes the span that is current now current whenever the future is polled, for tasks that are spawned. The span does not wait
    /// for the future to end.
    ///
    /// ```
    /// use tracehound::InSpan;
    /// let task = async { tracehound::current_span().set_tag("background", true); }.in_current_span();
    /// ```
    fn in_current_span(self) -> InSpanFuture<Self> {
        InSpanFuture { future: Some(self), span: Carried::Shared(current_span()) }
    }
}

impl<F: Future> InSpan for F {}

#[derive(Debug)]
enum Carried {
    Owned(Span),
    Shared(SpanRef),
}

impl Carried {
    fn handle(&self) -> &SpanRef {
        match self {
            Carried::Owned(span) => span,
            Carried::Shared(span) => span,
        }
    }
}

pin_project! {
    /// A future in a span: see [`InSpan`].
    ///
    /// ```
    /// use tracehound::{InSpan, InSpanFuture};
    /// let task: InSpanFuture<_> = async {}.in_span(tracehound::span!("work"));
    /// ```
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct InSpanFuture<F> {
        #[pin]
        future: Option<F>,
        span: Carried,
    }

    impl<F> PinnedDrop for InSpanFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            // What the future still held is dropped inside of the span.
            let mut this = this.project();
            let _entered = enter(this.span.handle());
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for InSpanFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let ready = {
            let _entered = enter(this.span.handle());
            let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
            let Poll::Ready(output) = future.poll(waker) else { return Poll::Pending };
            this.future.set(None);
            output
        };
        if let Carried::Owned(span) = this.span {
            span.handle().finish();
        }
        Poll::Ready(ready)
    }
}
