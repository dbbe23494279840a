//! A span that lasts as long as a response: what the layers of this crate and of `tracehound-tonic` are made of.
//!
//! [`ResponseFuture`] is the future of a response, [`Body`] the body that comes out of it. Between them they keep the
//! span: it is current whenever one of them is polled or dropped, and it ends when the body has ended, fails, or is
//! dropped. What the response means is told by a [`Watch`]. Panics are marked on the span and go on.

mod body;
mod future;

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

pub use body::Body;
pub use future::ResponseFuture;
use http::HeaderMap;
use http::response::Parts;
use tracehound::SpanRef;
use tracehound::integration::write_bounded;

/// Tags a span with what becomes of its response.
///
/// ```
/// use tracehound::SpanRef;
/// use tracehound_tower::watch::{End, Watch};
///
/// struct Statuses;
/// impl Watch for Statuses {
///     fn head(&mut self, span: &SpanRef, head: &http::response::Parts) {
///         span.set_tag("status", head.status.as_u16());
///     }
///     fn end(&mut self, span: &SpanRef, end: End<'_>) {
///         span.set_tag("complete", matches!(end, End::Complete));
///     }
/// }
/// ```
pub trait Watch {
    /// The response's head has come.
    ///
    /// ```
    /// # use tracehound_tower::{HttpWatch, watch::Watch};
    /// let (head, ()) = http::Response::new(()).into_parts();
    /// HttpWatch.head(&tracehound::current_span(), &head);
    /// ```
    fn head(&mut self, span: &SpanRef, head: &Parts);

    /// The body's trailers have come.
    ///
    /// ```
    /// # use tracehound_tower::{HttpWatch, watch::Watch};
    /// HttpWatch.trailers(&tracehound::current_span(), &http::HeaderMap::new());
    /// ```
    fn trailers(&mut self, _span: &SpanRef, _trailers: &HeaderMap) {}

    /// It is over, once and for all; the span ends after this.
    ///
    /// ```
    /// # use tracehound_tower::{HttpWatch, watch::{End, Watch}};
    /// HttpWatch.end(&tracehound::current_span(), End::Complete);
    /// ```
    fn end(&mut self, span: &SpanRef, end: End<'_>);
}

/// How a response came to its end.
///
/// ```
/// use tracehound_tower::watch::End;
/// let end = End::Failed { error: &std::fmt::Error, error_type: "std::fmt::Error", message: "an error occurred" };
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum End<'a> {
    /// The body was read to its end.
    Complete,
    /// The service or the body failed.
    Failed {
        /// The error itself.
        error: &'a dyn Any,
        /// The name of its Rust type.
        error_type: &'a str,
        /// Its text.
        message: &'a str,
    },
    /// The future was dropped before there was a response.
    Abandoned,
    /// The body was dropped before its end: as the client went away, or as nobody wanted the rest.
    Unread,
}

/// Does a step of the span's work with the span current. A panic is marked, ends the span, and goes on.
///
/// ```
/// let span = tracehound::span("work").start();
/// assert_eq!(tracehound_tower::watch::step(&span, || 1 + 1), 2);
/// ```
pub fn step<T>(span: &SpanRef, work: impl FnOnce() -> T) -> T {
    if !span.is_enabled() {
        return work();
    }
    let _entered = span.enter();
    // Nothing is looked at after a panic but the span, which cannot be left half changed.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        tracehound::integration::record_panic(span, &*payload);
        span.finish();
        resume_unwind(payload)
    })
}

/// What an error says of itself, whatever its `Display` does.
pub(crate) fn message(error: &impl Display) -> String {
    let mut message = String::new();
    write_bounded(&mut message, format_args!("{error}"));
    message
}
