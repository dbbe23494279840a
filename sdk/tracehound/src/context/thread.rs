//! Carrying the current span to another thread.

use super::current_span;

/// Wraps a closure so that the span that is current now is current while it runs, on whichever thread that is.
///
/// ```
/// std::thread::scope(|scope| {
///     scope.spawn(tracehound::in_current_span(|| {
///         let step = tracehound::span!("step"); // a child of the caller's span
///     }));
/// });
/// ```
pub fn in_current_span<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let span = current_span();
    move || span.in_scope(work)
}
