//! Numbers as they were sent, and what a field makes of them.
//!
//! Clients send ids, times and metrics in any width, sign and kind: dd-trace-js sends whole metrics as integers and the
//! times of span events as floats. A number is taken wherever it can be read without guessing.

use tracehound_model::UnixNanos;

/// A number of a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Unsigned(u64),
    /// Negative, or of a signed width.
    Signed(i64),
    Float(f64),
}

/// 2^63 and 2^64: the first floats beyond the integers.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

impl Number {
    /// An id. Negative integers are ids whose sender has no unsigned type: the same 64 bits. Source: agent-protocol 2.1.
    pub(crate) fn as_u64(self) -> Option<u64> {
        match self {
            Number::Unsigned(n) => Some(n),
            Number::Signed(n) => Some(n as u64),
            Number::Float(n) => (n.fract() == 0.0 && (0.0..TWO_TO_64).contains(&n)).then_some(n as u64),
        }
    }

    /// A time or length of time.
    pub(crate) fn as_i64(self) -> Option<i64> {
        match self {
            Number::Unsigned(n) => i64::try_from(n).ok(),
            Number::Signed(n) => Some(n),
            Number::Float(n) => (n.fract() == 0.0 && (-TWO_TO_63..TWO_TO_63).contains(&n)).then_some(n as i64),
        }
    }

    /// The time of an event, which the protocol declares unsigned: what lies behind the year 2262 becomes that year.
    pub(crate) fn as_event_time(self) -> Option<UnixNanos> {
        match self {
            Number::Unsigned(n) => Some(i64::try_from(n).unwrap_or(i64::MAX)),
            _ => self.as_i64(),
        }
    }

    /// Flags, also as the negative number that bit 31 makes of them in a signed type.
    pub(crate) fn as_flags(self) -> Option<u32> {
        match self {
            Number::Signed(n) if n < 0 => i32::try_from(n).ok().map(|n| n as u32),
            _ => self.as_u64().and_then(|n| u32::try_from(n).ok()),
        }
    }

    /// A metric; integers beyond 2^53 are rounded, as in any double.
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Number::Unsigned(n) => n as f64,
            Number::Signed(n) => n as f64,
            Number::Float(n) => n,
        }
    }

    /// Whether it is not zero, as `error` is read.
    pub(crate) fn is_set(self) -> bool {
        self.as_f64() != 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::Number::{Float, Signed, Unsigned};

    #[test]
    fn ids_take_any_whole_number_and_the_bits_of_negative_ones() {
        for (number, id) in [
            (Unsigned(u64::MAX), Some(u64::MAX)),
            (Signed(-1), Some(u64::MAX)),
            (Float(4_294_967_296.0), Some(1 << 32)),
            (Float(0.5), None),
            (Float(-1.0), None),
            (Float(18_446_744_073_709_551_616.0), None),
            (Float(f64::NAN), None),
        ] {
            assert_eq!(number.as_u64(), id, "{number:?}");
        }
    }

    #[test]
    fn times_are_within_64_signed_bits() {
        for (number, time) in [
            (Unsigned(i64::MAX as u64), Some(i64::MAX)),
            (Unsigned(1 << 63), None),
            (Signed(i64::MIN), Some(i64::MIN)),
            (Float(-9_223_372_036_854_775_808.0), Some(i64::MIN)),
            (Float(9_223_372_036_854_775_808.0), None),
            (Float(1.7e18), Some(1_700_000_000_000_000_000)),
            (Float(f64::INFINITY), None),
        ] {
            assert_eq!(number.as_i64(), time, "{number:?}");
        }
        assert_eq!(Unsigned(u64::MAX).as_event_time(), Some(i64::MAX));
    }

    #[test]
    fn flags_keep_bit_31_in_any_sign() {
        for (number, flags) in [
            (Unsigned(2_147_483_649), Some(0x8000_0001)),
            (Signed(-2_147_483_647), Some(0x8000_0001)),
            (Unsigned(1 << 32), None),
            (Signed(i64::MIN), None),
        ] {
            assert_eq!(number.as_flags(), flags, "{number:?}");
        }
    }
}
