//! Panics that leave a span: marked on it, and going on.

use std::any::Any;

use crate::SpanRef;

/// Marks `span` with a caught panic: `error.type` is `panic`, `error.message` what it said. The caller raises it again.
///
/// ```
/// use std::panic::{AssertUnwindSafe, catch_unwind};
///
/// let span = tracehound::span("work").start();
/// if let Err(payload) = catch_unwind(AssertUnwindSafe(|| panic!("out of beans"))) {
///     tracehound::integration::record_panic(&span, &*payload);
///     // std::panic::resume_unwind(payload);
/// }
/// ```
pub fn record_panic(span: &SpanRef, payload: &(dyn Any + Send)) {
    let message = payload
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("Box<dyn Any>");
    span.set_error_details("panic", message, "");
}

/// Marks `span` with a panic that is unwinding the thread, where nobody caught it: what it said is not known here. Whoever catches it
/// further out and knows more writes over this.
///
/// ```
/// let span = tracehound::span("work").start();
/// if std::thread::panicking() {
///     tracehound::integration::record_unwinding(&span);
/// }
/// ```
#[cold]
pub fn record_unwinding(span: &SpanRef) {
    span.set_error_details("panic", "the thread panicked inside of the span", "");
}
