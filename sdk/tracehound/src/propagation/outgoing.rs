//! What goes out with a request.

use super::{Baggage, tracestate};

/// A context to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) trace_id: u128,
    pub(crate) span_id: u64,
    pub(crate) priority: Option<i32>,
    pub(crate) origin: Option<&'a str>,
    /// The tags `_dd.p.*`, the decision maker among them, but for `_dd.p.tid`, which is in the trace id.
    pub(crate) tags: &'a [(String, String)],
    /// The members of `tracestate` that are not ours, as received.
    pub(crate) tracestate: &'a str,
    pub(crate) last_parent: LastParent<'a>,
    pub(crate) baggage: &'a Baggage,
}

/// What `tracestate` calls the last span of a Datadog tracer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LastParent<'a> {
    /// The span that sends.
    ThisSpan,
    /// None of ours: as it was received.
    Received(Option<&'a str>),
}

impl Outgoing<'_> {
    /// Whether there is a trace and a span to continue.
    pub(super) fn has_ids(&self) -> bool {
        self.trace_id != 0 && self.span_id != 0
    }

    /// Whether receivers shall keep the trace.
    pub(super) fn is_sampled(&self) -> bool {
        self.priority.is_some_and(|priority| priority > 0)
    }

    /// The value of `tracestate`, as links hold it too.
    pub(crate) fn to_tracestate(self) -> String {
        let mut out = String::new();
        tracestate::write(&self, &mut out);
        out
    }
}
