//! The span that a thread made last, until it is entered: most are at once, and then need not be looked up in the registry.

use std::cell::RefCell;
use std::num::NonZeroU64;

use tracehound::SpanRef;

thread_local! {
    static NEWEST: RefCell<Option<(NonZeroU64, SpanRef)>> = const { RefCell::new(None) };
}

/// Notes the newest span of this thread, by the key under which it may be entered.
pub(crate) fn set(key: NonZeroU64, span: &SpanRef) {
    let before = NEWEST
        .try_with(|newest| newest.try_borrow_mut().ok().and_then(|mut newest| newest.replace((key, span.clone()))));
    // Dropped outside of the borrow: it may be the last handle.
    drop(before);
}

/// Takes the newest span of this thread back, if it is the one with this key.
pub(crate) fn take(key: NonZeroU64) -> Option<SpanRef> {
    let take = |newest: &mut Option<(NonZeroU64, SpanRef)>| match newest {
        Some((newest_key, _)) if *newest_key == key => newest.take(),
        _ => None,
    };
    let taken = NEWEST.try_with(|newest| newest.try_borrow_mut().ok().and_then(|mut newest| take(&mut newest)));
    taken.ok().flatten().map(|(_, span)| span)
}
