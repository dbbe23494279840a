//! [`SpanContext`]: what a child, a link or another process needs to know of a span.

use std::sync::Arc;

use crate::carrier::Inject;
use crate::id::TraceId;
use crate::propagation::Extracted;
use crate::span::SpanRef;
use crate::span::link::{FLAGS_KNOWN, Link};
use crate::trace;

/// The context of a span: of this process, live or ended, or extracted from what another process sent. It may have no ids, as after
/// extracting from headers that held none; starting a span from such a one begins a new trace, with its baggage if there was any.
///
/// ```
/// let headers = vec![
///     ("x-datadog-trace-id".to_owned(), "10".to_owned()),
///     ("x-datadog-parent-id".to_owned(), "11".to_owned()),
/// ];
/// let context = tracehound::extract(&headers);
/// assert_eq!((context.trace_id().low(), context.span_id()), (10, 11));
/// assert!(context.is_remote());
/// ```
#[derive(Clone, Debug, Default)]
pub struct SpanContext {
    source: Source,
}

/// Where a context comes from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Source {
    #[default]
    None,
    Local(SpanRef),
    Remote(Arc<Remote>),
}

/// What another process sent.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) extracted: Extracted,
}

impl SpanContext {
    /// No context: a span that starts from it begins a trace.
    ///
    /// ```
    /// assert_eq!(tracehound::SpanContext::none().span_id(), 0);
    /// ```
    pub fn none() -> SpanContext {
        SpanContext::default()
    }

    pub(crate) fn local(span: SpanRef) -> SpanContext {
        if !span.is_enabled() {
            return SpanContext::none();
        }
        SpanContext { source: Source::Local(span) }
    }

    pub(crate) fn remote(extracted: Extracted) -> SpanContext {
        SpanContext { source: Source::Remote(Arc::new(Remote { extracted })) }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Whether there is nothing at all to continue: neither ids nor baggage.
    ///
    /// ```
    /// assert!(tracehound::SpanContext::none().is_none());
    /// ```
    pub fn is_none(&self) -> bool {
        match &self.source {
            Source::None => true,
            Source::Local(_) => false,
            Source::Remote(remote) => remote.extracted.trace_id == 0 && remote.extracted.baggage.is_empty(),
        }
    }

    /// Whether another process sent it, and there is something to continue.
    ///
    /// ```
    /// let nothing = tracehound::extract(&Vec::<(String, String)>::new());
    /// assert!(!nothing.is_remote());
    /// ```
    pub fn is_remote(&self) -> bool {
        matches!(self.source, Source::Remote(_)) && !self.is_none()
    }

    /// The trace's id, or 0.
    ///
    /// ```
    /// assert_eq!(tracehound::SpanContext::none().trace_id().as_u128(), 0);
    /// ```
    pub fn trace_id(&self) -> TraceId {
        match &self.source {
            Source::None => TraceId::default(),
            Source::Local(span) => span.trace_id(),
            Source::Remote(remote) => TraceId::from(remote.extracted.trace_id),
        }
    }

    /// The span's id, or 0.
    ///
    /// ```
    /// assert_eq!(tracehound::SpanContext::none().span_id(), 0);
    /// ```
    pub fn span_id(&self) -> u64 {
        match &self.source {
            Source::None => 0,
            Source::Local(span) => span.span_id(),
            Source::Remote(remote) => remote.extracted.span_id,
        }
    }

    /// The sampling priority that came, or that of the span as it stands: see [`SpanRef::sampling_priority`](crate::SpanRef::sampling_priority).
    ///
    /// ```
    /// let headers = vec![("b3".to_owned(), "000000000000000a-000000000000000b-1".to_owned())];
    /// assert_eq!(tracehound::extract(&headers).sampling_priority(), None); // b3 is not among the default styles
    /// ```
    pub fn sampling_priority(&self) -> Option<i8> {
        match &self.source {
            Source::None => None,
            Source::Local(span) => span.sampling_priority(),
            Source::Remote(remote) => remote.extracted.priority.map(trace::clamp_priority),
        }
    }

    /// Where the trace came from, such as `synthetics`.
    ///
    /// ```
    /// assert_eq!(tracehound::SpanContext::none().origin(), None);
    /// ```
    pub fn origin(&self) -> Option<String> {
        match &self.source {
            Source::None => None,
            Source::Local(span) => span.origin(),
            Source::Remote(remote) => remote.extracted.origin.clone(),
        }
    }

    /// An item of baggage.
    ///
    /// ```
    /// let headers = vec![("baggage".to_owned(), "user.id=17".to_owned())];
    /// assert_eq!(tracehound::extract(&headers).baggage("user.id").as_deref(), Some("17"));
    /// ```
    pub fn baggage(&self, key: &str) -> Option<String> {
        match &self.source {
            Source::None => None,
            Source::Local(span) => span.baggage(key),
            Source::Remote(remote) => remote.extracted.baggage.get(key).map(str::to_owned),
        }
    }

    /// All items of baggage.
    ///
    /// ```
    /// assert!(tracehound::SpanContext::none().baggage_items().is_empty());
    /// ```
    pub fn baggage_items(&self) -> Vec<(String, String)> {
        match &self.source {
            Source::None => Vec::new(),
            Source::Local(span) => span.baggage_items(),
            Source::Remote(remote) => {
                remote.extracted.baggage.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
            }
        }
    }

    /// Writes the headers by which another process continues this trace.
    ///
    /// ```
    /// let mut headers = std::collections::HashMap::<String, String>::new();
    /// tracehound::SpanContext::none().inject(&mut headers);
    /// assert!(headers.is_empty());
    /// ```
    pub fn inject(&self, carrier: &mut impl Inject) {
        match &self.source {
            Source::None => {}
            Source::Local(span) => span.inject(carrier),
            Source::Remote(remote) => trace::inject_remote(&remote.extracted, carrier),
        }
    }

    /// A link to this context, with the sampling decision as it stands.
    pub(crate) fn to_link(&self) -> Link {
        let (trace_id, span_id) = (self.trace_id().as_u128(), self.span_id());
        let priority = self.sampling_priority();
        let flags = priority.map_or(0, |priority| FLAGS_KNOWN | u32::from(priority > 0));
        Link { trace_id, span_id, flags, tracestate: trace::tracestate_of(self), attributes: Vec::new() }
    }
}
