//! Those who compete, and the work they all do: a trace of ten nested spans, each with one tag of text and one whole number.

mod fastrace;
mod opentelemetry;
mod tracehound;
mod tracing;

/// Spans of one trace.
pub const DEPTH: u32 = 10;

/// Makes traces in one way.
pub trait Contender: Sync {
    /// One trace.
    fn trace(&self);

    /// Brings everything that was made out of the process, as far as the contender sends anything.
    fn flush(&self) {}
}

/// One way of making traces, of which a process can hold one: most keep their state in globals.
pub struct Entry {
    pub name: &'static str,
    /// Settings, besides those that all get.
    pub environment: &'static [(&'static str, &'static str)],
    pub open: fn() -> Box<dyn Contender>,
}

const fn entry(name: &'static str, open: fn() -> Box<dyn Contender>) -> Entry {
    Entry { name, environment: &[], open }
}

/// All of them, in the order of the table.
pub const ENTRIES: &[Entry] = &[
    entry("nothing", || Box::new(Nothing)),
    entry("tracehound", tracehound::native),
    Entry { name: "tracehound, unsampled", environment: &[("DD_TRACE_SAMPLE_RATE", "0")], open: tracehound::native },
    Entry {
        name: "tracehound, DD_TRACE_ENABLED=false",
        environment: &[("DD_TRACE_ENABLED", "false")],
        open: tracehound::native,
    },
    entry("tracehound, never started", tracehound::never_started),
    entry("fastrace, no reporter", fastrace::without_reporter),
    entry("fastrace, dummy reporter", fastrace::with_reporter),
    entry("datadog-opentelemetry", opentelemetry::official),
    entry("tracing, registry alone", tracing::registry),
    entry("tracehound via tracing", tracing::tracehound),
    entry("datadog-opentelemetry via tracing", tracing::official),
    entry("tracing-opentelemetry, batch to nowhere", tracing::opentelemetry),
];

/// The workload without any tracer: what the loop itself costs.
struct Nothing;

impl Contender for Nothing {
    fn trace(&self) {
        nest(DEPTH);
    }
}

fn nest(depth: u32) {
    std::hint::black_box(("gold", depth));
    if depth > 1 {
        nest(depth - 1);
    }
}
