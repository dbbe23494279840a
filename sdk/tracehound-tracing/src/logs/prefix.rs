//! Lines of text, with the trace's fields in front.

use std::fmt::{self, Write};

use tracehound::integration::sql::MARK;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::correlation_of;
use crate::layer::is_mark;

/// A format that writes the trace's fields in brackets, then the line of another format: see [`correlated`].
///
/// ```
/// use tracing_subscriber::fmt::format::Format;
///
/// let format: tracehound_tracing::Correlated<Format> = tracehound_tracing::text();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Correlated<F> {
    format: F,
}

/// The usual lines of text, with the trace's fields in front:
///
/// ```text
/// [dd.service=cafe dd.env=prod dd.trace_id=6909f0d2000000007a5c41bc0b360db0 dd.span_id=42] 2026-11-21T13:37:00.000000Z  INFO cafe: brewing
/// ```
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// let lines = tracing_subscriber::fmt::layer().event_format(tracehound_tracing::text());
/// let subscriber = tracing_subscriber::registry().with(tracehound_tracing::layer()).with(lines);
/// ```
pub fn text() -> Correlated<Format> {
    correlated(tracing_subscriber::fmt::format())
}

/// Writes the trace's fields in front of another format's lines.
///
/// ```
/// use tracing_subscriber::fmt::format;
///
/// let compact = tracehound_tracing::correlated(format().compact().without_time());
/// let lines = tracing_subscriber::fmt::layer::<tracing_subscriber::Registry>().event_format(compact);
/// ```
pub fn correlated<F>(format: F) -> Correlated<F> {
    Correlated { format }
}

impl<S, N, F> FormatEvent<S, N> for Correlated<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if let Some(correlation) = correlation_of(event, context) {
            write!(out, "[{correlation}] ")?;
        }
        if !context.parent_span().is_some_and(|innermost| is_mark(innermost.metadata())) {
            return self.format.format_event(context, out, event);
        }
        // A writer of our own is one without colours, in the lines that sqlx writes of traced statements.
        self.format.format_event(context, Writer::new(&mut WithoutMark::new(out)), event)
    }
}

/// Leaves the mark of a traced statement out of the spans that a line of text names: `request:tracehound.sql: sqlx::query: …`. It goes by
/// the pieces in which [`Format`] writes.
struct WithoutMark<'a> {
    out: Writer<'a>,
    after_mark: bool,
    after_space: bool,
}

impl<'a> WithoutMark<'a> {
    fn new(out: Writer<'a>) -> WithoutMark<'a> {
        WithoutMark { out, after_mark: false, after_space: false }
    }
}

impl Write for WithoutMark<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.after_mark = match piece {
            MARK => true,
            ":" => self.after_mark,
            // Which follows the spans; where the mark was alone, there was one already.
            " " => self.after_mark && self.after_space,
            _ => false,
        };
        if self.after_mark {
            return Ok(());
        }
        self.after_space = piece.ends_with(' ');
        self.out.write_str(piece)
    }
}
