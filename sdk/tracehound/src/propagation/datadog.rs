//! Datadog's headers.
//!
//! ```text
//! x-datadog-trace-id: 1234567890                 decimal, the low 64 bits
//! x-datadog-parent-id: 9876543210                decimal
//! x-datadog-sampling-priority: 2
//! x-datadog-origin: synthetics
//! x-datadog-tags: _dd.p.dm=-4,_dd.p.tid=640cfd8d00000000
//! ```
//!
//! A value that no tracer writes makes the whole context invalid, but for the tags: what is wrong with those is told by the tag
//! `_dd.propagation_error`.

use std::fmt::Write;

use super::carrier::{Extract, Inject};
use super::digits::decimal;
use super::header::{first, is_printable};
use super::{Extracted, Options, Outgoing, tags};

const TRACE_ID: &str = "x-datadog-trace-id";
const PARENT_ID: &str = "x-datadog-parent-id";
const PRIORITY: &str = "x-datadog-sampling-priority";
const ORIGIN: &str = "x-datadog-origin";
const TAGS: &str = "x-datadog-tags";

/// The longest origin, in bytes: as long as the whole member `dd=` of a `tracestate`, which has to hold it.
const MAX_ORIGIN_LEN: usize = 256;

/// Reads the context, if there is a valid one.
pub(super) fn extract(options: &Options, carrier: &dyn Extract) -> Option<Extracted> {
    let trace_id = first(carrier, TRACE_ID, decimal)?.filter(|&id| id != 0)?;
    // Synthetic tests and others that have no span of their own send 0, or nothing.
    let span_id = first(carrier, PARENT_ID, decimal).unwrap_or(Some(0))?;
    let priority = match first(carrier, PRIORITY, |value| value.parse().ok()) {
        None => None,
        Some(priority) => Some(priority?),
    };
    let origin = first(carrier, ORIGIN, |value| is_origin(value).then(|| value.to_owned())).flatten();
    let mut extracted = Extracted { trace_id: trace_id.into(), span_id, priority, origin, ..Extracted::default() };
    first(carrier, TAGS, |header| tags::read(header, options.tags_max_len, &mut extracted));
    Some(extracted)
}

/// Whether a text may be sent as an origin.
fn is_origin(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_ORIGIN_LEN && is_printable(text)
}

/// Writes the context.
pub(super) fn inject(
    options: &Options,
    outgoing: &Outgoing<'_>,
    scratch: &mut String,
    carrier: &mut dyn Inject,
) -> Result<(), &'static str> {
    number(carrier, TRACE_ID, outgoing.trace_id as u64, scratch);
    number(carrier, PARENT_ID, outgoing.span_id, scratch);
    if let Some(priority) = outgoing.priority {
        number(carrier, PRIORITY, priority, scratch);
    }
    if let Some(origin) = outgoing.origin.filter(|origin| is_origin(origin)) {
        carrier.set(ORIGIN, origin);
    }
    scratch.clear();
    let high = (outgoing.trace_id >> 64) as u64;
    let outcome = tags::write(outgoing.tags, high, options.tags_max_len, scratch);
    if !scratch.is_empty() {
        carrier.set(TAGS, scratch);
    }
    outcome
}

fn number(carrier: &mut dyn Inject, name: &str, number: impl std::fmt::Display, scratch: &mut String) {
    scratch.clear();
    // Writing to a String does not fail.
    let _ = write!(scratch, "{number}");
    carrier.set(name, scratch);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(trace_id: &str, parent_id: &str) -> Vec<(String, String)> {
        vec![(TRACE_ID.to_owned(), trace_id.to_owned()), (PARENT_ID.to_owned(), parent_id.to_owned())]
    }

    fn extract_with(name: &str, value: &str) -> Option<Extracted> {
        let mut headers = headers("10", "11");
        headers.push((name.to_owned(), value.to_owned()));
        extract(&Options::default(), &headers)
    }

    #[test]
    fn ids_are_positive_decimals_of_64_bits() {
        let huge = "9".repeat(1 << 20);
        let table = [
            ("123456789", "987654321", Some((123_456_789, 987_654_321))),
            ("18446744073709551615", "18446744073709551615", Some((u64::MAX, u64::MAX))),
            (" 1\t", " 2 ", Some((1, 2))),
            ("1", "0", Some((1, 0))),
            ("0", "0", None),
            ("0", "1", None),
            ("-1", "1", None),
            ("1", "-1", None),
            ("18446744073709551616", "1", None),
            (&huge, "1", None),
            ("1", &huge, None),
            ("1", "a", None),
            ("", "1", None),
            ("1", "", None),
            ("1\0", "1", None),
            ("\u{661}", "1", None),
        ];
        for (trace_id, parent_id, expected) in table {
            let ids = extract(&Options::default(), &headers(trace_id, parent_id))
                .map(|context| (context.trace_id as u64, context.span_id));
            assert_eq!(ids, expected, "{:.40} {:.40}", trace_id, parent_id);
        }
    }

    #[test]
    fn a_trace_without_a_span_is_a_context() {
        let only = [(TRACE_ID, "10")];
        let context = extract(&Options::default(), &only).unwrap();
        assert_eq!((context.trace_id, context.span_id), (10, 0));
        assert_eq!(extract(&Options::default(), &[(PARENT_ID, "11")]), None);
    }

    #[test]
    fn a_priority_is_a_whole_number() {
        for (value, expected) in [("2", Some(2)), ("-1", Some(-1)), ("0", Some(0)), (" 1 ", Some(1))] {
            assert_eq!(extract_with(PRIORITY, value).unwrap().priority, expected, "{value:?}");
        }
        for value in ["", "1.0", "keep", "99999999999"] {
            assert_eq!(extract_with(PRIORITY, value), None, "{value:?}");
        }
        assert_eq!(extract(&Options::default(), &headers("10", "11")).unwrap().priority, None);
    }

    #[test]
    fn an_origin_is_taken_as_it_is_unless_it_could_not_be_sent_on() {
        let long = "o".repeat(MAX_ORIGIN_LEN + 1);
        let table = [
            ("synthetics;=web,z", Some("synthetics;=web,z")),
            ("synthetics-browser", Some("synthetics-browser")),
            ("", None),
            ("a\r\nevil: 1", None),
            ("a\0", None),
            ("é", None),
            (&long, None),
        ];
        for (value, expected) in table {
            assert_eq!(extract_with(ORIGIN, value).unwrap().origin.as_deref(), expected, "{value:.40}");
        }
    }
}
