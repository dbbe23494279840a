//! Programs that ask too much of a tracer: everything has an end, and what is within it still arrives.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use tracehound::testing::InMemory;
use tracehound::{Attribute, Tracer};

/// Long enough that only a hang reaches it.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_trace_that_never_ends_is_sent_in_parts_even_without_partial_flushes() {
    let unflushed = ("DD_TRACE_PARTIAL_FLUSH_ENABLED", "false");
    // With rules for single spans, spans wait in another form.
    let rules = ("DD_SPAN_SAMPLING_RULES", r#"[{"name": "never"}]"#);
    for settings in [&[unflushed][..], &[unflushed, rules]] {
        let memory = InMemory::new(settings);
        let job = memory.tracer().span("job").start();
        let text = "x".repeat(1_000);
        for _ in 0..5_000 {
            memory.tracer().span("step").child_of(&job).tag("text", &text).start().finish();
        }
        let before_the_end = memory.take();
        assert_eq!(before_the_end.chunks().len(), 2, "5 MB are two batches of 2 MiB, and a rest");
        drop(job);
        assert_eq!(before_the_end.spans().len() + memory.take().spans().len(), 5_001);
    }
}

#[test]
fn large_spans_do_not_make_a_chunk_that_no_queue_can_hold() {
    let memory = InMemory::default();
    let job = memory.tracer().span("job").start();
    let text = "x".repeat(20_000);
    for _ in 0..200 {
        let step = memory.tracer().span("step").child_of(&job).start();
        for key in ["a", "b", "c", "d", "e"] {
            step.set_tag(key, &text);
        }
    }
    drop(job);
    let traces = memory.take();
    assert_eq!(traces.spans().len(), 201);
    let texts = |chunk: &[_]| 100_000 * chunk.len();
    assert!(traces.chunks().iter().all(|chunk| texts(chunk) < 4_000_000), "half of what the sender's queue holds");
}

#[test]
fn a_span_takes_only_so_much_and_the_rest_of_it_arrives() {
    let memory = InMemory::default();
    let span = memory.tracer().span("greedy").start();
    let huge = "é".repeat(5_000_000);
    span.set_resource(&huge).set_tag(&huge, &*huge).set_tag("small", 1);
    for n in 0..5_000 {
        span.set_tag(&format!("key {n}"), n);
    }
    span.add_link(&span.context(), (0..).map(|n| (format!("k{n}"), n)));
    span.add_event("endless", None, (0..).map(|n| (format!("k{n}"), Attribute::from(n))));
    span.add_event(&huge, None, [("huge", huge.clone())]);
    span.add_link(&span.context(), [("list", vec![1; 100_000])]);
    drop(span);

    let traces = memory.take();
    let span = traces.find("greedy").unwrap();
    assert_eq!(span.resource.chars().count(), 25_000);
    assert_eq!(span.metrics["small"], 1.0);
    assert!(span.metrics.len() > 4_000 && span.metrics.len() < 4_200, "{}", span.metrics.len());
    assert_eq!(span.links.iter().map(|link| link.attributes.len()).collect::<Vec<_>>(), [1_000, 1_000]);
    assert_eq!(span.events.len(), 1, "the second one is larger than all there may be");
}

#[test]
fn a_rejected_trace_counts_as_dropped_only_if_no_span_of_it_is_kept() {
    let tracer = Tracer::builder()
        .agent_url(&agent_that_lets_drop())
        .setting("DD_TRACE_SAMPLE_RATE", "0")
        .setting("DD_SPAN_SAMPLING_RULES", r#"[{"name": "kept"}]"#)
        .setting("DD_TRACE_STARTUP_LOGS", "false")
        .build();
    tracer.ready(LONG).unwrap();
    for name in ["kept", "dropped"] {
        let root = tracer.span("root").start();
        tracer.span(name).child_of(&root).start().finish();
    }
    tracer.flush(LONG).unwrap();
    let health = tracer.health();
    assert_eq!((health.dropped_p0.traces, health.dropped_p0.spans), (1, 3));
    assert_eq!((health.sent.traces, health.sent.spans), (1, 1));
}

/// The address of an agent that computes no statistics itself and wants no rejected traces.
fn agent_that_lets_drop() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let info = r#"{"version": "7.85.1", "endpoints": ["/v0.4/traces", "/v0.6/stats"], "client_drop_p0s": true}"#;
        let (stream, _) = listener.accept().unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        let mut body_len = 0;
        while stream.read_line(&mut line).is_ok_and(|len| len > 0) {
            if let Some(len) = line.strip_prefix("Content-Length: ") {
                body_len = len.trim().parse().unwrap();
            }
            if line == "\r\n" {
                stream.read_exact(&mut vec![0; body_len]).unwrap();
                write!(stream.get_mut(), "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{info}", info.len()).unwrap();
            }
            line.clear();
        }
    });
    url
}
