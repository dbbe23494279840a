//! From a body to the rows that are kept: decode and pipeline, one chunk at a time. Plain computation, for a thread that
//! may be busy for long.

use tracehound_model::limits::MAX_TEXT_BYTES;
use tracehound_model::{Batch, Chunk, Symbols, UnixNanos};
use tracehound_pipeline::{Context, Processor, Report};
use tracehound_wire::{Format, Sink};

use crate::Error;

/// How to read a body, and what its headers say of it.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) format: Format,
    pub(crate) language: String,
    pub(crate) client_computed_top_level: bool,
}

/// The rows of a body and what became of its spans.
pub(crate) fn process(payload: &Payload, body: &[u8], now: UnixNanos) -> Result<(Batch, Report), Error> {
    let context =
        Context { language: &payload.language, client_computed_top_level: payload.client_computed_top_level, now };
    let mut rows = Rows(Processor::new(context));
    tracehound_wire::decode(payload.format, body, &mut rows).map_err(Error::Decode)?;
    let (batch, report) = rows.0.finish();
    let text_bytes = batch.text_bytes();
    if text_bytes > MAX_TEXT_BYTES { Err(Error::TooMuchText { text_bytes }) } else { Ok((batch, report)) }
}

struct Rows<'a>(Processor<'a>);

impl Sink for Rows<'_> {
    fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize {
        // What a chunk says of its trace matters to samplers, and there are none.
        let _ = self.0.append(symbols, chunk);
        self.0.bytes()
    }
}
