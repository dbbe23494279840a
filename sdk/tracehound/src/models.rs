//! Models of spans and traces: threads that end, begin, decide and tell at once, in many orders.

use std::collections::BTreeSet;
use std::sync::Arc;

use shuttle::thread;

use crate::SpanRef;
use crate::config::{Config, Sources};
use crate::engine::{Engine, Settings, View};
use crate::testing::{FinishedSpan, InMemory, decode};
use crate::tracer::Tracer;

/// Orders that are tried of each model, chosen by chance.
const ORDERS: usize = 500;

fn explore(model: impl Fn() + Send + Sync + 'static) {
    shuttle::check_random(model, ORDERS);
}

/// A child of a span, begun and ended; its id.
fn child(of: &SpanRef, tracer: &Tracer) -> u64 {
    let child = tracer.span("child").child_of(of).tag("of", "child").start();
    child.span_id()
}

/// The ids of the spans that an engine in memory has sent.
fn sent_by(engine: &Engine) -> Vec<u64> {
    let chunks = engine.outlet.take_memory();
    chunks.iter().filter_map(|chunk| decode::chunk(chunk)).flatten().map(|span| span.span_id).collect()
}

fn priority(chunk: &[FinishedSpan]) -> f64 {
    chunk[0].metrics["_sampling_priority_v1"]
}

#[test]
fn a_trace_that_ends_while_children_begin_is_sent_whole_with_one_decision_at_a_time() {
    explore(|| {
        let memory = InMemory::default();
        let root = memory.tracer().span("root").root().start();
        let handle = || (root.handle(), memory.tracer().clone());
        let [first, second] = [handle(), handle()].map(|(span, tracer)| thread::spawn(move || child(&span, &tracer)));
        let (span, _) = handle();
        let keeping = thread::spawn(move || span.keep().sampling_priority());
        let (span, _) = handle();
        let telling = thread::spawn(move || {
            let mut headers = Vec::<(String, String)>::new();
            span.inject(&mut headers);
            headers.into_iter().find(|(name, _)| name == "x-datadog-sampling-priority").map(|(_, value)| value)
        });
        let mut ids = BTreeSet::from([root.span_id()]);
        let after = root.handle();
        root.finish();
        ids.extend([first, second].map(|child| child.join().unwrap()));
        let kept = keeping.join().unwrap();
        assert!([Some(1), Some(2)].contains(&kept), "the user's word stands at once, unless the span had ended");
        let told = telling.join().unwrap().unwrap();
        assert!(["1", "2"].contains(&told.as_str()), "{told}");
        assert_eq!(after.sampling_priority(), kept);

        let traces = memory.take();
        let sent: Vec<u64> = traces.chunks().iter().flatten().map(|span| span.span_id).collect();
        assert_eq!((sent.len(), sent.into_iter().collect()), (3, ids), "each span once");
        let priorities: Vec<f64> = traces.chunks().iter().map(|chunk| priority(chunk)).collect();
        assert!(priorities.is_sorted(), "kept, and then no more: {priorities:?}");
    });
}

#[test]
fn a_cell_is_used_again_only_when_nobody_holds_it() {
    explore(|| {
        let memory = InMemory::default();
        let begin = |name: &str| memory.tracer().span(name).root().tag(name, "here").start();
        let old = begin("old");
        let handles = [old.handle(), old.handle()];
        let id = old.span_id();
        old.finish();
        let letting_go = handles.map(|handle| {
            thread::spawn(move || {
                assert_eq!((handle.span_id(), handle.tag("old").is_some()), (id, true), "it is still this span");
            })
        });
        let tracer = memory.tracer().clone();
        let new = thread::spawn(move || {
            let new = tracer.span("new").root().tag("new", "here").start();
            assert!(new.tag("old").is_none(), "something of another span is left");
            let more = tracer.span("more").root().start();
            assert!(!new.same(&more) && new.tag("new").is_some() && more.tag("new").is_none());
        });
        letting_go.into_iter().for_each(|thread| thread.join().unwrap());
        new.join().unwrap();
        assert_eq!(memory.take().spans().len(), 3);
    });
}

#[test]
fn spans_that_end_as_the_agents_answer_comes_neither_stay_behind_nor_go_twice() {
    explore(|| {
        let code = vec![("DD_TRACE_PARTIAL_FLUSH_MIN_SPANS".to_owned(), "1".to_owned())];
        let settings = Arc::new(Settings::new(Arc::new(Config::load(&Sources::of_code(code)))));
        let engine = Engine::in_memory(settings, View::default());
        let tracer = Tracer::of(Arc::clone(&engine));
        let root = tracer.span("root").root().start();
        let before = child(&root, &tracer);
        let answer = {
            let engine = Arc::clone(&engine);
            thread::spawn(move || engine.learn(None))
        };
        let (span, other) = (root.handle(), tracer.clone());
        let meanwhile = thread::spawn(move || child(&span, &other));
        let mut ids = BTreeSet::from([before, root.span_id()]);
        root.finish();
        ids.insert(meanwhile.join().unwrap());
        answer.join().unwrap();

        assert_eq!(engine.health().waiting_traces, 0, "something stays behind");
        let sent: Vec<u64> = sent_by(&engine);
        assert_eq!((sent.len(), sent.into_iter().collect()), (3, ids), "each span once");
    });
}
