//! What the tests of several files use.
#![allow(dead_code, reason = "each file uses its part")]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tracehound::testing::{self, FinishedSpan};

/// Runs a future to its end by polling it over and over.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    // More polls than any future here needs.
    for _ in 0..1_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future does not end");
}

/// Is pending once.
pub(crate) async fn yield_once() {
    let mut polled = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// The spans of `work`, by name.
pub(crate) fn spans(work: impl FnOnce()) -> BTreeMap<String, FinishedSpan> {
    testing::capture(work).spans().into_iter().map(|span| (span.name.clone(), span)).collect()
}

/// The only span of `work`.
pub(crate) fn only_span(work: impl FnOnce()) -> FinishedSpan {
    let spans = testing::capture(work).spans();
    let [span] = <[FinishedSpan; 1]>::try_from(spans).unwrap_or_else(|spans| panic!("{spans:?}"));
    span
}

/// The text of a tag, empty if there is none.
pub(crate) fn text<'a>(span: &'a FinishedSpan, key: &str) -> &'a str {
    span.meta.get(key).map_or("", String::as_str)
}
