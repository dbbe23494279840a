//! Zipkin's B3, in one header and in several.
//!
//! ```text
//! b3: 640cfd8d00000000abcdefab12345678-000000003ade68b1-1-05e3ac9a4f6e3b90
//!     trace id, span id, and if known the sampling state and the parent, which is not read
//!
//! x-b3-traceid: 640cfd8d00000000abcdefab12345678
//! x-b3-spanid: 000000003ade68b1
//! x-b3-sampled: 1
//! x-b3-flags: 1                                  debug: it is kept in any case
//! ```
//!
//! A trace id of 64 bits goes out with 16 digits, others with 32. Source: openzipkin/b3-propagation.

use std::fmt::Write;

use super::carrier::{Extract, Inject};
use super::digits::any_hex;
use super::header::first;
use super::{Extracted, Outgoing};

const SINGLE: &str = "b3";
const TRACE_ID: &str = "x-b3-traceid";
const SPAN_ID: &str = "x-b3-spanid";
const SAMPLED: &str = "x-b3-sampled";
const FLAGS: &str = "x-b3-flags";

/// The priority of a trace that someone wants to see in any case, which is what debug means.
const USER_KEEP: i32 = 2;

/// Reads the single header, if it is there and valid.
pub(super) fn extract_single(carrier: &dyn Extract) -> Option<Extracted> {
    first(carrier, SINGLE, |header| {
        let mut fields = header.split('-');
        let (trace_id, span_id) = (trace_id(fields.next()?)?, span_id(fields.next()?)?);
        let priority = fields.next().map_or(Some(None), priority)?;
        Some(Extracted { trace_id, span_id, priority, ..Extracted::default() })
    })?
}

/// Reads the headers of their own, if they are there and valid.
pub(super) fn extract_multi(carrier: &dyn Extract) -> Option<Extracted> {
    let trace_id = first(carrier, TRACE_ID, trace_id)??;
    let span_id = first(carrier, SPAN_ID, span_id)??;
    let priority = match first(carrier, FLAGS, |flags| flags == "1") {
        Some(true) => Some(USER_KEEP),
        _ => first(carrier, SAMPLED, priority).unwrap_or(Some(None))?,
    };
    Some(Extracted { trace_id, span_id, priority, ..Extracted::default() })
}

fn trace_id(text: &str) -> Option<u128> {
    any_hex(text, 32).filter(|&id| id != 0)
}

fn span_id(text: &str) -> Option<u64> {
    any_hex(text, 16).filter(|&id| id != 0).map(|id| id as u64)
}

/// The priority for a sampling state, which may be left open; `None` if it is no state. Older tracers write `true` and `false`.
fn priority(state: &str) -> Option<Option<i32>> {
    match state {
        "" => Some(None),
        "0" | "false" => Some(Some(0)),
        "1" | "true" => Some(Some(1)),
        "d" => Some(Some(USER_KEEP)),
        _ => None,
    }
}

/// Writes the single header.
pub(super) fn inject_single(outgoing: &Outgoing<'_>, scratch: &mut String, carrier: &mut dyn Inject) {
    scratch.clear();
    push_trace_id(outgoing.trace_id, scratch);
    // Writing to a String does not fail.
    let _ = write!(scratch, "-{:016x}", outgoing.span_id);
    if let Some(state) = state(outgoing) {
        scratch.push('-');
        scratch.push_str(state);
    }
    carrier.set(SINGLE, scratch);
}

/// Writes the headers of their own.
pub(super) fn inject_multi(outgoing: &Outgoing<'_>, scratch: &mut String, carrier: &mut dyn Inject) {
    scratch.clear();
    push_trace_id(outgoing.trace_id, scratch);
    carrier.set(TRACE_ID, scratch);
    scratch.clear();
    // Writing to a String does not fail.
    let _ = write!(scratch, "{:016x}", outgoing.span_id);
    carrier.set(SPAN_ID, scratch);
    if let Some(state) = state(outgoing) {
        carrier.set(SAMPLED, state);
    }
}

fn push_trace_id(trace_id: u128, out: &mut String) {
    let digits = if trace_id >> 64 == 0 { 16 } else { 32 };
    // Writing to a String does not fail.
    let _ = write!(out, "{trace_id:0digits$x}");
}

fn state(outgoing: &Outgoing<'_>) -> Option<&'static str> {
    outgoing.priority.map(|priority| if priority > 0 { "1" } else { "0" })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Ids = Option<(u128, u64, Option<i32>)>;

    fn ids(extracted: Option<Extracted>) -> Ids {
        extracted.map(|context| (context.trace_id, context.span_id, context.priority))
    }

    #[test]
    fn the_single_header_is_read() {
        let huge = format!("{}-1-1", "1".repeat(1 << 20));
        let hyphens = "-".repeat(1 << 20);
        let wide = 0x640c_fd8d_0000_0000_abcd_efab_1234_5678;
        let table: &[(&str, Ids)] = &[
            ("000000000000000000000000075bcd15-000000003ade68b1-1", Some((123_456_789, 987_654_321, Some(1)))),
            ("000000000000000000000000075bcd15-000000003ade68b1-0", Some((123_456_789, 987_654_321, Some(0)))),
            ("000000000000000000000000075bcd15-000000003ade68b1-d", Some((123_456_789, 987_654_321, Some(2)))),
            ("000000000000000000000000075bcd15-000000003ade68b1", Some((123_456_789, 987_654_321, None))),
            ("640cfd8d00000000abcdefab12345678-000000003ade68b1-1", Some((wide, 987_654_321, Some(1)))),
            ("abcdefab12345678-000000003ade68b1-1", Some((0xabcd_efab_1234_5678, 987_654_321, Some(1)))),
            (
                "ABCDEFAB12345678-000000003ADE68B1-1-05e3ac9a4f6e3b90",
                Some((0xabcd_efab_1234_5678, 987_654_321, Some(1))),
            ),
            (" a-b-1 ", Some((10, 11, Some(1)))),
            ("0-0-1", None),
            ("a-0-1", None),
            ("0-b-1", None),
            ("a-b-2", None),
            ("a-b-x", None),
            ("0", None),
            ("1", None),
            ("d", None),
            ("a", None),
            ("", None),
            ("g-b-1", None),
            ("é-b-1", None),
            ("a\0-b-1", None),
            ("1640cfd8d00000000abcdefab12345678-b-1", None),
            ("a-10000000000000000-1", None),
            (&huge, None),
            (&hyphens, None),
        ];
        for (header, expected) in table {
            assert_eq!(ids(extract_single(&[(SINGLE, *header)])), *expected, "{header:.60}");
        }
    }

    #[test]
    fn the_headers_of_their_own_are_read() {
        let wide = 0x640c_fd8d_0000_0000_abcd_efab_1234_5678;
        let table: &[(&[(&str, &str)], Ids)] = &[
            (
                &[(TRACE_ID, "000000000000000000000000075bcd15"), (SPAN_ID, "000000003ade68b1"), (SAMPLED, "1")],
                Some((123_456_789, 987_654_321, Some(1))),
            ),
            (&[("X-B3-TraceId", "a"), ("X-B3-SpanId", "b"), ("X-B3-Sampled", "0")], Some((10, 11, Some(0)))),
            (&[(TRACE_ID, "640cfd8d00000000abcdefab12345678"), (SPAN_ID, "b")], Some((wide, 11, None))),
            (&[(TRACE_ID, "a"), (SPAN_ID, "b"), (SAMPLED, "true")], Some((10, 11, Some(1)))),
            (&[(TRACE_ID, "a"), (SPAN_ID, "b"), (SAMPLED, "false")], Some((10, 11, Some(0)))),
            (&[(TRACE_ID, "a"), (SPAN_ID, "b"), (FLAGS, "1")], Some((10, 11, Some(2)))),
            (&[(TRACE_ID, "a"), (SPAN_ID, "b"), (FLAGS, "1"), (SAMPLED, "0")], Some((10, 11, Some(2)))),
            (&[(TRACE_ID, "a"), (SPAN_ID, "b"), (FLAGS, "0"), (SAMPLED, "1")], Some((10, 11, Some(1)))),
            (&[(TRACE_ID, "0"), (SPAN_ID, "0"), (SAMPLED, "1")], None),
            (&[(TRACE_ID, "a"), (SPAN_ID, "b"), (SAMPLED, "maybe")], None),
            (&[(TRACE_ID, "a")], None),
            (&[(SPAN_ID, "b")], None),
            (&[(SAMPLED, "1")], None),
        ];
        for (headers, expected) in table {
            assert_eq!(ids(extract_multi(headers)), *expected, "{headers:?}");
        }
    }
}
