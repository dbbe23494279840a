//! A body that is encoded once and sent many times, with other ids and times each time.
//!
//! To make and encode traces costs a client more than to take them costs the server, and the two share a machine. So ids and
//! starts, which both formats write as eight bytes behind a marker, are found in the encoded body once and overwritten in place.

use std::collections::HashMap;

use tracehound_testkit::traces::{Format, Generator, Span};

/// Markers of msgpack in front of eight bytes: unsigned, signed.
const MARKERS: [u8; 2] = [0xcf, 0xd3];

/// A body and where to write into it.
pub(crate) struct Template {
    bytes: Vec<u8>,
    places: Vec<Place>,
    /// Low half of the first trace's id and how many spans it has, as they were made.
    first: (u64, usize),
    /// Spans of the body.
    pub(crate) spans: u64,
}

struct Place {
    offset: usize,
    /// What was there when the body was made.
    original: u64,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Id,
    Start,
}

impl Template {
    /// A body of `traces` new traces.
    pub(crate) fn new(format: Format, generator: &mut Generator, traces: usize) -> Template {
        let traces: Vec<_> = (0..traces).map(|_| generator.trace()).collect();
        let bytes = format.encode(&traces);
        let values = values(&traces);
        let places = bytes
            .windows(9)
            .enumerate()
            .filter(|(_, window)| MARKERS.contains(&window[0]))
            .filter_map(|(i, window)| {
                let original = u64::from_be_bytes(window[1..].try_into().ok()?);
                Some(Place { offset: i + 1, original, what: *values.get(&original)? })
            })
            .collect();
        let first = traces.first().map_or((0, 0), |trace| (trace[0].trace_id.low, trace.len()));
        Template { bytes, places, first, spans: traces.iter().map(|trace| trace.len() as u64).sum() }
    }

    /// The body with ids that belong to `salt` and everything `later` nanoseconds later. Parents still are parents.
    pub(crate) fn stamp(&mut self, salt: u64, later: u64) -> &[u8] {
        for place in &self.places {
            let value = match place.what {
                What::Id => place.original ^ salt,
                What::Start => place.original.wrapping_add(later),
            };
            self.bytes[place.offset..place.offset + 8].copy_from_slice(&value.to_be_bytes());
        }
        &self.bytes
    }

    /// The first trace of the body stamped with `salt`: low half of its id, number of spans.
    pub(crate) fn first_trace(&self, salt: u64) -> (u64, usize) {
        (self.first.0 ^ salt, self.first.1)
    }
}

/// What is to be found in the body.
fn values(traces: &[Vec<Span>]) -> HashMap<u64, What> {
    let mut values = HashMap::new();
    for span in traces.iter().flatten() {
        let ids = [span.trace_id.low, span.span_id, span.parent_id];
        values.extend(ids.into_iter().filter(|&id| id != 0).map(|id| (id, What::Id)));
        values.insert(span.start as u64, What::Start);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_795_000_000_000_000_000;

    #[test]
    fn a_stamped_body_is_the_body_of_the_stamped_spans() {
        let (salt, later) = (0x0123_4567_89ab_cdef, 5_000);
        for format in [Format::V04, Format::V05] {
            let mut template = Template::new(format, &mut Generator::new(3, START), 4);
            let mut generator = Generator::new(3, START);
            let mut traces: Vec<_> = (0..4).map(|_| generator.trace()).collect();
            assert_eq!(template.stamp(0, 0), format.encode(&traces), "{format}, as made");
            for span in traces.iter_mut().flatten() {
                span.trace_id.low ^= salt;
                span.span_id ^= salt;
                span.parent_id ^= if span.parent_id == 0 { 0 } else { salt };
                span.start += later as i64;
            }
            assert_eq!(template.stamp(salt, later), format.encode(&traces), "{format}");
            assert_eq!(template.first_trace(salt), (traces[0][0].trace_id.low, traces[0].len()));
        }
    }
}
