//! Who is whose child, across both kinds of spans.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use support::{by_name, dispatch, parents, spans};
use tracehound::span;
use tracehound::testing::InMemory;
use tracing::dispatcher::{self, Dispatch};
use tracing::{Level, info_span};

#[test]
fn spans_of_both_kinds_are_each_others_children() {
    let spans = spans(|| {
        let native = span!("1 native").entered();
        info_span!("2 tracing").in_scope(|| {
            let native = span!("3 native").entered();
            let inner = info_span!("4 tracing").entered();
            span!("5 native").finish();
            drop((inner, native));
            info_span!("6 tracing");
        });
        drop(native);
    });
    assert_eq!(
        parents(&spans),
        [
            ("1 native", ""),
            ("2 tracing", "1 native"),
            ("3 native", "2 tracing"),
            ("4 tracing", "3 native"),
            ("5 native", "4 tracing"),
            ("6 tracing", "2 tracing"),
        ]
    );
    let first = &spans["1 native"];
    assert!(spans.values().all(|span| span.trace_id == first.trace_id));
}

#[test]
fn a_parent_can_be_named_or_refused() {
    let spans = spans(|| {
        let named = info_span!("named");
        let _current = info_span!("current").entered();
        info_span!(parent: &named, "of named");
        info_span!(parent: None, "of none");
        info_span!("of current");
    });
    let parents = parents(&spans);
    for expected in [("of named", "named"), ("of none", ""), ("of current", "current")] {
        assert!(parents.contains(&expected), "{parents:?}");
    }
    assert_ne!(spans["of none"].trace_id, spans["current"].trace_id);
}

#[test]
fn a_span_that_is_not_seen_is_passed_over() {
    let spans = spans(|| {
        let _seen = info_span!("seen").entered();
        let _unseen = tracing::debug_span!("unseen").entered();
        info_span!("below");
    });
    assert_eq!(parents(&spans), [("below", "seen"), ("seen", "")]);
}

#[test]
fn follows_from_is_a_link() {
    let spans = spans(|| {
        let cause = info_span!("cause");
        let effect = info_span!("effect");
        effect.follows_from(&cause);
        effect.follows_from(tracing::Span::none());
    });
    let [link] = &spans["effect"].links[..] else { panic!("{spans:?}") };
    assert_eq!((link.trace_id, link.span_id), (spans["cause"].trace_id, spans["cause"].span_id));
}

#[test]
fn a_span_lasts_until_its_last_handle_is_gone() {
    let spans = spans(|| {
        let outer = info_span!("outer");
        let kept = outer.clone();
        outer.in_scope(|| ());
        drop(outer);
        info_span!("after");
        drop(kept);
    });
    let (outer, after) = (&spans["outer"], &spans["after"]);
    assert!(outer.start_ns + outer.duration_ns >= after.start_ns);
    assert_eq!(after.parent_id, 0);
}

#[test]
fn spans_may_be_left_in_any_order() {
    let spans = spans(|| {
        let (first, second) = (info_span!("first").entered(), info_span!("second").entered());
        drop(first);
        info_span!("below second");
        drop(second);
        info_span!("below none");
    });
    assert_eq!(parents(&spans), [("below none", ""), ("below second", "second"), ("first", ""), ("second", "first")]);
}

#[test]
fn a_span_that_is_entered_twice_is_current_until_it_is_left_twice() {
    let spans = spans(|| {
        let span = info_span!("span");
        span.in_scope(|| {
            span.in_scope(|| ());
            info_span!("inside");
        });
        info_span!("outside");
    });
    assert_eq!(parents(&spans), [("inside", "span"), ("outside", ""), ("span", "")]);
}

#[test]
fn spans_may_be_entered_in_any_order_and_again() {
    let spans = spans(|| {
        let (first, second) = (info_span!("first"), info_span!("second"));
        first.in_scope(|| info_span!("below first"));
        second.in_scope(|| {
            info_span!("below second");
            first.in_scope(|| info_span!("again below first"));
        });
        second.in_scope(|| info_span!("again below second"));
        info_span!("below none");
    });
    assert_eq!(
        parents(&spans),
        [
            ("again below first", "first"),
            ("again below second", "second"),
            ("below first", "first"),
            ("below none", ""),
            ("below second", "second"),
            ("first", ""),
            ("second", ""),
        ]
    );
}

/// Runs `work` on a thread of its own.
fn elsewhere(dispatch: &Dispatch, work: impl FnOnce() + Send) {
    thread::scope(|scope| {
        scope.spawn(|| dispatcher::with_default(dispatch, work));
    });
}

#[test]
fn a_span_may_be_entered_and_closed_on_other_threads_than_the_one_that_made_it() {
    let memory = InMemory::default();
    let dispatch = dispatch(&memory);
    dispatcher::with_default(&dispatch, || {
        let (span, never_entered) = (info_span!("span"), info_span!("never entered"));
        elsewhere(&dispatch, move || drop(never_entered));
        info_span!("after one that was closed elsewhere");
        elsewhere(&dispatch, || span.in_scope(|| drop(info_span!("there"))));
        span.in_scope(|| info_span!("here"));
        elsewhere(&dispatch, move || span.in_scope(|| drop(info_span!("there again"))));
        info_span!("below none");
    });
    assert_eq!(
        parents(&by_name(&memory)),
        [
            ("after one that was closed elsewhere", ""),
            ("below none", ""),
            ("here", "span"),
            ("never entered", ""),
            ("span", ""),
            ("there", "span"),
            ("there again", "span"),
        ]
    );
}

#[test]
fn spans_of_two_subscribers_with_the_same_id_are_told_apart() {
    let memories = [InMemory::default(), InMemory::default()];
    let [first, second] = memories.each_ref().map(|memory| {
        let dispatch = dispatch(memory);
        dispatcher::with_default(&dispatch, || info_span!("span"))
    });
    assert_eq!(first.id(), second.id());
    for span in [&first, &second, &first] {
        span.in_scope(|| {
            assert_eq!(tracehound::current_span().span_id(), tracehound_tracing::handle(span).span_id());
        });
    }
    drop((first, second));
    assert_eq!(memories.map(|memory| memory.take().spans().len()), [1, 1]);
}

#[test]
fn the_handle_is_the_same_span() {
    let spans = spans(|| {
        let span = info_span!("span");
        tracehound_tracing::handle(&span).set_tag("from", "outside");
        span.in_scope(|| {
            assert_eq!(tracehound::current_span().span_id(), tracehound_tracing::handle(&span).span_id());
            tracehound::current_span().set_tag("undeclared", 1);
        });
        assert!(!tracehound_tracing::handle(&tracing::Span::none()).is_enabled());
        assert!(!tracehound_tracing::handle(&tracing::debug_span!("unseen")).is_enabled());
    });
    assert_eq!((spans["span"].text("from"), spans["span"].metrics["undeclared"]), ("outside", 1.0));
}

#[test]
fn a_panic_marks_the_spans_it_leaves_and_no_others() {
    struct Cleanup;

    impl Drop for Cleanup {
        fn drop(&mut self) {
            let _cleanup = info_span!("cleanup").entered();
        }
    }

    let spans = spans(|| {
        let _outside = info_span!("outside").entered();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _outer = info_span!("outer").entered();
            let _inner = info_span!("inner").entered();
            let _cleanup = Cleanup;
            std::panic::resume_unwind(Box::new("no water"));
        }));
        assert!(panicked.is_err());
    });
    let failed: Vec<(&str, bool, &str)> =
        spans.values().map(|span| (&*span.name, span.error, span.text("error.type"))).collect();
    let expected = [("cleanup", false, ""), ("inner", true, "panic"), ("outer", true, "panic"), ("outside", false, "")];
    assert_eq!(failed, expected);
}

#[test]
fn without_a_tracer_nothing_happens() {
    use tracing_subscriber::prelude::*;
    let subscriber = tracing_subscriber::registry().with(tracehound_tracing::layer());
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::span!(Level::INFO, "span").entered();
        tracing::error!(error = "ignored");
        assert!(!tracehound_tracing::handle(&span).is_enabled());
    });
}
