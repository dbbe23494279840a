//! Finished spans that wait until it is known what the agent wishes: a second at most.

use crate::span::SpanRef;

/// Spans that may wait, at about 1 KiB each: the 8 MiB that the queue behind it holds.
const MAX_SPANS: usize = 8_192;

/// A list that takes entries until it is opened, once.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    opened: bool,
    spans: usize,
    chunks: Vec<Vec<SpanRef>>,
}

impl Waiting {
    /// Adds the spans of one trace. They come back if nobody waits any more; what there is no room for is lost, and its number told.
    pub(crate) fn add(&mut self, spans: Vec<SpanRef>) -> (Option<Vec<SpanRef>>, usize) {
        if self.opened {
            return (Some(spans), 0);
        }
        if self.spans + spans.len() > MAX_SPANS {
            return (None, spans.len());
        }
        self.spans += spans.len();
        self.chunks.push(spans);
        (None, 0)
    }

    /// How many traces wait, or parts of them.
    pub(crate) fn chunks(&self) -> u64 {
        self.chunks.len() as u64
    }

    /// Gives out what waited. From now on nobody waits.
    pub(crate) fn open(&mut self) -> Vec<Vec<SpanRef>> {
        self.opened = true;
        self.spans = 0;
        std::mem::take(&mut self.chunks)
    }
}
