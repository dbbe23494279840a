//! From a `tracing` span to its Datadog span.

use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan;

use crate::layer::Opened;

/// The Datadog span of a `tracing` span: to tag what was not declared as a field, to set a parent for other spans, to pass its context on.
/// A disabled handle if the layer does not see the span, or if the subscriber is not built on [`Registry`].
///
/// Inside of the span, [`tracehound::current_span`] is the same handle for less.
///
/// ```
/// let span = tracing::info_span!("order");
/// let mut headers = std::collections::HashMap::<String, String>::new();
/// tracehound_tracing::handle(&span).set_tag("customer", "acme").inject(&mut headers);
/// ```
pub fn handle(span: &tracing::Span) -> tracehound::SpanRef {
    let found = span.with_subscriber(|(id, dispatch)| {
        let entry = dispatch.downcast_ref::<Registry>()?.span(id)?;
        entry.extensions().get::<Opened>().map(|opened| opened.span().clone())
    });
    found.flatten().unwrap_or_default()
}
