//! The ways in which people write a trace id: as this product shows it, as logs of 64-bit tracers do, as a decimal number.

use tracehound_model::TraceId;

use crate::Error;

/// A trace id as somebody wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKey {
    /// All 128 bits, the high half not 0.
    Full(TraceId),
    /// The low half alone.
    Low(u64),
    /// Sixteen decimal digits: the low half in hex or, if there is no such trace, in decimal.
    HexOrDecimal(u64, u64),
}

impl TraceKey {
    /// Reads 32 or 16 hex digits of either case, or a decimal number below 2^64.
    pub fn parse(text: &str) -> Result<TraceKey, Error> {
        let malformed = || Error::MalformedId(text.chars().take(64).collect());
        let decimal = || if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
        match text.len() {
            32 => match text.parse().map_err(|_| malformed())? {
                TraceId { high: 0, low } => Ok(TraceKey::Low(low)),
                id => Ok(TraceKey::Full(id)),
            },
            16 if text.bytes().all(|b| b.is_ascii_hexdigit()) => {
                let low = u64::from_str_radix(text, 16).map_err(|_| malformed())?;
                Ok(decimal().map_or(TraceKey::Low(low), |decimal| TraceKey::HexOrDecimal(low, decimal)))
            }
            _ => decimal().map(TraceKey::Low).ok_or_else(malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_be_written_in_three_ways() {
        let cases = [
            (
                "0af7651916cd43dd8448eb211c80319c",
                TraceKey::Full(TraceId { high: 0x0af7_6519_16cd_43dd, low: 0x8448_eb21_1c80_319c }),
            ),
            ("00000000000000008448EB211C80319C", TraceKey::Low(0x8448_eb21_1c80_319c)),
            ("8448eb211c80319c", TraceKey::Low(0x8448_eb21_1c80_319c)),
            ("1234567890123456", TraceKey::HexOrDecimal(0x1234_5678_9012_3456, 1_234_567_890_123_456)),
            ("1234567890123456789", TraceKey::Low(1_234_567_890_123_456_789)),
            ("18446744073709551615", TraceKey::Low(u64::MAX)),
            ("1", TraceKey::Low(1)),
        ];
        for (text, key) in cases {
            assert_eq!(TraceKey::parse(text).unwrap(), key, "{text}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        let cases = [
            "",
            "x",
            "-1",
            "+1",
            "18446744073709551616",
            "8448eb211c80319",
            "8448eb211c80319g",
            "0af7651916cd43dd8448eb211c80319",
            "é",
        ];
        for text in cases {
            assert!(matches!(TraceKey::parse(text), Err(Error::MalformedId(_))), "{text}");
        }
    }
}
