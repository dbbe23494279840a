//! Spans on threads that panic or end with spans in their hands, and traces that many threads end at once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use tracehound::testing::InMemory;
use tracehound::{EnteredSpan, Span, current_span, span};

fn names(memory: &InMemory) -> Vec<String> {
    let mut names: Vec<String> = memory.take().spans().into_iter().map(|span| span.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_panic_ends_the_spans_that_it_passes_and_leaves_nothing_current() {
    let memory = InMemory::default();
    let root = memory.tracer().span("root").start();
    let entered = root.enter();
    let panicked = std::panic::catch_unwind(|| {
        let _outer = span!("outer").entered();
        let _inner = span!("inner").entered();
        panic!("on purpose");
    });
    assert!(panicked.is_err());
    assert!(current_span().span_id() == root.span_id(), "what was current before is again");
    drop(entered);
    drop(root);
    assert_eq!(names(&memory), ["inner", "outer", "root"]);
}

thread_local! {
    static KEPT: RefCell<Option<Span>> = const { RefCell::new(None) };
    static ENTERED: RefCell<Option<EnteredSpan>> = const { RefCell::new(None) };
    static AT_THE_END: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
}

/// Makes spans when it is dropped.
struct AtTheEnd(InMemory);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let span = self.0.tracer().span("at the end").root().start();
        span.in_scope(|| span!("below").finish());
        current_span().set_tag("key", "value");
    }
}

#[test]
fn a_thread_may_end_with_spans_in_its_locals() {
    // Locals go in an order of their own: the tracer's are there before the application's, or after.
    for tracer_first in [true, false] {
        let memory = InMemory::default();
        let of_thread = memory.clone();
        let work = move || {
            let keep = || {
                AT_THE_END.with(|place| place.replace(Some(AtTheEnd(of_thread.clone()))));
                KEPT.with(|place| place.replace(Some(Span::disabled())));
                ENTERED.with(|place| place.replace(None));
            };
            if !tracer_first {
                keep();
            }
            let tracer = of_thread.tracer();
            tracer.span("first").root().start().finish();
            if tracer_first {
                keep();
            }
            KEPT.with(|place| place.replace(Some(tracer.span("kept").root().start())));
            ENTERED.with(|place| place.replace(Some(tracer.span("entered").root().start().entered())));
        };
        thread::spawn(work).join().unwrap();
        let names = names(&memory);
        // What begins when the tracer's locals are gone has no trace any more; nothing that had begun is lost.
        for name in ["entered", "first", "kept"] {
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name} of {names:?}");
        }
    }
}

#[test]
fn of_a_trace_that_many_threads_end_at_once_each_span_is_sent_once() {
    const THREADS: usize = 8;
    for _ in 0..200 {
        let memory = InMemory::new(&[("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS", "3")]);
        let root = memory.tracer().span("root").start();
        let meeting = Barrier::new(THREADS + 1);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                let (early, handle) = (memory.tracer().span("early").child_of(&root).start(), root.handle());
                let (memory, meeting) = (&memory, &meeting);
                scope.spawn(move || {
                    meeting.wait();
                    drop(early);
                    handle.keep().set_tag("key", "value");
                    memory.tracer().span("late").child_of(&handle).start().finish();
                });
            }
            meeting.wait();
            root.finish();
        });
        let spans = memory.take().spans();
        let ids: BTreeSet<u64> = spans.iter().map(|span| span.span_id).collect();
        assert_eq!((spans.len(), ids.len()), (2 * THREADS + 1, 2 * THREADS + 1));
    }
}
