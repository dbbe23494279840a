//! Reads sketches back by the protobuf schema alone, as the agent would.

use std::collections::BTreeMap;

/// A decoded `DDSketch`.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) gamma: f64,
    /// Counts that are not zero, by the index of their bin.
    pub(super) counts: BTreeMap<i64, f64>,
    pub(super) zeros: f64,
}

impl Decoded {
    pub(super) fn read(bytes: &[u8]) -> Decoded {
        let mut sketch = Decoded::default();
        for (field, value) in fields(bytes) {
            match (field, value) {
                (1, Value::Bytes(mapping)) => sketch.gamma = read_mapping(mapping),
                (2, Value::Bytes(store)) => sketch.counts = read_store(store),
                (3, Value::Bytes(store)) => assert!(read_store(store).is_empty(), "no duration is negative"),
                (4, Value::Double(zeros)) => sketch.zeros = zeros,
                other => panic!("not in the schema: {other:?}"),
            }
        }
        sketch
    }

    pub(super) fn total(&self) -> f64 {
        self.zeros + self.counts.values().sum::<f64>()
    }

    /// The published way to ask a sketch: the bin that the rank falls into, and of that the value that is off by as much at either end.
    pub(super) fn quantile(&self, quantile: f64) -> f64 {
        let rank = quantile * (self.total() - 1.0);
        let mut seen = self.zeros;
        if seen > rank {
            return 0.0;
        }
        for (&index, &count) in &self.counts {
            seen += count;
            if seen > rank {
                return self.gamma.powi(index as i32) * 2.0 * self.gamma / (1.0 + self.gamma);
            }
        }
        panic!("a rank above all values");
    }
}

fn read_mapping(bytes: &[u8]) -> f64 {
    match fields(bytes).as_slice() {
        [(1, Value::Double(gamma))] => *gamma,
        other => panic!("offset and interpolation are to be their defaults: {other:?}"),
    }
}

fn read_store(bytes: &[u8]) -> BTreeMap<i64, f64> {
    let (mut counts, mut first) = (Vec::new(), 0);
    for (field, value) in fields(bytes) {
        match (field, value) {
            (2, Value::Bytes(packed)) => {
                counts = packed.chunks(8).map(|count| f64::from_le_bytes(count.try_into().unwrap())).collect();
            }
            (3, Value::Varint(zigzag)) => first = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64),
            other => panic!("not in the schema: {other:?}"),
        }
    }
    (first..).zip(counts).filter(|&(_, count)| count > 0.0).collect()
}

#[derive(Debug)]
enum Value<'a> {
    Varint(u64),
    Double(f64),
    Bytes(&'a [u8]),
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let value = match tag & 7 {
            0 => Value::Varint(varint(&mut bytes)),
            1 => Value::Double(f64::from_le_bytes(take(&mut bytes, 8).try_into().unwrap())),
            2 => {
                let len = varint(&mut bytes) as usize;
                Value::Bytes(take(&mut bytes, len))
            }
            wire => panic!("wire type {wire}"),
        };
        fields.push((tag >> 3, value));
    }
    assert!(fields.is_sorted_by(|(before, _), (after, _)| before < after), "no field twice");
    fields
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let len = bytes.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    take(bytes, len).iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(len);
    *bytes = rest;
    taken
}
