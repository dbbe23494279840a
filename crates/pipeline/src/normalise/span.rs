//! The fixed part of a span, repaired.
//!
//! Source: agent-protocol 3.2, in its order; the rows about tags are in [`crate::append`].

use tracehound_model::{Chunk, Nanos, RowHead, Span, StringId, UnixNanos};

use crate::report::{Repair, Report};
use crate::words::{Use, Writer};

/// 2000-01-01T00:00:00Z; no span is older. Source: agent-protocol 3.2.
const EARLIEST_START: UnixNanos = 946_684_800_000_000_000;

/// One head per span of the chunk.
pub(crate) fn heads(chunk: &Chunk, now: UnixNanos, writer: &mut Writer<'_, '_>) -> Vec<RowHead> {
    chunk.spans.iter().map(|span| head(span, now, writer)).collect()
}

fn head(span: &Span, now: UnixNanos, writer: &mut Writer<'_, '_>) -> RowHead {
    let service = writer.word(Use::Service, span.service);
    let name = writer.word(Use::Name, span.name);
    let resource = resource(span, name, writer);
    let duration = duration(span, writer.report);
    RowHead {
        span_id: span.span_id,
        parent_id: parent_id(span),
        start: start(span, duration, now, writer.report),
        duration,
        error: span.error,
        service,
        name,
        resource,
        kind: writer.word(Use::Type, span.kind),
    }
}

/// The resource, or the name if there is none.
fn resource(span: &Span, name: StringId, writer: &mut Writer<'_, '_>) -> StringId {
    let resource = writer.word(Use::Resource, span.resource);
    if resource != StringId::default() {
        return resource;
    }
    writer.report.repair(Repair::ResourceEmpty);
    name
}

/// The parent, but none where a tracer says "root" by making all ids equal.
fn parent_id(span: &Span) -> u64 {
    if span.parent_id == span.trace_id && span.parent_id == span.span_id { 0 } else { span.parent_id }
}

/// The duration, or 0 if it is negative or ends after the last moment that has a number.
fn duration(span: &Span, report: &mut Report) -> Nanos {
    if span.duration >= 0 && span.start.checked_add(span.duration).is_some() {
        return span.duration;
    }
    report.repair(Repair::InvalidDuration);
    0
}

/// The start, or one that makes the span end now if it is earlier than any can be.
fn start(span: &Span, duration: Nanos, now: UnixNanos, report: &mut Report) -> UnixNanos {
    if span.start >= EARLIEST_START {
        return span.start;
    }
    report.repair(Repair::InvalidStartDate);
    let start = now.saturating_sub(duration);
    if start < 0 { now } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixNanos = 1_700_000_000_000_000_000;

    #[test]
    fn impossible_times_are_replaced() {
        const HOUR: Nanos = 3_600_000_000_000;
        let table = [
            ("as sent", (NOW, HOUR), (NOW, HOUR), [0, 0]),
            ("no duration", (NOW, 0), (NOW, 0), [0, 0]),
            ("negative duration", (NOW, -1), (NOW, 0), [1, 0]),
            ("most negative duration", (NOW, i64::MIN), (NOW, 0), [1, 0]),
            ("end at the last moment", (NOW, i64::MAX - NOW), (NOW, i64::MAX - NOW), [0, 0]),
            ("end behind the last moment", (NOW, i64::MAX - NOW + 1), (NOW, 0), [1, 0]),
            ("start at the last moment", (i64::MAX, 0), (i64::MAX, 0), [0, 0]),
            ("no bound above", (i64::MAX, 1), (i64::MAX, 0), [1, 0]),
            ("start of 2000", (EARLIEST_START, HOUR), (EARLIEST_START, HOUR), [0, 0]),
            ("before 2000", (EARLIEST_START - 1, HOUR), (NOW - HOUR, HOUR), [0, 1]),
            ("zero", (0, HOUR), (NOW - HOUR, HOUR), [0, 1]),
            ("the first moment", (i64::MIN, HOUR), (NOW - HOUR, HOUR), [0, 1]),
            ("longer than since 1970", (0, NOW + 1), (NOW, NOW + 1), [0, 1]),
            ("as long as since 1970", (0, NOW), (0, NOW), [0, 1]),
            ("everything wrong", (i64::MIN, i64::MIN), (NOW, 0), [1, 1]),
        ];
        for (what, sent, expected, counted) in table {
            let span = Span { start: sent.0, duration: sent.1, ..Span::default() };
            let mut report = Report::default();
            let duration = duration(&span, &mut report);
            assert_eq!((start(&span, duration, NOW, &mut report), duration), expected, "{what}");
            let repaired: Vec<_> = report.repaired().collect();
            let count = |name| repaired.iter().find(|(counter, _)| *counter == name).map_or(0, |(_, count)| *count);
            assert_eq!([count("invalid_duration"), count("invalid_start_date")], counted, "{what}");
        }
    }

    #[test]
    fn only_three_equal_ids_make_a_root() {
        for (trace_id, span_id, parent_id, expected) in
            [(7, 7, 7, 0), (7, 8, 8, 8), (7, 8, 7, 7), (7, 7, 0, 0), (7, 7, 8, 8)]
        {
            let span = Span { trace_id, span_id, parent_id, ..Span::default() };
            assert_eq!(super::parent_id(&span), expected, "{span:?}");
        }
    }
}
