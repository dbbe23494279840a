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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{current_span, testing};

    #[test]
    fn spans_go_in_any_order_and_others_stay_current() {
        testing::capture(|| {
            let [first, second] = ["first", "second"].map(|name| crate::span(name).root().start());
            push(&first);
            push(&second);
            push(&second);
            pop(&first);
            pop(&second);
            assert!(current_span().same(&second), "it was pushed twice");
            pop(&first);
            assert!(current_span().same(&second), "what is not current cannot be taken away");
            pop(&second);
            assert!(!current_span().is_enabled());
        });
    }
}
