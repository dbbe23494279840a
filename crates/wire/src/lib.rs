//! Datadog's protocol as data: trace payloads in, chunks out, and back.
//!
//! | format | routes | body |
//! | --- | --- | --- |
//! | [`Format::SpansJson`] | `/v0.1/spans` | JSON: spans of any traces, grouped here by trace |
//! | [`Format::TracesJson`] | `/v0.2/traces` to `/v0.4/traces` | JSON: traces of spans |
//! | [`Format::TracesMsgpack`] | `/v0.3/traces`, `/v0.4/traces` | msgpack of the same shape |
//! | [`Format::V05`] | `/v0.5/traces` | msgpack: a dictionary of strings, spans as rows |
//!
//! A body is decoded chunk by chunk into one reused [`Chunk`], and each is shown to a [`Sink`]. An error anywhere rejects
//! the whole body, so a sink must not publish what it took before [`decode`] is done. Reading is tolerant where it needs
//! no guess; what a body may grow into is bounded by [`max_decoded_bytes`].

mod attribute;
mod budget;
mod error;
mod guesses;
mod json;
mod msgpack;
mod number;
mod payload;
mod place;
mod tags;
mod text;
mod trace;
mod value;

pub use budget::max_decoded_bytes;
pub use error::{DecodeError, ErrorKind};
use payload::Payload;
pub use trace::{v04, v05};
use tracehound_model::{Chunk, Symbols};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// v0.1: a JSON array of spans of any traces.
    SpansJson,
    /// v0.2 to v0.4 in JSON: an array of traces, each an array of spans.
    TracesJson,
    /// v0.3 and v0.4: the same in msgpack.
    TracesMsgpack,
    /// v0.2 to v0.4 of a media type that is neither: JSON, else msgpack. The first byte decides, which is the same as to
    /// try both: no byte of white space, `[` or `null` begins an array of msgpack.
    TracesGuess,
    /// v0.5: msgpack, a dictionary of strings and spans as rows.
    V05,
}

/// Takes the chunks of a body.
pub trait Sink {
    /// Takes what it needs of one chunk, which is reused for the next. Returns how much memory the sink holds from now on
    /// for this body, in bytes.
    fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize;
}

/// What was in a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Chunks that the sink got, empty ones included.
    pub chunks: usize,
    /// Spans in them.
    pub spans: usize,
    /// Spans that were nil and left out.
    pub nil_spans: usize,
}

/// Decodes `body` and shows its chunks to `sink`, in the order they were sent.
///
/// Bytes behind the outermost value are ignored. After an error, what the sink took is void.
///
/// Source: agent-protocol 2.1, 2.2; what is tolerated beyond it: 10.
pub fn decode(format: Format, body: &[u8], sink: &mut dyn Sink) -> Result<Decoded, DecodeError> {
    let mut payload = Payload::new(max_decoded_bytes(body.len()), sink);
    let result = match format {
        Format::SpansJson => trace::json::decode_spans(body, &mut payload),
        Format::TracesJson => trace::json::decode_traces(body, &mut payload),
        Format::TracesMsgpack => v04::decode(body, &mut payload),
        Format::TracesGuess if body.first().is_some_and(|&first| first < 0x80) => {
            trace::json::decode_traces(body, &mut payload)
        }
        Format::TracesGuess => v04::decode(body, &mut payload),
        Format::V05 => v05::decode(body, &mut payload),
    };
    match result {
        Ok(()) => Ok(payload.decoded()),
        Err(error) => Err(payload.locate(error)),
    }
}
