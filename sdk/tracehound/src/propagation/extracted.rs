//! What a carrier held.

use std::borrow::Cow;

use super::{Baggage, LastParent, Outgoing, Style};
use crate::span::link::{FLAGS_KNOWN, Link};

/// The context that another process sent. Without ids (`trace_id` is 0) there is no trace to continue, but there may be baggage and links.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Extracted {
    /// 0 if there is none.
    pub(crate) trace_id: u128,
    /// The parent of the span to come; 0 where only the trace is known, as for synthetic tests.
    pub(crate) span_id: u64,
    pub(crate) priority: Option<i32>,
    pub(crate) origin: Option<String>,
    /// The tags `_dd.p.*`, but for `_dd.p.tid`, which is in the trace id.
    pub(crate) tags: Vec<(String, String)>,
    /// The members of `tracestate` that are not ours.
    pub(crate) tracestate: String,
    /// The last span of a Datadog tracer, for the tag `_dd.parent_id`, if a tracer of others may be between it and us.
    pub(crate) last_parent_id: Option<String>,
    /// Contexts that were received and are not continued.
    pub(crate) links: Vec<Link>,
    pub(crate) baggage: Baggage,
    /// The tags that the baggage gives to the first span.
    pub(crate) baggage_tags: Vec<(String, String)>,
    /// What could not be read, for the tag `_dd.propagation_error`.
    pub(crate) propagation_error: Option<Cow<'static, str>>,
}

impl Extracted {
    /// The same context on its way on, with no span of ours in between.
    pub(crate) fn as_outgoing(&self) -> Outgoing<'_> {
        Outgoing {
            trace_id: self.trace_id,
            span_id: self.span_id,
            priority: self.priority,
            origin: self.origin.as_deref(),
            tags: &self.tags,
            tracestate: &self.tracestate,
            last_parent: LastParent::Received(self.last_parent_id.as_deref()),
            baggage: &self.baggage,
        }
    }

    /// A link in place of the context, which names the headers it came in. Only W3C's come with a `tracestate`; none is made up for the
    /// others, as no Datadog tracer does.
    pub(super) fn to_link(&self, style: Style, reason: &str) -> Link {
        let attributes = [("reason", reason), ("context_headers", style.name())];
        let has_tracestate = style == Style::TraceContext;
        Link {
            trace_id: self.trace_id,
            span_id: self.span_id,
            flags: self.priority.map_or(0, |priority| FLAGS_KNOWN | u32::from(priority > 0)),
            tracestate: if has_tracestate { self.as_outgoing().to_tracestate() } else { String::new() },
            attributes: attributes.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
        }
    }
}
