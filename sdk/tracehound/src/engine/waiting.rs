//! Finished spans that wait until it is known what the agent wishes: a second, as a rule. Where the sender hangs before it could ask, as it
//! does if the system does not resolve the agent's name, they wait for as long as that takes.

use crate::agent::QUEUE_BYTES;
use crate::span::SpanRef;

/// Spans that may wait: small ones take about 1 KiB each, so that these and the 8 MiB of the queue behind them stay below 16 MB. Nor do
/// they take more than the queue holds when they are encoded.
const MAX_SPANS: usize = 6_144;

/// A list that takes entries until it is opened, once.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    opened: bool,
    spans: usize,
    bytes: usize,
    chunks: Vec<Vec<SpanRef>>,
}

impl Waiting {
    /// Adds the spans of one trace, which take so many bytes when they are encoded. They come back if nobody waits any more; what there is
    /// no room for is lost, and its number told.
    pub(crate) fn add(&mut self, spans: Vec<SpanRef>, bytes: usize) -> (Option<Vec<SpanRef>>, usize) {
        if self.opened {
            return (Some(spans), 0);
        }
        if self.spans + spans.len() > MAX_SPANS || self.bytes + bytes > QUEUE_BYTES {
            return (None, spans.len());
        }
        self.spans += spans.len();
        self.bytes += bytes;
        self.chunks.push(spans);
        (None, 0)
    }

    /// How many traces wait, or parts of them.
    pub(crate) fn chunks(&self) -> u64 {
        self.chunks.len() as u64
    }

    /// What they take when they are encoded, about.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    /// Gives out what waited. From now on nobody waits.
    pub(crate) fn open(&mut self) -> Vec<Vec<SpanRef>> {
        (self.opened, self.spans, self.bytes) = (true, 0, 0);
        std::mem::take(&mut self.chunks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(number: usize) -> Vec<SpanRef> {
        vec![SpanRef::disabled(); number]
    }

    #[test]
    fn so_many_spans_wait_and_so_many_bytes_and_what_is_more_is_lost() {
        let mut waiting = Waiting::default();
        for (number, bytes, lost) in [(6_000, 1_000_000, 0), (145, 1, 145), (144, 1, 0), (1, 1, 1)] {
            assert_eq!(waiting.add(spans(number), bytes).1, lost, "{number} spans");
        }
        assert_eq!((waiting.chunks(), waiting.bytes()), (2, 1_000_001));

        let mut waiting = Waiting::default();
        for (bytes, lost) in [(8_000_000, 0), (400_000, 1), (388_608, 0), (1, 1)] {
            assert_eq!(waiting.add(spans(1), bytes).1, lost, "{bytes} bytes");
        }
    }

    #[test]
    fn once_it_is_open_nothing_waits() {
        let mut waiting = Waiting::default();
        waiting.add(spans(2), 300);
        assert_eq!(waiting.open().len(), 1);
        assert_eq!((waiting.chunks(), waiting.bytes()), (0, 0));
        let (back, lost) = waiting.add(spans(3), 450);
        assert_eq!((back.map(|spans| spans.len()), lost), (Some(3), 0));
    }
}
