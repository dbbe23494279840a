//! Bodies that grow in memory: the largest ordinary ones fit, the rest is refused before it is too much.

use tracehound_model::{BatchBuilder, Chunk, RowHead, StringId, Symbols, TraceId};
use tracehound_wire::{DecodeError, Decoded, ErrorKind, Format, Sink, decode, max_decoded_bytes};

use crate::support::{array, map, text};

/// Keeps the rows as the pipeline does, and looks at the limit itself.
struct Batching {
    batch: BatchBuilder,
    limit: usize,
}

impl Sink for Batching {
    fn chunk(&mut self, symbols: &Symbols<'_>, chunk: &Chunk) -> usize {
        let used = symbols.bytes() + chunk.bytes() + self.batch.bytes();
        assert!(used <= self.limit, "{used} of {}", self.limit);
        let mut ids: Vec<Option<StringId>> = vec![None; symbols.len()];
        let batch = &mut self.batch;
        batch.begin_chunk(TraceId { high: 0, low: 1 });
        for span in &chunk.spans {
            let mut id = |symbol: tracehound_model::Symbol| {
                *ids[symbol.0 as usize].get_or_insert_with(|| batch.intern(symbols.get(symbol)))
            };
            let (service, name, resource, kind) = (id(span.service), id(span.name), id(span.resource), id(span.kind));
            let meta: Vec<_> = chunk.meta_of(span).iter().map(|&(key, value)| (id(key), id(value))).collect();
            let metrics: Vec<_> = chunk.metrics_of(span).iter().map(|&(key, value)| (id(key), value)).collect();
            batch.push(RowHead { span_id: span.span_id, service, name, resource, kind, ..RowHead::default() });
            meta.into_iter().for_each(|(key, value)| batch.tag(key, value));
            metrics.into_iter().for_each(|(key, value)| batch.metric(key, value));
            if let Some(extras) = &span.extras {
                batch.extras(extras.clone());
            }
        }
        batch.bytes()
    }
}

fn batch(format: Format, body: &[u8]) -> Result<Decoded, DecodeError> {
    let limit = max_decoded_bytes(body.len());
    decode(format, body, &mut Batching { batch: BatchBuilder::new(), limit })
}

/// A row of an ordinary span: ids of 64 bits, 8 tags with shared strings, 2 metrics.
fn ordinary_row(n: u64) -> Vec<u8> {
    let id = |salt: u64| (n + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63;
    let mut row = vec![0x9c, 1, 2, 3 + (n % 50) as u8];
    for id in [id(0), id(1), id(2)] {
        row.push(0xcf);
        row.extend(id.to_be_bytes());
    }
    row.push(0xcf);
    row.extend((1_700_000_000_000_000_000 + n).to_be_bytes());
    row.extend([0xce, 0, 0x10, 0, 0, 0, 0x88]);
    row.extend((0..8).flat_map(|tag| [60 + tag, 70 + ((n % 50) as u8 + tag) % 50]));
    row.extend([0x82, 68, 1, 69, 0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0, 53]);
    row
}

/// A body of v0.5 of exactly `bytes`, with `spans_per_chunk` ordinary spans in each chunk; the rest fills a string.
fn ordinary_body(bytes: usize, spans_per_chunk: usize) -> (Vec<u8>, usize) {
    let row = ordinary_row(0).len();
    let chunk = 5 + spans_per_chunk * row;
    let strings: Vec<u8> = (0..120).flat_map(|n| text(&format!("string {n}"))).collect();
    let head = 1 + 3 + strings.len() + 5 + 5;
    let chunks = (bytes - head) / chunk;
    let filler = bytes - head - chunks * chunk;
    let mut body = vec![0x92, 0xdc, 0, 121];
    body.extend(strings);
    body.push(0xdb);
    body.extend((filler as u32).to_be_bytes());
    body.resize(body.len() + filler, b'x');
    body.push(0xdd);
    body.extend((chunks as u32).to_be_bytes());
    for n in 0..chunks {
        body.push(0xdd);
        body.extend((spans_per_chunk as u32).to_be_bytes());
        (0..spans_per_chunk).for_each(|span| body.extend(ordinary_row((n * spans_per_chunk + span) as u64)));
    }
    assert_eq!(body.len(), bytes);
    (body, chunks * spans_per_chunk)
}

/// One byte less than what is refused unread.
const LARGEST_BODY: usize = 26_214_399;

#[test]
fn the_largest_body_of_ordinary_spans_fits_in_chunks_of_ten() {
    let (body, spans) = ordinary_body(LARGEST_BODY, 10);
    assert_eq!(batch(Format::V05, &body).unwrap().spans, spans);
}

#[test]
fn the_largest_body_of_ordinary_spans_fits_as_one_chunk() {
    let in_one = (LARGEST_BODY - 4_000) / ordinary_row(0).len();
    let (body, spans) = ordinary_body(LARGEST_BODY, in_one);
    assert_eq!(batch(Format::V05, &body), Ok(Decoded { chunks: 1, spans, nil_spans: 0 }));
    assert!(spans > 290_000, "{spans}");
}

fn head32(marker: u8, elements: usize) -> Vec<u8> {
    [&[marker][..], &(elements as u32).to_be_bytes()].concat()
}

/// An array of this many of the same.
fn many(element: &[u8], times: usize) -> Vec<u8> {
    [head32(0xdd, times), element.repeat(times)].concat()
}

#[test]
fn bodies_that_grow_are_refused_before_they_are_too_large() {
    let empty_map = || vec![0x80];
    let in_a_span = |field: &str, value: Vec<u8>| array(&[array(&[map(&[(field, value)])])]);
    let in_a_tag = |tag: &str, json: String| {
        let value = [head32(0xdb, json.len()), json.into_bytes()].concat();
        in_a_span("meta", map(&[(tag, value)]))
    };
    let attributes = [head32(0xdf, 1_000_000), [0xa0, 0x80].repeat(1_000_000)].concat();
    let values = map(&[("array_value", map(&[("values", many(&[0x80], 1_000_000))]))]);
    for (what, body) in [
        ("empty spans", array(&[many(&[0x80], 1_000_000)])),
        ("empty spans in chunks of one", many(&[0x91, 0x80], 1_000_000)),
        ("empty events", in_a_span("span_events", many(&empty_map(), 1_000_000))),
        ("empty links", in_a_span("span_links", many(&empty_map(), 1_000_000))),
        ("events that are nil", in_a_span("span_events", many(&[0xc0], 1_000_000))),
        (
            "empty attributes of an event",
            in_a_span("span_events", array(&[map(&[("attributes", attributes.clone())])])),
        ),
        ("empty attributes of a link", in_a_span("span_links", array(&[map(&[("attributes", attributes)])]))),
        (
            "empty values of an attribute",
            in_a_span("span_events", array(&[map(&[("attributes", map(&[("a", values)]))])])),
        ),
        (
            "a list in a link",
            in_a_span("span_links", array(&[map(&[("attributes", map(&[("a", many(&[0xc0], 1_000_000))]))])])),
        ),
        ("events in a tag", in_a_tag("events", format!("[{}{{}}]", "{},".repeat(1_000_000)))),
        ("links in a tag", in_a_tag("_dd.span_links", format!("[{}{{}}]", "{},".repeat(1_000_000)))),
        (
            "values in a tag",
            in_a_tag("events", format!("[{{\"attributes\":{{\"a\":[{}0]}}}}]", "0,".repeat(1_000_000))),
        ),
    ] {
        assert_eq!(
            batch(Format::TracesMsgpack, &body).map_err(|error| error.kind()),
            Err(ErrorKind::TooLarge),
            "{what}"
        );
    }
}

#[test]
fn json_that_grows_is_refused_before_it_is_too_large() {
    for (what, format, body) in [
        ("empty spans", Format::TracesJson, format!("[[{}{{}}]]", "{},".repeat(1_000_000))),
        ("empty spans of v0.1", Format::SpansJson, format!("[{}{{}}]", "{},".repeat(1_000_000))),
        ("empty links", Format::TracesJson, format!("[[{{\"span_links\":[{}{{}}]}}]]", "{},".repeat(1_000_000))),
    ] {
        let refused = batch(format, body.as_bytes()).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::TooLarge), "{what}");
    }
}

#[test]
fn bodies_of_many_small_things_stay_within_their_bound() {
    let keys: Vec<u8> = (0..100_000_u32).flat_map(|n| [text(&format!("key {n}")), vec![0xa0]].concat()).collect();
    let invalid = [head32(0xdf, 100_000), [0xa3, 0xff, 0xfe, 0xfd, 0xa0].repeat(100_000)].concat();
    let binary = [head32(0xdf, 1_000_000), [0xa0, 0xc0].repeat(1_000_000)].concat();
    let row = [&[0x9c][..], &[0; 9], &[0x80, 0x80, 0]].concat();
    for (what, format, body) in [
        (
            "many tags",
            Format::TracesMsgpack,
            array(&[array(&[map(&[("meta", [head32(0xdf, 100_000), keys].concat())])])]),
        ),
        ("invalid keys", Format::TracesMsgpack, array(&[array(&[map(&[("meta", invalid)])])])),
        ("empty binary values", Format::TracesMsgpack, array(&[array(&[map(&[("meta_struct", binary)])])])),
        ("nil spans", Format::TracesMsgpack, array(&[many(&[0xc0], 1_000_000)])),
        ("nil chunks", Format::TracesMsgpack, many(&[0xc0], 1_000_000)),
        ("empty strings", Format::V05, array(&[many(&[0xa0], 1_000_000), vec![0x90]])),
        ("strings of a byte", Format::V05, array(&[many(&[0xa1, b'x'], 1_000_000), vec![0x90]])),
        ("strings that are not UTF-8", Format::V05, array(&[many(&[0xa1, 0xff], 1_000_000), vec![0x90]])),
        ("rows of zeros", Format::V05, array(&[array(&[vec![0xa0]]), array(&[many(&row, 1_000_000)])])),
        (
            "tags of one string",
            Format::V05,
            array(&[array(&[vec![0xa0]]), array(&[array(&[tags_of_one_string(1_000_000)])])]),
        ),
    ] {
        // Taken or refused: the sink looks at the bound.
        if let Err(error) = batch(format, &body) {
            assert_eq!(error.kind(), ErrorKind::TooLarge, "{what}: {error}");
        }
    }
}

fn tags_of_one_string(tags: usize) -> Vec<u8> {
    [&[0x9c][..], &[0; 9], &head32(0xdf, tags), &vec![0; 2 * tags], &[0x80, 0]].concat()
}

#[test]
fn one_long_string_may_be_the_tag_of_many_spans() {
    let string = "x".repeat(25_000);
    let row = [&[0x9c][..], &[0; 9], &[0x81, 1, 1, 0x80, 0]].concat();
    let body = array(&[array(&[text(""), text(&string)]), array(&[many(&row, 100_000)])]);
    assert_eq!(batch(Format::V05, &body).unwrap().spans, 100_000);
}

#[test]
fn one_string_of_json_cannot_be_read_again_without_end() {
    let row = [&[0x9c][..], &[0; 9], &[0x81, 1, 2, 0x80, 0]].concat();
    let json_of = |json: &str| array(&[array(&[text(""), text("events"), text(json)]), array(&[many(&row, 100_000)])]);
    // Each reading fails at its end, so that nothing is held but time is spent.
    let unreadable = format!("[{}", " ".repeat(25_000));
    assert_eq!(batch(Format::V05, &json_of(&unreadable)).unwrap_err().kind(), ErrorKind::TooLarge);
    let events = format!("[{}{{}}]", "{},".repeat(1_000));
    assert_eq!(batch(Format::V05, &json_of(&events)).unwrap_err().kind(), ErrorKind::TooLarge);
}
