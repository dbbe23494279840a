//! The run-time half of [`traced`](macro@crate::traced): what the generated code calls.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::integration::record_panic;
use crate::span::{Span, SpanRef};

/// Runs the body of a function in `span`, tells `note` what it returned and ends the span.
#[inline]
pub fn run<R>(span: Span, body: impl FnOnce() -> R, note: impl FnOnce(&SpanRef, &R)) -> R {
    let returned = begin(&span, body);
    if span.is_enabled() {
        note(&span, &returned);
    }
    returned
}

/// Runs a body in `span` without ending it: that of a function that returns a future, which goes on in the same span.
#[inline]
pub fn begin<R>(span: &SpanRef, body: impl FnOnce() -> R) -> R {
    if !span.is_enabled() {
        return body();
    }
    let entered = span.enter();
    let outcome = catch_unwind(AssertUnwindSafe(body));
    drop(entered);
    outcome.unwrap_or_else(|payload| raise(span, payload))
}

/// Marks the span and lets the panic go on. So nobody here sees what the body left half done, and it need not be unwind safe.
#[cold]
fn raise(span: &SpanRef, payload: Box<dyn Any + Send>) -> ! {
    record_panic(span, &*payload);
    resume_unwind(payload)
}

/// Puts the future of a function in `span`, which is current per poll and ends with the future. `note` is told what it returned.
#[inline]
pub fn follow<F, N>(span: Span, future: F, note: N) -> Traced<F, N>
where
    F: Future,
    N: FnOnce(&SpanRef, &F::Output),
{
    Traced { future: Some(future), span, note: Some(note) }
}

pin_project! {
    /// What [`follow`] returns.
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Traced<F, N> {
        // None once the future is done.
        #[pin]
        future: Option<F>,
        span: Span,
        note: Option<N>,
    }

    impl<F, N> PinnedDrop for Traced<F, N> {
        fn drop(this: Pin<&mut Self>) {
            // What the body still held is dropped inside of the span.
            let mut this = this.project();
            let _entered = this.span.enter();
            this.future.set(None);
        }
    }
}

impl<F, N> Future for Traced<F, N>
where
    F: Future,
    N: FnOnce(&SpanRef, &F::Output),
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let Poll::Ready(returned) = begin(this.span, || future.poll(waker)) else { return Poll::Pending };
        if let Some(note) = this.note.take().filter(|_| this.span.is_enabled()) {
            note(this.span, &returned);
        }
        this.span.in_scope(|| this.future.set(None));
        std::mem::take(this.span).finish();
        Poll::Ready(returned)
    }
}
