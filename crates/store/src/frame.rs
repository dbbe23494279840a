//! A batch as the payload of one frame of the log.
//!
//! Little-endian; `v` is an unsigned LEB128 number, `z` a zigzag one. The frame around it carries sequence number, length
//! and checksum, so nothing here repeats them.
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

use crate::Error;

const FLAG_ERROR: u8 = 1;
const FLAG_EXTRAS: u8 = 2;

/// The bytes of `batch`.
pub(crate) fn encode(batch: &Batch) -> Vec<u8> {
    let strings = batch.strings();
    let text_bytes: usize = strings.iter().map(str::len).sum();
    // Room for the usual span of a dozen tags, so that the buffer seldom grows.
    let mut out = Vec::with_capacity(text_bytes + strings.len() * 2 + batch.rows() as usize * 128);

    put(&mut out, strings.len() as u64 - 1);
    strings.iter().skip(1).for_each(|text| put(&mut out, text.len() as u64));
    strings.iter().skip(1).for_each(|text| out.extend_from_slice(text.as_bytes()));

    put(&mut out, batch.chunks().len() as u64);
    for chunk in batch.chunks() {
        out.extend_from_slice(&chunk.id.high.to_le_bytes());
        out.extend_from_slice(&chunk.id.low.to_le_bytes());
        put(&mut out, chunk.rows.len() as u64);
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
    put(out, zigzag(head.start.wrapping_sub(start_before)));
    put(out, head.duration as u64);
    for id in [head.service, head.name, head.resource, head.kind] {
        put(out, id.0.into());
    }
    put(out, span.meta_ids().len() as u64);
    for (key, value) in span.meta_ids() {
        put(out, key.0.into());
        put(out, value.0.into());
    }
    put(out, span.metric_ids().len() as u64);
    for (key, value) in span.metric_ids() {
        put(out, key.0.into());
        out.extend_from_slice(&value.to_le_bytes());
    }
    if let Some(extras) = extras {
        let mut bytes = Vec::new();
        extras::encode(extras, &mut bytes);
        put(out, bytes.len() as u64);
        out.extend_from_slice(&bytes);
    }
}

/// The batch that [`encode`] made these bytes of. An error means a defect of the writer, since the frame's checksum was
/// right: the caller sets the frame aside.
pub(crate) fn decode(bytes: &[u8]) -> Result<Batch, Error> {
    let mut reader = Reader { bytes, total: bytes.len() };
    let mut builder = BatchBuilder::new();
    let strings = reader.strings(&mut builder)?;

    let count = reader.count(17)?;
    let mut chunks = Vec::with_capacity(count);
    for _ in 0..count {
        let id = TraceId { high: reader.u64()?, low: reader.u64()? };
        chunks.push((id, reader.varint()?));
    }
    let mut start_before = 0;
    for (id, rows) in chunks {
        builder.begin_chunk(id);
        for _ in 0..rows {
            start_before = reader.row(&mut builder, &strings, start_before)?;
        }
    }
    if reader.bytes.is_empty() { Ok(builder.build()) } else { Err(reader.damaged("the end")) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    total: usize,
}

impl<'a> Reader<'a> {
    fn row(&mut self, builder: &mut BatchBuilder, strings: &[StringId], start_before: i64) -> Result<i64, Error> {
        let flags = self.take(1)?[0];
        let head = RowHead {
            span_id: self.u64()?,
            parent_id: self.u64()?,
            start: start_before.wrapping_add(unzigzag(self.varint()?)),
            duration: self.varint()? as i64,
            error: flags & FLAG_ERROR != 0,
            service: self.string(strings)?,
            name: self.string(strings)?,
            resource: self.string(strings)?,
            kind: self.string(strings)?,
        };
        builder.push(head);
        for _ in 0..self.count(2)? {
            builder.tag(self.string(strings)?, self.string(strings)?);
        }
        for _ in 0..self.count(9)? {
            builder.metric(self.string(strings)?, f64::from_bits(self.u64()?));
        }
        if flags & FLAG_EXTRAS != 0 {
            let length = self.count(1)?;
            let extras = extras::decode(self.take(length)?).map_err(|_| self.damaged("extras"))?;
            builder.extras(Box::new(extras));
        }
        Ok(head.start)
    }

    fn strings(&mut self, builder: &mut BatchBuilder) -> Result<Vec<StringId>, Error> {
        let count = self.count(1)?;
        let lengths = (0..count).map(|_| self.varint()).collect::<Result<Vec<u64>, Error>>()?;
        let mut ids = Vec::with_capacity(count + 1);
        ids.push(StringId(0));
        for length in lengths {
            let text = std::str::from_utf8(self.take(length as usize)?).map_err(|_| self.damaged("UTF-8 text"))?;
            ids.push(builder.intern(text));
        }
        Ok(ids)
    }

    fn string(&mut self, strings: &[StringId]) -> Result<StringId, Error> {
        let index = self.varint()? as usize;
        strings.get(index).copied().ok_or_else(|| self.damaged("the number of a string"))
    }

    /// A number of things that take at least `least` bytes each, so that a wrong one cannot reserve memory.
    fn count(&mut self, least: usize) -> Result<usize, Error> {
        let count = self.varint()?;
        if count > (self.bytes.len() / least) as u64 { Err(self.damaged("a count")) } else { Ok(count as usize) }
    }

    fn varint(&mut self) -> Result<u64, Error> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.damaged("a number of at most ten bytes"))
    }

    fn u64(&mut self) -> Result<u64, Error> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(bytes.try_into().expect("eight bytes were taken")))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or_else(|| self.damaged("more bytes"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn damaged(&self, expected: &'static str) -> Error {
        Error::Frame { offset: self.total - self.bytes.len(), expected }
    }
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
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
