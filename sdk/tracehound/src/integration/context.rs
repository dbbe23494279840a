//! Which span is current, for libraries that tell in calls of their own when work begins and ends, so that no guard can be held in
//! between. All others hold the guard of [`SpanRef::enter`].

use crate::SpanRef;
use crate::context;

/// Makes a span current on this thread until [`pop`] takes it away.
///
/// ```
/// use tracehound::integration::context;
///
/// let span = tracehound::span("work").start();
/// context::push(&span);
/// assert_eq!(tracehound::current_span().span_id(), span.span_id());
/// context::pop(&span);
/// ```
#[inline]
pub fn push(span: &SpanRef) {
    if span.is_enabled() {
        context::push(span.clone());
    }
}

/// Takes back the latest [`push`] of this span on this thread, if there was one. Spans may go in any order: those pushed later stay
/// current.
///
/// ```
/// use tracehound::integration::context;
///
/// let span = tracehound::span("work").start();
/// context::pop(&span); // was not current: nothing happens
/// ```
#[inline]
pub fn pop(span: &SpanRef) {
    if span.is_enabled() {
        context::remove(span);
    }
}
