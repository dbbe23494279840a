//! Spans: the owner of one, the handle to one, and where its data sits.

mod builder;
pub(crate) mod cell;
pub(crate) mod event;
mod handle;
pub(crate) mod link;
pub(crate) mod marks;
pub(crate) mod pairs;
pub(crate) mod state;
pub(crate) mod well_known;

use std::ops::Deref;
use std::time::SystemTime;

pub(crate) use builder::start;
pub use builder::{ParentOf, SpanBuilder};
pub use handle::SpanRef;

use crate::context::{self, EnteredSpan};

/// A span: the record of one operation, which ends when its owner is dropped or [`finish`](Span::finish)ed.
///
/// It dereferences to [`SpanRef`], where the methods are that set tags and the like. A span is a child of the one that was current when
/// it started, and does not become current by itself: see [`enter`](SpanRef::enter), [`in_scope`](SpanRef::in_scope) and, for futures,
/// [`in_span`](crate::InSpan::in_span).
///
/// ```
/// let span = tracehound::span!("checkout", cart.items = 3);
/// span.in_scope(|| {
///     let step = tracehound::span!("payment"); // a child of `checkout`
///     step.set_tag("method", "card");
/// });
/// ```
#[must_use = "a span ends when it is dropped"]
#[derive(Debug, Default)]
pub struct Span {
    handle: SpanRef,
}

impl Span {
    /// A span that does nothing.
    ///
    /// ```
    /// assert!(!tracehound::Span::disabled().is_enabled());
    /// ```
    pub const fn disabled() -> Span {
        Span { handle: SpanRef::disabled() }
    }

    #[inline]
    pub(crate) fn own(handle: SpanRef) -> Span {
        Span { handle }
    }

    /// Ends the span, leaving a disabled one, with a `spare` handle to it or a disabled one: see [`finish`](crate::trace::finish).
    #[inline]
    pub(crate) fn end(&mut self, spare: SpanRef) {
        std::mem::take(&mut self.handle).finish_with(spare);
    }

    /// Ends the span now.
    ///
    /// ```
    /// tracehound::span!("work").finish();
    /// ```
    pub fn finish(self) {}

    /// Ends the span at a given time.
    ///
    /// ```
    /// tracehound::span!("work").finish_at(std::time::SystemTime::now());
    /// ```
    pub fn finish_at(self, time: SystemTime) {
        self.handle.finish_at(time);
    }

    /// Makes the span current on this thread and keeps it; when the guard is dropped, the span ends.
    ///
    /// ```
    /// let work = tracehound::span!("work").entered();
    /// work.set_tag("size", 3);
    /// ```
    #[inline]
    pub fn entered(self) -> EnteredSpan {
        context::entered(self)
    }

    /// A handle to this span that does not end it.
    ///
    /// ```
    /// let span = tracehound::span!("work");
    /// let handle = span.handle();
    /// std::thread::spawn(move || { handle.set_tag("from", "a thread"); }).join().unwrap();
    /// ```
    #[inline]
    pub fn handle(&self) -> SpanRef {
        self.handle.clone()
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        self.handle.finish();
    }
}

impl Deref for Span {
    type Target = SpanRef;

    #[inline]
    fn deref(&self) -> &SpanRef {
        &self.handle
    }
}

impl AsRef<SpanRef> for Span {
    fn as_ref(&self) -> &SpanRef {
        &self.handle
    }
}
