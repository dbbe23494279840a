//! Guards: a span is current on the thread for as long as one is held. A panic that unwinds through a guard marks its span.

use std::marker::PhantomData;
use std::ops::Deref;
use std::thread;

use super::{pop, push};
use crate::integration::record_unwinding;
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
    /// A panic was on its way already, so it is not this span's.
    amid_panic: bool,
    not_send: NotSend,
}

#[inline]
pub(crate) fn enter(span: &SpanRef) -> Entered<'_> {
    if span.is_enabled() {
        push(span.clone());
    }
    Entered { span, amid_panic: thread::panicking(), not_send: PhantomData }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.span.is_enabled() {
            note_panic(self.span, self.amid_panic);
            drop(pop(self.span));
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
    amid_panic: bool,
    not_send: NotSend,
}

#[inline]
pub(crate) fn entered(span: Span) -> EnteredSpan {
    if span.is_enabled() {
        push(span.handle());
    }
    EnteredSpan { span, amid_panic: thread::panicking(), not_send: PhantomData }
}

impl Drop for EnteredSpan {
    #[inline]
    fn drop(&mut self) {
        if self.span.is_enabled() {
            leave(&mut self.span, self.amid_panic);
        }
    }
}

/// Apart, so that where nothing is traced a guard costs a look.
#[inline(never)]
fn leave(span: &mut Span, amid_panic: bool) {
    note_panic(span, amid_panic);
    let spare = pop(span);
    span.end(spare);
}

#[inline]
fn note_panic(span: &SpanRef, amid_panic: bool) {
    if thread::panicking() && !amid_panic {
        record_unwinding(span);
    }
}

impl Deref for EnteredSpan {
    type Target = SpanRef;

    #[inline]
    fn deref(&self) -> &SpanRef {
        &self.span
    }
}
