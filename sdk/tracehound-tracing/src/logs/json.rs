//! Lines of JSON, with the trace's fields at the root, where log pipelines look for them.
//!
//! ```json
//! {"timestamp":"2026-11-21T13:37:00.000000Z","level":"INFO","target":"cafe","message":"brewing","cup":3,
//!  "dd.service":"cafe","dd.env":"prod","dd.trace_id":"6909f0d2000000007a5c41bc0b360db0","dd.span_id":"42",
//!  "span":{"name":"cafe.order","fields":"order.items=2"},"spans":[{"name":"cafe.order","fields":"order.items=2"}]}
//! ```

use std::fmt::{self, Debug, Display, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::correlation_of;
use super::escape::Escaped;
use crate::bridge;
use crate::layer::is_mark;

/// What the line itself has at its root. A field of an event with such a name goes by `fields.<name>`, so that no name stands twice.
const OWN: [&str; 5] = ["timestamp", "level", "target", "span", "spans"];

/// Events as lines of JSON: see [`json`].
///
/// ```
/// let format: tracehound_tracing::Json = tracehound_tracing::json();
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Json;

/// A format that writes each event as one line of JSON: timestamp, level, target, the event's fields and the trace's (`dd.trace_id`,
/// `dd.span_id`, `dd.service`, `dd.env`, `dd.version`), all at the root, then the innermost span of `tracing` and the list of them all.
///
/// With `fmt::layer().json()` the fields of those spans are JSON as well; else they are text.
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// let lines = tracing_subscriber::fmt::layer().event_format(tracehound_tracing::json());
/// let subscriber = tracing_subscriber::registry().with(tracehound_tracing::layer()).with(lines);
/// ```
pub fn json() -> Json {
    Json
}

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        out.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut out)?;
        write!(out, "\",\"level\":\"{}\"", metadata.level())?;
        let mut line = Line { out, is_record: bridge::is_record(metadata), result: Ok(()) };
        line.text("target", &bridge::target(event));
        event.record(&mut line);
        if let Some(correlation) = correlation_of(event, context) {
            correlation.each(|name, value| line.text(name, value));
        }
        let Line { mut out, result, .. } = line;
        result?;
        spans(&mut out, context)?;
        out.write_str("}\n")
    }
}

/// The members `span` and `spans`. The mark of a traced statement, which is always the innermost, is nothing to tell.
fn spans<S, N>(out: &mut Writer<'_>, context: &FmtContext<'_, S, N>) -> fmt::Result
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    let Some(innermost) = context.parent_span().and_then(|span| span.scope().find(|entry| !is_mark(entry.metadata())))
    else {
        return Ok(());
    };
    out.write_str(",\"span\":")?;
    span::<S, N>(out, &innermost)?;
    out.write_str(",\"spans\":[")?;
    for (at, entry) in innermost.scope().from_root().enumerate() {
        out.write_str(if at == 0 { "" } else { "," })?;
        span::<S, N>(out, &entry)?;
    }
    out.write_char(']')
}

fn span<S, N>(out: &mut Writer<'_>, entry: &SpanRef<'_, S>) -> fmt::Result
where
    S: for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    write!(out, "{{\"name\":\"{}\"", entry.name())?;
    let extensions = entry.extensions();
    let fields = extensions.get::<FormattedFields<N>>().map_or("", |fields| fields.fields.trim());
    match fields.strip_prefix('{').and_then(|fields| fields.strip_suffix('}')) {
        Some("") => {}
        Some(members) => write!(out, ",{members}")?,
        None if fields.is_empty() => {}
        None => {
            out.write_str(",\"fields\":\"")?;
            Escaped::new(&mut *out).write_str(fields)?;
            out.write_char('"')?;
        }
    }
    out.write_char('}')
}

/// Writes members of the line until one cannot be written.
struct Line<'a> {
    out: Writer<'a>,
    is_record: bool,
    result: fmt::Result,
}

impl Line<'_> {
    fn text(&mut self, name: &str, value: &dyn Display) {
        self.member(name, |out| {
            out.write_char('"')?;
            // A value that reports a failure ends there, and the line is still whole.
            let _ = write!(Escaped::new(&mut *out), "{value}");
            out.write_char('"')
        });
    }

    /// A number or a truth value, which look the same in Rust.
    fn plain(&mut self, field: &Field, value: impl Display) {
        self.field(field, |line, name| line.member(name, |out| write!(out, "{value}")));
    }

    fn field(&mut self, field: &Field, write: impl FnOnce(&mut Self, &str)) {
        match field.name() {
            _ if self.is_record && bridge::is_metadata(field) => {}
            name if OWN.contains(&name) => write(self, &format!("fields.{name}")),
            name => write(self, name.strip_prefix("r#").unwrap_or(name)),
        }
    }

    fn member(&mut self, name: &str, write: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.result.is_err() {
            return;
        }
        let out = &mut self.out;
        self.result = out
            .write_str(",\"")
            .and_then(|()| Escaped::new(&mut *out).write_str(name))
            .and_then(|()| out.write_str("\":"))
            .and_then(|()| write(out));
    }
}

impl Visit for Line<'_> {
    fn record_f64(&mut self, field: &Field, number: f64) {
        if number.is_finite() {
            self.plain(field, number);
        } else {
            // JSON has no such number.
            self.plain(field, "null");
        }
    }

    fn record_i64(&mut self, field: &Field, number: i64) {
        self.plain(field, number);
    }

    fn record_u64(&mut self, field: &Field, number: u64) {
        self.plain(field, number);
    }

    fn record_bool(&mut self, field: &Field, truth: bool) {
        self.plain(field, truth);
    }

    fn record_str(&mut self, field: &Field, text: &str) {
        self.field(field, |line, name| line.text(name, &text));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.field(field, |line, name| line.text(name, &format_args!("{value:?}")));
    }
}
