//! Guards: a span is current on the thread for as long as one is held.

use std::marker::PhantomData;
use std::ops::Deref;

use super::{pop, push};
use crate::span::{Span, SpanRef};

/// Not to be sent to another thread: the span is current on this one.
type NotSend = PhantomData<*const ()>;

/// Keeps a borrowed span current: see [`SpanRef::enter`].
///
/// ```
/// let span = tracehound::span!("work");
/// let entered = span.enter();
/// ```
#[must_use = "the span is current until the guard is dropped"]
#[derive(Debug)]
pub struct Entered<'a> {
    span: &'a SpanRef,
    not_send: NotSend,
}

#[inline]
pub(crate) fn enter(span: &SpanRef) -> Entered<'_> {
    if span.is_enabled() {
        push(span.clone());
    }
    Entered { span, not_send: PhantomData }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.span.is_enabled() {
            pop(self.span);
        }
    }
}

/// Keeps an owned span current and ends it at last: see [`Span::entered`].
///
/// ```
/// let work = tracehound::span!("work").entered();
/// ```
#[must_use = "the span is current until the guard is dropped"]
#[derive(Debug)]
pub struct EnteredSpan {
    span: Span,
    not_send: NotSend,
}

#[inline]
pub(crate) fn entered(span: Span) -> EnteredSpan {
    if span.is_enabled() {
        push(span.handle());
    }
    EnteredSpan { span, not_send: PhantomData }
}

impl Drop for EnteredSpan {
    #[inline]
    fn drop(&mut self) {
        if self.span.is_enabled() {
            leave(&mut self.span);
        }
    }
}

/// Apart, so that where nothing is traced a guard costs a look.
#[inline(never)]
fn leave(span: &mut Span) {
    pop(span);
    drop(std::mem::take(span));
}

impl Deref for EnteredSpan {
    type Target = SpanRef;

    #[inline]
    fn deref(&self) -> &SpanRef {
        &self.span
    }
}
