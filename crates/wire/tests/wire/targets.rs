//! Properties that hold for every body whatsoever. `fuzz/` calls the same functions.

#![allow(unreachable_pub, reason = "`fuzz/` has these functions in a library")]

use tracehound_model::{Chunk, Symbols};
use tracehound_wire::{ErrorKind, Format, Sink, decode, max_decoded_bytes, v04, v05};

use crate::rmpv_reader;
use crate::support::{Kept, Seen, see};

pub(crate) const FORMATS: [Format; 5] =
    [Format::SpansJson, Format::TracesJson, Format::TracesMsgpack, Format::TracesGuess, Format::V05];

/// Decoding ends, does not panic, shows chunks that make sense, and stays within its memory.
pub fn decoding_is_bounded(body: &[u8]) {
    for format in FORMATS {
        let mut watcher = Watcher { limit: max_decoded_bytes(body.len()), ..Watcher::default() };
        match decode(format, body, &mut watcher) {
            Ok(decoded) => assert_eq!((decoded.chunks, decoded.spans), (watcher.chunks, watcher.spans), "{format:?}"),
            Err(error) => assert!(error.to_string().len() < 400, "{format:?}: {error}"),
        }
    }
}

/// Looks at every chunk and holds as much as the chunk did.
#[derive(Default)]
struct Watcher {
    limit: usize,
    held: usize,
    chunks: usize,
    spans: usize,
}

impl Sink for Watcher {
    fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize {
        let used = symbols.bytes() + chunk.bytes() + self.held;
        assert!(used <= self.limit, "{used} bytes are used of {}", self.limit);
        let mut tags = 0;
        for span in &chunk.spans {
            for symbol in [span.service, span.name, span.resource, span.kind] {
                symbols.get(symbol);
            }
            for &(key, value) in chunk.meta_of(span) {
                symbols.get(key);
                symbols.get(value);
                tags += 1;
            }
            for &(key, _) in chunk.metrics_of(span) {
                symbols.get(key);
                tags += 1;
            }
        }
        assert_eq!(tags, chunk.meta.len() + chunk.metrics.len(), "every tag belongs to a span");
        let extras = chunk.spans.iter().filter_map(|span| span.extras.as_ref());
        assert_eq!(chunk.extras_bytes, extras.map(|extras| extras.bytes()).sum::<usize>());
        self.chunks += 1;
        self.spans += chunk.spans.len();
        self.held += chunk.bytes();
        self.held
    }
}

/// What was decoded, encoded and decoded again is the same.
pub fn a_round_trip_changes_nothing(body: &[u8]) {
    for format in FORMATS {
        let mut kept = Kept::default();
        if decode(format, body, &mut kept).is_err() {
            continue;
        }
        let first = see(format, body).expect("it was decoded just now");
        if let Some(again) = decoded_again(Format::TracesMsgpack, &v04::encode(&kept.pairs())) {
            assert_eq!(shown(&again), shown(&first), "{format:?} by v0.4");
        }
        if let Some(again) = decoded_again(Format::V05, &v05::encode(&kept.pairs())) {
            assert_eq!(shown(&without_fields(again)), shown(&without_fields(first)), "{format:?} by v0.5");
        }
    }
}

/// The same spans in fewer bytes may be over the limit for fewer bytes; nothing else may go wrong.
fn decoded_again(format: Format, body: &[u8]) -> Option<Seen> {
    match see(format, body) {
        Ok(seen) => Some(seen),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
            None
        }
    }
}

/// Everything but how many nil spans and unreadable tags there were. As text, since NaN is not equal to itself.
fn shown(seen: &Seen) -> String {
    format!("{:?}", seen.chunks)
}

/// v0.5 has no fields for links, events and binary values.
fn without_fields(mut seen: Seen) -> Seen {
    seen.chunks.iter_mut().flatten().for_each(|span| span.extras = Default::default());
    seen
}

/// A body of v0.4 that is taken holds what a reader finds in it that knows nothing of spans.
pub fn v04_agrees_with_an_independent_reader(body: &[u8]) {
    if let Ok(seen) = see(Format::TracesMsgpack, body) {
        assert_eq!(shown_core(&seen), format!("{:?}", rmpv_reader::chunks(body)));
    }
}

/// Without links, events and binary values, whose reading is no matter of one type.
fn shown_core(seen: &Seen) -> String {
    shown(&without_fields(seen.clone()))
}
