//! Records as loggers get them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use log::kv::{Key, Value, VisitSource};
use log::{Level, Log, Metadata, Record};
use tracehound::testing::InMemory;

/// What a logger was given: the message, and the pairs in order.
type Given = (String, Vec<(String, String)>);

/// Keeps records of level `INFO` and above.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Given>>>);

impl Log for Memory {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        struct Collect(Vec<(String, String)>);
        impl<'kvs> VisitSource<'kvs> for Collect {
            fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), log::kv::Error> {
                self.0.push((key.to_string(), value.to_string()));
                Ok(())
            }
        }
        let mut pairs = Collect(Vec::new());
        record.key_values().visit(&mut pairs).unwrap();
        self.0.lock().unwrap().push((record.args().to_string(), pairs.0));
    }

    fn flush(&self) {}
}

/// Logs one line with a pair of its own in a span, and gives the span's trace id and id with what `memory` got.
fn in_span(logger: &dyn Log, settings: &[(&str, &str)], memory: &Memory) -> (String, String, Vec<Given>) {
    let tracer = InMemory::new(settings);
    let span = tracer.tracer().span("order").start();
    span.in_scope(|| say(logger, Level::Info));
    let given = std::mem::take(&mut *memory.0.lock().unwrap());
    (span.trace_id().to_string(), span.span_id().to_string(), given)
}

fn say(logger: &dyn Log, level: Level) {
    let pairs = [("cup", 3)];
    logger.log(&Record::builder().level(level).args(format_args!("brewing")).key_values(&pairs).build());
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn pairs_of_the_trace_follow_those_of_the_record() {
    let memory = Memory::default();
    let logger = tracehound_log::correlate(memory.clone());
    let settings = [("DD_SERVICE", "cafe"), ("DD_ENV", "test"), ("DD_VERSION", "7")];
    let (trace_id, span_id, given) = in_span(&logger, &settings, &memory);
    let expected = [
        pair("cup", "3"),
        pair("dd.service", "cafe"),
        pair("dd.env", "test"),
        pair("dd.version", "7"),
        pair("dd.trace_id", &trace_id),
        pair("dd.span_id", &span_id),
    ];
    assert_eq!(given, [("brewing".to_owned(), expected.to_vec())]);
}

#[test]
fn in_text_the_fields_stand_before_the_message() {
    let memory = Memory::default();
    let logger = tracehound_log::correlate_text(memory.clone());
    let (trace_id, span_id, given) = in_span(&logger, &[("DD_SERVICE", "cafe")], &memory);
    let message = format!("[dd.service=cafe dd.trace_id={trace_id} dd.span_id={span_id}] brewing");
    assert_eq!(given, [(message, vec![pair("cup", "3")])]);
}

#[test]
fn without_a_tracer_or_when_turned_off_records_pass_as_they_are() {
    for logger in [tracehound_log::correlate, tracehound_log::correlate_text] {
        let memory = Memory::default();
        let logger = logger(memory.clone());
        let plain = [("brewing".to_owned(), vec![pair("cup", "3")])];
        let (_, _, given) = in_span(&logger, &[("DD_LOGS_INJECTION", "false")], &memory);
        assert_eq!(given, plain);
        say(&logger, Level::Info);
        assert_eq!(*memory.0.lock().unwrap(), plain);
    }
}

#[test]
fn what_the_logger_does_not_want_it_does_not_get() {
    let memory = Memory::default();
    let logger = tracehound_log::correlate(memory.clone());
    say(&logger, Level::Debug);
    assert!(memory.0.lock().unwrap().is_empty());
    assert!(logger.enabled(&Metadata::builder().level(Level::Info).build()));
    assert!(!logger.enabled(&Metadata::builder().level(Level::Debug).build()));
}

/// A pipe's end that keeps what comes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn env_logger_writes_the_fields() {
    let lines = Lines::default();
    let inner = env_logger::Builder::new()
        .filter_level(log::LevelFilter::Info)
        .target(env_logger::Target::Pipe(Box::new(lines.clone())))
        .build();
    let logger = tracehound_log::correlate(inner);
    let tracer = InMemory::new(&[("DD_SERVICE", "cafe")]);
    let span = tracer.tracer().span("order").start();
    span.in_scope(|| say(&logger, Level::Info));
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let fields = format!("dd.service=cafe dd.trace_id={} dd.span_id={}", span.trace_id(), span.span_id());
    assert!(written.contains("brewing") && written.contains(&fields), "{written}");
}
