//! A DDSketch: the distribution of a row's durations, every quantile of which is right within one per cent.
//!
//! Bin `i` counts the durations from γ^i up to γ^(i+1) nanoseconds, with γ = 1.01 / 0.99: the mapping, the bins and the rounding of the
//! agent, so that it makes no difference whether the agent or the tracer counts, and the agent can add the bins of many tracers without
//! loss. Source: agent-protocol 6.3.
//!
//! In memory only bins that are not empty exist; on the wire the bins are a run of counts from the lowest to the highest:
//!
//! ```text
//! DDSketch { 1 mapping { 1 gamma }, 2 positive { 2 counts (packed doubles), 3 index of the first (sint32) }, 3 negative {}, 4 zeros }
//! ```

/// (1 + a) / (1 - a), where a = 0.01 is the accuracy relative to the value.
const GAMMA: f64 = 1.01 / 0.99;
/// 1 / ln(γ).
const BINS_PER_E: f64 = 49.998_333_288_886_556;
/// The agent keeps 2,048 bins and, above that, adds the lowest up. From one nanosecond on that many bins reach to nineteen years, so
/// rather than adding up, longer durations are counted in the last bin.
const BINS_MAX: u16 = 2_048;
/// The sign, the exponent and nine bits of the mantissa: what the agent leaves of a duration before it looks for the bin.
const KEPT_BITS: u64 = 0xffff_f800_0000_0000;

/// A distribution of durations.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    /// Counts of the bins that have any, by rising index.
    bins: Vec<(u16, u32)>,
    /// Durations of zero, which have no logarithm.
    zeros: u32,
}

impl Sketch {
    /// Counts one duration in nanoseconds.
    pub(super) fn add(&mut self, duration_ns: u64) {
        let Some(index) = index(duration_ns) else {
            self.zeros = self.zeros.saturating_add(1);
            return;
        };
        match self.bins.binary_search_by_key(&index, |&(index, _)| index) {
            Ok(found) => {
                if let Some((_, count)) = self.bins.get_mut(found) {
                    *count = count.saturating_add(1);
                }
            }
            Err(place) => self.bins.insert(place, (index, 1)),
        }
    }

    /// Appends the sketch as protobuf bytes.
    ///
    /// Both stores are written even when empty: the agent's reader follows them without asking whether they are there.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x0a, 9, 0x09]);
        out.extend_from_slice(&GAMMA.to_le_bytes());
        self.write_bins(out);
        out.extend_from_slice(&[0x1a, 0]);
        if self.zeros > 0 {
            out.push(0x21);
            out.extend_from_slice(&f64::from(self.zeros).to_le_bytes());
        }
    }

    fn write_bins(&self, out: &mut Vec<u8>) {
        out.push(0x12);
        let (Some(&(first, _)), Some(&(last, _))) = (self.bins.first(), self.bins.last()) else {
            out.push(0);
            return;
        };
        let counts_len = 8 * (u64::from(last - first) + 1);
        // A sint32 that is not negative is written as its double.
        let first_index = 2 * u64::from(first);
        varint(out, 1 + varint_len(counts_len) + counts_len + 1 + varint_len(first_index));
        out.push(0x12);
        varint(out, counts_len);
        let mut next = first;
        for &(index, count) in &self.bins {
            for _ in next..index {
                out.extend_from_slice(&0_f64.to_le_bytes());
            }
            out.extend_from_slice(&f64::from(count).to_le_bytes());
            next = index + 1;
        }
        out.push(0x18);
        varint(out, first_index);
    }
}

/// The bin of a duration; none for zero.
fn index(duration_ns: u64) -> Option<u16> {
    if duration_ns == 0 {
        return None;
    }
    let rounded = f64::from_bits((duration_ns as f64).to_bits() & KEPT_BITS);
    // Never negative, as the least duration is one, and `as` stops at the type's ends.
    Some(((rounded.ln() * BINS_PER_E) as u16).min(BINS_MAX - 1))
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn varint_len(value: u64) -> u64 {
    u64::from((value | 1).ilog2() / 7 + 1)
}

#[cfg(test)]
#[path = "tests/sketch.rs"]
mod tests;
