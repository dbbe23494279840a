//! W3C Trace Context: `traceparent`, and the reading of `tracestate` with it.
//!
//! ```text
//! traceparent: 00-640cfd8d00000000abcdefab12345678-000000003ade68b1-01
//!              version, trace id, span id, flags: lower-case hexadecimal
//! ```
//!
//! Version 00 is exactly that; later versions may add fields after a hyphen, and ff is no version. Of the flags only the lowest bit is
//! known: the trace is sampled. More than one `traceparent` is none. Source: W3C Trace Context, 3.2.

use std::fmt::Write;

use super::carrier::{Extract, Inject};
use super::digits::lower_hex;
use super::header::OPTIONAL_WHITESPACE;
use super::{Extracted, Outgoing, tracestate};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The flag that says that the trace is sampled.
const SAMPLED: u8 = 1;

/// Where the span is in its trace.
#[derive(Debug, PartialEq)]
struct TraceParent {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

/// Reads the context, if there is a valid `traceparent`. A `tracestate` never makes it invalid, and without it is not read.
pub(super) fn extract(carrier: &dyn Extract) -> Option<Extracted> {
    let mut parsed = None;
    let mut count = 0_usize;
    carrier.get(TRACEPARENT, &mut |header| {
        count += 1;
        parsed = parse(header.trim_matches(OPTIONAL_WHITESPACE));
    });
    let TraceParent { trace_id, span_id, sampled } = parsed.filter(|_| count == 1)?;
    let priority = Some(i32::from(sampled));
    let mut extracted = Extracted { trace_id, span_id, priority, ..Extracted::default() };
    tracestate::read(carrier, TRACESTATE, sampled, &mut extracted);
    Some(extracted)
}

fn parse(header: &str) -> Option<TraceParent> {
    let mut fields = header.split('-');
    let version = lower_hex(fields.next()?, 2)?;
    let trace_id = lower_hex(fields.next()?, 32)?;
    let span_id = lower_hex(fields.next()?, 16)? as u64;
    let flags = lower_hex(fields.next()?, 2)? as u8;
    let known_length = version != 0 || fields.next().is_none();
    let valid = version != 0xff && known_length && trace_id != 0 && span_id != 0;
    valid.then_some(TraceParent { trace_id, span_id, sampled: flags & SAMPLED != 0 })
}

/// Writes both headers.
pub(super) fn inject(outgoing: &Outgoing<'_>, scratch: &mut String, carrier: &mut dyn Inject) {
    let flags = if outgoing.is_sampled() { SAMPLED } else { 0 };
    scratch.clear();
    // Writing to a String does not fail.
    let _ = write!(scratch, "00-{:032x}-{:016x}-{flags:02x}", outgoing.trace_id, outgoing.span_id);
    carrier.set(TRACEPARENT, scratch);
    scratch.clear();
    tracestate::write(outgoing, scratch);
    if !scratch.is_empty() {
        carrier.set(TRACESTATE, scratch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_valid_as_w3c_defines_it() {
        let valid = |sampled| {
            let trace_id = 0x1234_5678_9012_3456_7890_1234_5678_9012;
            Some(TraceParent { trace_id, span_id: 0x1234_5678_9012_3456, sampled })
        };
        let table = [
            ("00-12345678901234567890123456789012-1234567890123456-00", valid(false)),
            ("00-12345678901234567890123456789012-1234567890123456-01", valid(true)),
            ("00-12345678901234567890123456789012-1234567890123456-02", valid(false)),
            ("00-12345678901234567890123456789012-1234567890123456-ff", valid(true)),
            // Version 00 ends after the flags, later ones may go on after a hyphen, and ff is none.
            ("00-12345678901234567890123456789012-1234567890123456-01.", None),
            ("00-12345678901234567890123456789012-1234567890123456-01-", None),
            ("00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like", None),
            ("cc-12345678901234567890123456789012-1234567890123456-01", valid(true)),
            ("cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like", valid(true)),
            ("cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like", None),
            ("ff-12345678901234567890123456789012-1234567890123456-01", None),
            // Every field has its length and its characters.
            (".0-12345678901234567890123456789012-1234567890123456-01", None),
            ("0.-12345678901234567890123456789012-1234567890123456-01", None),
            ("000-12345678901234567890123456789012-1234567890123456-01", None),
            ("0000-12345678901234567890123456789012-1234567890123456-01", None),
            ("0-12345678901234567890123456789012-1234567890123456-01", None),
            ("00-.2345678901234567890123456789012-1234567890123456-01", None),
            ("00-1234567890123456789012345678901.-1234567890123456-01", None),
            ("00-123456789012345678901234567890123-1234567890123456-01", None),
            ("00-1234567890123456789012345678901-1234567890123456-01", None),
            ("00-12345678901234567890123456789012-.234567890123456-01", None),
            ("00-12345678901234567890123456789012-123456789012345.-01", None),
            ("00-12345678901234567890123456789012-12345678901234567-01", None),
            ("00-12345678901234567890123456789012-123456789012345-01", None),
            ("00-12345678901234567890123456789012-1234567890123456-.0", None),
            ("00-12345678901234567890123456789012-1234567890123456-0.", None),
            ("00-12345678901234567890123456789012-1234567890123456-001", None),
            ("00-12345678901234567890123456789012-1234567890123456-1", None),
            ("00-ABCDEF78901234567890123456789012-1234567890123456-01", None),
            ("00-12345678901234567890123456789012-1234567890123456", None),
            // Ids are not 0.
            ("00-00000000000000000000000000000000-1234567890123456-01", None),
            ("00-12345678901234567890123456789012-0000000000000000-01", None),
            ("", None),
            ("-", None),
            ("---", None),
            ("00-1234567890123456789012345678901\0-1234567890123456-01", None),
            ("00-1234567890123456789012345678901é-1234567890123456-01", None),
        ];
        for (header, expected) in table {
            assert_eq!(parse(header), expected, "{header:?}");
        }
        assert_eq!(parse(&"0".repeat(1 << 20)), None);
        assert_eq!(parse(&"-".repeat(1 << 20)), None);
    }

    #[test]
    fn white_space_around_it_is_nothing() {
        for header in [
            " 00-12345678901234567890123456789012-1234567890123456-01",
            "\t00-12345678901234567890123456789012-1234567890123456-01",
            "00-12345678901234567890123456789012-1234567890123456-01 ",
            "\t 00-12345678901234567890123456789012-1234567890123456-01 \t",
        ] {
            assert!(extract(&[(TRACEPARENT, header)]).is_some(), "{header:?}");
        }
    }

    #[test]
    fn two_of_them_are_none() {
        let one = (TRACEPARENT, "00-12345678901234567890123456789011-1234567890123456-01");
        let other = (TRACEPARENT, "00-12345678901234567890123456789012-1234567890123456-01");
        assert!(extract(&[one]).is_some());
        assert_eq!(extract(&[one, other]), None);
        assert_eq!(extract(&[one, one]), None);
    }

    #[test]
    fn other_names_are_other_headers() {
        let value = "00-12345678901234567890123456789012-1234567890123456-01";
        for name in ["TraceParent", "TrAcEpArEnT", "TRACEPARENT"] {
            assert!(extract(&[(name, value)]).is_some(), "{name}");
        }
        for name in ["trace-parent", "trace.parent", "traceparents", ""] {
            assert_eq!(extract(&[(name, value)]), None, "{name}");
        }
    }
}
