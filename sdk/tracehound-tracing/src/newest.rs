//! The span that a thread made last, until it is entered: most are at once, and then need not be looked up in the registry.
//!
//! It is only ever found by its key, so a span that was passed over here, made on another thread or entered before is looked up as usual.
//! One that another thread closes is held until this thread makes the next one: that is one handle for each thread, which ends nothing.

use std::cell::RefCell;
use std::num::NonZeroU64;

use tracehound::SpanRef;

type Newest = Option<(NonZeroU64, SpanRef)>;

thread_local! {
    static NEWEST: RefCell<Newest> = const { RefCell::new(None) };
}

/// Notes the newest span of this thread, by the key under which it may be entered.
pub(crate) fn set(key: NonZeroU64, span: &SpanRef) {
    let before = with(|newest| newest.replace((key, span.clone())));
    // Dropped outside of the borrow: it may be the last handle.
    drop(before);
}

/// Takes the newest span of this thread back, if it is the one with this key.
pub(crate) fn take(key: NonZeroU64) -> Option<SpanRef> {
    let taken = with(|newest| newest.take_if(|(newest_key, _)| *newest_key == key));
    taken.map(|(_, span)| span)
}

/// Nothing on a thread that is being torn down.
fn with(act: impl FnOnce(&mut Newest) -> Newest) -> Newest {
    NEWEST.try_with(|newest| newest.try_borrow_mut().ok().and_then(|mut newest| act(&mut newest))).ok().flatten()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use tracehound::testing::InMemory;

    use super::*;

    #[test]
    fn the_newest_span_of_this_thread_is_taken_once_and_only_by_its_key() {
        let memory = InMemory::default();
        let [one, two] = [1, 2].map(|key| NonZeroU64::new(key).unwrap());
        let [first, second] = ["first", "second"].map(|name| memory.tracer().span(name).start());
        let take = |key| take(key).map(|span| span.span_id());

        set(one, &first);
        assert_eq!(take(two), None, "another one's key");
        assert_eq!([take(one), take(one)], [Some(first.span_id()), None], "once");

        set(one, &first);
        set(two, &second);
        assert_eq!(take(one), None, "no longer the newest");
        assert_eq!(thread::scope(|scope| scope.spawn(|| take(two)).join().unwrap()), None, "of another thread");
        assert_eq!(take(two), Some(second.span_id()));
    }
}
