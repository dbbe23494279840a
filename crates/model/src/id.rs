//! Trace ids: 128 bits in two halves, because tracers send them apart and some send only the low one.

use std::fmt;
use std::str::FromStr;

/// A trace id. A high half of 0 means that it is not known: the tracer sent 64 bits, or the chunk did not carry the tag
/// `_dd.p.tid`.
///
/// Written as 32 lower-case hex digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId {
    /// Bits 64 to 127, or 0 for "not known".
    pub high: u64,
    /// Bits 0 to 63, never 0 in a kept span. Traces cluster by this half.
    pub low: u64,
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.high, self.low)
    }
}

/// Not 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTraceIdError;

impl fmt::Display for ParseTraceIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a trace id is 32 hex digits")
    }
}

impl std::error::Error for ParseTraceIdError {}

impl FromStr for TraceId {
    type Err = ParseTraceIdError;

    /// Reads 32 hex digits of either case.
    fn from_str(text: &str) -> Result<TraceId, ParseTraceIdError> {
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(ParseTraceIdError);
        }
        let half = |digits| u64::from_str_radix(digits, 16).map_err(|_| ParseTraceIdError);
        Ok(TraceId { high: half(&text[..16])?, low: half(&text[16..])? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_32_digits_and_read_back() {
        let id = TraceId { high: 0x66aa_bbcc_0000_0000, low: 0x1122_10f4_7de9_8115 };
        assert_eq!(id.to_string(), "66aabbcc00000000112210f47de98115");
        assert_eq!("66AABBCC00000000112210F47DE98115".parse(), Ok(id));
    }

    #[test]
    fn anything_but_32_hex_digits_is_refused() {
        for text in [
            "",
            "1",
            "+6aabbcc00000000112210f47de98115",
            "é6aabbcc00000000112210f47de9811",
            "66aabbcc00000000 12210f47de98115",
        ] {
            assert_eq!(text.parse::<TraceId>(), Err(ParseTraceIdError), "{text:?}");
        }
    }
}
