//! Log lines that lead to their trace: formats for the layer [`tracing_subscriber::fmt`] that write the fields of
//! [`Correlation`](tracehound::integration::log::Correlation).

mod escape;
mod json;
mod prefix;

pub use json::{Json, json};
pub use prefix::{Correlated, correlated, text};

use tracehound::integration::log::Correlation;
use tracing::Event;
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::registry::LookupSpan;

use crate::layer::Opened;

/// What the line of an event says of its trace: that of the current span, of whichever kind, unless the event names another parent.
fn correlation_of<S, N>(event: &Event<'_>, context: &FmtContext<'_, S, N>) -> Option<Correlation>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> tracing_subscriber::fmt::FormatFields<'a> + 'static,
{
    if event.is_contextual() {
        return Correlation::current();
    }
    let parent = event.parent().and_then(|parent| context.span(parent));
    let span = parent.and_then(|parent| parent.extensions().get::<Opened>().map(|opened| opened.span().clone()));
    Correlation::of(&span.unwrap_or_default())
}
