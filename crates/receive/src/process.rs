//! From a body to the rows that are kept: decode and pipeline, one chunk at a time. Plain computation, for a thread that
//! may be busy for long.

use tracehound_model::{Batch, Chunk, Symbols, UnixNanos};
use tracehound_pipeline::{Context, Processor, Report};
use tracehound_wire::{DecodeError, Format, Sink};

/// How to read a body, and what its headers say of it.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) format: Format,
    pub(crate) language: String,
    pub(crate) client_computed_top_level: bool,
}

/// The rows of a body and what became of its spans.
pub(crate) fn process(payload: &Payload, body: &[u8], now: UnixNanos) -> Result<(Batch, Report), DecodeError> {
    let context =
        Context { language: &payload.language, client_computed_top_level: payload.client_computed_top_level, now };
    let mut rows = Rows(Processor::new(context));
    tracehound_wire::decode(payload.format, body, &mut rows)?;
    Ok(rows.0.finish())
}

struct Rows<'a>(Processor<'a>);

impl Sink for Rows<'_> {
    fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize {
        // What a chunk says of its trace matters to samplers, and there are none.
        let _ = self.0.append(symbols, chunk);
        self.0.bytes()
    }
}
