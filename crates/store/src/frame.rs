//! A batch as the payload of one frame of the log.
//!
//! Numbers as in [`packed`](tracehound_part::packed): `v` is a LEB128 one, `z` the same of a signed number in zigzag. The
//! frame around it carries sequence number, length and checksum, so nothing here repeats them. Bytes: docs/formats/frame.md.
//!
//! ```text
//! strings   v count, then v byte length of each, then all text         without string 0, the empty one
//! chunks    v count, then per chunk: u64 high, u64 low, v rows
//! rows      per row: u8 flags (1 error, 2 extras), u64 span id, u64 parent id,
//!           z start minus the start of the row before, v duration, v service, v name, v resource, v type,
//!           v tags, then v key and v value of each,  v metrics, then v key and f64 of each,
//!           and with flag 2: v byte length, extras as in docs/formats/extras.md
//! ```

use tracehound_model::{Batch, BatchBuilder, RowHead, SpanRef, StringId, TraceId};
use tracehound_part::extras;
use tracehound_part::packed::{Cursor, Malformed, put_bytes, put_number};

const FLAG_ERROR: u8 = 1;
const FLAG_EXTRAS: u8 = 2;

/// The fewest bytes that a chunk's head, a tag and a metric take.
const LEAST_CHUNK_BYTES: usize = 17;
const LEAST_TAG_BYTES: usize = 2;
const LEAST_METRIC_BYTES: usize = 9;

/// The bytes of `batch`.
pub(crate) fn encode(batch: &Batch) -> Vec<u8> {
    let strings = batch.strings();
    let text_bytes: usize = strings.iter().map(str::len).sum();
    // Room for the usual span of a dozen tags, so that the buffer seldom grows.
    let mut out = Vec::with_capacity(text_bytes + strings.len() * 2 + batch.rows() as usize * 128);

    put_number(&mut out, strings.len() as u64 - 1);
    strings.iter().skip(1).for_each(|text| put_number(&mut out, text.len() as u64));
    strings.iter().skip(1).for_each(|text| out.extend_from_slice(text.as_bytes()));

    put_number(&mut out, batch.chunks().len() as u64);
    for chunk in batch.chunks() {
        out.extend_from_slice(&chunk.id.high.to_le_bytes());
        out.extend_from_slice(&chunk.id.low.to_le_bytes());
        put_number(&mut out, chunk.rows.len() as u64);
    }
    let mut start_before = 0;
    for row in 0..batch.rows() {
        let span = batch.span(row);
        put_row(&mut out, &span, start_before);
        start_before = span.head().start;
    }
    out
}

fn put_row(out: &mut Vec<u8>, span: &SpanRef<'_>, start_before: i64) {
    let head = span.head();
    let extras = span.extras();
    out.push(u8::from(head.error) * FLAG_ERROR + u8::from(extras.is_some()) * FLAG_EXTRAS);
    out.extend_from_slice(&head.span_id.to_le_bytes());
    out.extend_from_slice(&head.parent_id.to_le_bytes());
    put_number(out, zigzag(head.start.wrapping_sub(start_before)));
    put_number(out, head.duration as u64);
    for id in [head.service, head.name, head.resource, head.kind] {
        put_number(out, id.0.into());
    }
    put_number(out, span.meta_ids().len() as u64);
    for (key, value) in span.meta_ids() {
        put_number(out, key.0.into());
        put_number(out, value.0.into());
    }
    put_number(out, span.metric_ids().len() as u64);
    for (key, value) in span.metric_ids() {
        put_number(out, key.0.into());
        out.extend_from_slice(&value.to_le_bytes());
    }
    if let Some(extras) = extras {
        let mut bytes = Vec::new();
        extras::encode(extras, &mut bytes);
        put_bytes(out, &bytes);
    }
}

/// The batch that [`encode`] made these bytes of. An error means a defect of the writer, since the frame's checksum was
/// right: the caller sets the frame aside.
pub(crate) fn decode(bytes: &[u8]) -> Result<Batch, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let mut builder = BatchBuilder::new();
    let strings = strings(&mut cursor, &mut builder)?;

    let count = cursor.count(LEAST_CHUNK_BYTES)?;
    let mut chunks = Vec::with_capacity(count);
    for _ in 0..count {
        let id = TraceId { high: cursor.u64()?, low: cursor.u64()? };
        chunks.push((id, cursor.number()?));
    }
    let mut start_before = 0;
    for (id, rows) in chunks {
        builder.begin_chunk(id);
        for _ in 0..rows {
            start_before = row(&mut cursor, &mut builder, &strings, start_before)?;
        }
    }
    cursor.finish()?;
    Ok(builder.build())
}

/// The ids in the batch of the strings of the frame.
fn strings(cursor: &mut Cursor<'_>, builder: &mut BatchBuilder) -> Result<Vec<StringId>, Malformed> {
    let lengths = cursor.list(Cursor::number)?;
    let mut ids = Vec::with_capacity(lengths.len() + 1);
    ids.push(StringId(0));
    for length in lengths {
        let bytes = cursor.take(length as usize)?;
        ids.push(builder.intern(cursor.utf8(bytes)?));
    }
    Ok(ids)
}

/// Adds a row and returns its start.
fn row(
    cursor: &mut Cursor<'_>,
    builder: &mut BatchBuilder,
    strings: &[StringId],
    start_before: i64,
) -> Result<i64, Malformed> {
    let flags = cursor.byte()?;
    let head = RowHead {
        span_id: cursor.u64()?,
        parent_id: cursor.u64()?,
        start: start_before.wrapping_add(unzigzag(cursor.number()?)),
        duration: cursor.number()? as i64,
        error: flags & FLAG_ERROR != 0,
        service: string(cursor, strings)?,
        name: string(cursor, strings)?,
        resource: string(cursor, strings)?,
        kind: string(cursor, strings)?,
    };
    builder.push(head);
    for _ in 0..cursor.count(LEAST_TAG_BYTES)? {
        builder.tag(string(cursor, strings)?, string(cursor, strings)?);
    }
    for _ in 0..cursor.count(LEAST_METRIC_BYTES)? {
        builder.metric(string(cursor, strings)?, f64::from_bits(cursor.u64()?));
    }
    if flags & FLAG_EXTRAS != 0 {
        builder.extras(Box::new(extras::decode(cursor.bytes()?)?));
    }
    Ok(head.start)
}

fn string(cursor: &mut Cursor<'_>, strings: &[StringId]) -> Result<StringId, Malformed> {
    let index = cursor.number()? as usize;
    strings.get(index).copied().ok_or_else(|| cursor.malformed("a string has no such number"))
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use tracehound_model::{Attribute, Event, Extras, Link};

    use super::*;

    fn batch() -> Batch {
        let mut builder = BatchBuilder::new();
        let [web, key, value] = ["web", "key", "crème brûlée\0"].map(|text| builder.intern(text));
        builder.begin_chunk(TraceId { high: u64::MAX, low: 1 });
        for (start, duration) in [(0, 0), (i64::MAX, 0), (i64::MIN, i64::MAX), (1_795_000_000_000_000_000, 812_000)] {
            let head = RowHead { span_id: u64::MAX, parent_id: 3, start, duration, service: web, ..RowHead::default() };
            builder.push(RowHead { error: start == 0, ..head });
            builder.tag(key, value);
            builder.tag(value, StringId(0));
            builder.metric(key, f64::NEG_INFINITY);
            builder.metric(value, -0.0);
        }
        builder.begin_chunk(TraceId { high: 0, low: 2 });
        builder.push(RowHead::default());
        let attributes = vec![("k".into(), Attribute::List(vec![Attribute::Int(-1), Attribute::Bool(true)]))];
        builder.extras(Box::new(Extras {
            links: vec![Link { flags: Some(1 << 31), tracestate: "a=b".into(), ..Link::default() }],
            events: vec![Event { time: 5, name: "exception".into(), attributes }],
            meta_struct: vec![("m".into(), Box::from([0, 255]))],
        }));
        builder.build()
    }

    #[test]
    fn a_batch_comes_back_as_it_went_in() {
        for batch in [batch(), BatchBuilder::new().build()] {
            assert_eq!(decode(&encode(&batch)).unwrap(), batch);
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_document() {
        let mut builder = BatchBuilder::new();
        let [web, get, env, prod] = ["web", "GET", "env", "prod"].map(|text| builder.intern(text));
        builder.begin_chunk(TraceId { high: 1, low: 2 });
        let head = RowHead { span_id: 3, start: 1_000, duration: 200, service: web, name: get, ..RowHead::default() };
        builder.push(head);
        builder.tag(env, prod);
        builder.push(RowHead { span_id: 4, parent_id: 3, start: 999, duration: 0, error: true, ..head });
        builder.metric(env, 0.5);
        let mut expected = vec![4, 3, 3, 3, 4];
        expected.extend(b"webGETenvprod");
        expected.extend([1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2]);
        expected.extend([0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([0xd0, 0x0f, 0xc8, 0x01, 1, 2, 0, 0, 1, 3, 4, 0]);
        expected.extend([1, 4, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([1, 0, 1, 2, 0, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f]);
        assert_eq!(encode(&builder.build()), expected);
    }

    #[test]
    fn cut_bytes_are_an_error_and_flipped_ones_never_a_panic() {
        let bytes = encode(&batch());
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        assert!(decode(&[&bytes[..], &[0]].concat()).is_err());
        for i in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[i / 8] ^= 1 << (i % 8);
            let _either_is_fine = decode(&flipped);
        }
    }
}
