//! Which span is current: a stack for each thread, and what puts spans onto it.
//!
//! A guard takes its own span from the stack when it is dropped, wherever that stands by then. So guards that are dropped out of order,
//! as happens when one is held across an `.await` in a future that need not be `Send`, cannot leave a wrong span current for long; the
//! first time, it is told.

mod future;
mod guard;
mod span_context;
mod thread;

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};

pub use future::{InSpan, InSpanFuture};
pub use guard::{Entered, EnteredSpan};
pub(crate) use guard::{enter, entered};
pub use span_context::SpanContext;
pub(crate) use span_context::{Remote, Source};
pub use thread::in_current_span;

use crate::messages;
use crate::span::SpanRef;
use crate::tracer::{self, Tracer};

/// What is current on a thread.
struct Current {
    spans: Vec<Entry>,
    /// The tracer that roots use here instead of the global one: see [`testing`](crate::testing).
    tracer: Option<Tracer>,
}

/// A span on the stack.
struct Entry {
    span: SpanRef,
    /// By what a library that has no handle at its end will know it; 0 where a guard knows the span itself.
    key: u64,
}

thread_local! {
    static CURRENT: RefCell<Current> = const { RefCell::new(Current { spans: Vec::new(), tracer: None }) };
}

/// The span that is current on this thread, or a disabled handle.
///
/// ```
/// let span = tracehound::span!("work");
/// span.in_scope(|| assert_eq!(tracehound::current_span().span_id(), span.span_id()));
/// ```
pub fn current_span() -> SpanRef {
    with(|current| current.spans.last().map(|entry| entry.span.clone())).flatten().unwrap_or_default()
}

/// The local root of the trace that is current on this thread: the first span of this trace in this process, as long as it has not
/// ended. Else a disabled handle.
///
/// ```
/// let request = tracehound::span!("request");
/// request.in_scope(|| {
///     tracehound::root_span().set_tag("customer", "acme");
/// });
/// ```
pub fn root_span() -> SpanRef {
    let current = current_span();
    current.cell().and_then(|cell| cell.trace()).map(|trace| trace.local_root()).unwrap_or_default()
}

/// `None` on a thread that is being torn down, or inside of this very function.
#[inline]
fn with<T>(act: impl FnOnce(&mut Current) -> T) -> Option<T> {
    CURRENT.try_with(|current| current.try_borrow_mut().ok().map(|mut current| act(&mut current))).ok().flatten()
}

/// Whether there is a current span, or an enabled tracer for a root.
#[inline]
pub(crate) fn has_parent_or(tracer: Option<&Tracer>) -> bool {
    with(|current| {
        !current.spans.is_empty() || tracer.or(current.tracer.as_ref()).unwrap_or_else(|| tracer::global()).is_enabled()
    })
    .unwrap_or(false)
}

/// Calls `start` with the current span, if there is one, and the tracer for a root.
#[inline]
pub(crate) fn with_parent(
    tracer: Option<&Tracer>,
    start: impl FnOnce(Option<&SpanRef>, &Tracer) -> SpanRef,
) -> SpanRef {
    CURRENT
        .try_with(|current| {
            let current = current.try_borrow().ok()?;
            let tracer = tracer.or(current.tracer.as_ref()).unwrap_or_else(|| tracer::global());
            let parent = current.spans.last().map(|entry| &entry.span);
            (parent.is_some() || tracer.is_enabled()).then(|| start(parent, tracer))
        })
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// Calls `start` with the tracer for a root.
pub(crate) fn with_tracer(tracer: Option<&Tracer>, start: impl FnOnce(&Tracer) -> SpanRef) -> SpanRef {
    match tracer.cloned().or_else(|| with(|current| current.tracer.clone()).flatten()) {
        Some(tracer) => start(&tracer),
        None => start(tracer::global()),
    }
}

/// The tracer that roots use on this thread.
pub(crate) fn default_tracer() -> Tracer {
    with(|current| current.tracer.clone()).flatten().unwrap_or_else(|| tracer::global().clone())
}

/// Replaces the tracer that roots use on this thread, and gives back the one before.
pub(crate) fn replace_tracer(tracer: Option<Tracer>) -> Option<Tracer> {
    with(|current| std::mem::replace(&mut current.tracer, tracer)).flatten()
}

#[inline]
pub(crate) fn push(span: SpanRef) {
    push_as(span, 0);
}

/// The same for an entry that [`remove_as`] takes away.
#[inline]
pub(crate) fn push_as(span: SpanRef, key: u64) {
    with(|current| current.spans.push(Entry { span, key }));
}

/// Takes the newest entry of this span from the stack, for a guard that should have been the latest, and gives back the handle that stood
/// there; a disabled one if there was none.
#[inline]
fn pop(span: &SpanRef) -> SpanRef {
    match take_newest(|entry| entry.span.same(span)) {
        Some((handle, true)) => handle,
        Some((handle, false)) => {
            warn_of_disorder();
            handle
        }
        None => SpanRef::disabled(),
    }
}

/// Takes the newest entry with this key from the stack.
#[inline]
pub(crate) fn remove_as(key: u64) {
    take_newest(|entry| entry.key == key);
}

/// Takes the newest entry that it is from the stack. `true`: no other stood above it. The handle is given back as it must not be dropped in
/// here: the last one runs code of ours, which may look for the current span.
#[inline]
fn take_newest(is_it: impl Fn(&Entry) -> bool) -> Option<(SpanRef, bool)> {
    with(|current| match current.spans.last() {
        Some(last) if is_it(last) => Some((current.spans.pop()?.span, true)),
        _ => Some((current.spans.remove(current.spans.iter().rposition(is_it)?).span, false)),
    })
    .flatten()
}

#[cold]
fn warn_of_disorder() {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if !TOLD.swap(true, Ordering::Relaxed) {
        messages::warn(format_args!(
            "a span's guard was dropped while a later one was still held, as happens when a guard is kept across an .await; \
             spans may have the wrong parent: use in_span for futures"
        ));
    }
}
