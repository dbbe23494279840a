//! Which span is current, for libraries that tell in calls of their own when work begins and ends, so that no guard can be held in
//! between. All others hold the guard of [`SpanRef::enter`].

use std::num::NonZeroU64;

use crate::SpanRef;
use crate::context;

/// Makes a span current on this thread until [`pop`] takes it away. `key` is how the caller will know it then: not by the span, which it
/// may have to look up first.
///
/// ```
/// use std::num::NonZeroU64;
/// use tracehound::integration::context;
///
/// let (span, key) = (tracehound::span("work").start(), NonZeroU64::MIN);
/// context::push(span.handle(), key);
/// assert_eq!(tracehound::current_span().span_id(), span.span_id());
/// context::pop(key);
/// ```
#[inline]
pub fn push(span: SpanRef, key: NonZeroU64) {
    if span.is_enabled() {
        context::push_as(span, key.get());
    }
}

/// Takes back the latest [`push`] with this key on this thread, if there was one. Spans may go in any order: those pushed later stay
/// current.
///
/// ```
/// use std::num::NonZeroU64;
/// use tracehound::integration::context;
///
/// context::pop(NonZeroU64::MIN); // nothing was pushed: nothing happens
/// ```
#[inline]
pub fn pop(key: NonZeroU64) {
    context::remove_as(key.get());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{current_span, testing};

    #[test]
    fn spans_go_in_any_order_and_others_stay_current() {
        let [one, two, none] = [1, 2, 3].map(|key| NonZeroU64::new(key).unwrap());
        testing::capture(|| {
            let [first, second] = ["first", "second"].map(|name| crate::span(name).root().start());
            push(first.handle(), one);
            push(second.handle(), two);
            push(second.handle(), two);
            let entered = first.enter();
            pop(one);
            pop(two);
            assert!(current_span().same(&first), "what a guard holds stays");
            drop(entered);
            assert!(current_span().same(&second), "it was pushed twice");
            [one, none].into_iter().for_each(pop);
            assert!(current_span().same(&second), "what is not current cannot be taken away");
            pop(two);
            assert!(!current_span().is_enabled());
        });
    }
}
