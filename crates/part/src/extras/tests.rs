//! Extras come back equal; bytes that were not written by `encode` are an error and never a panic.

use tracehound_platform::Random;

use super::*;

fn encoded(extras: &Extras) -> Vec<u8> {
    let mut bytes = vec![];
    encode(extras, &mut bytes);
    bytes
}

/// Every field and every type of value.
fn everything() -> Extras {
    let attributes: Vec<(Box<str>, Attribute)> = vec![
        ("".into(), Attribute::String("ü\0".into())),
        ("t".into(), Attribute::Bool(true)),
        ("l".into(), Attribute::List(vec![Attribute::Bool(false), Attribute::Int(i64::MIN), Attribute::Double(-0.0)])),
        ("m".into(), Attribute::Map(vec![("e".into(), Attribute::List(vec![]))])),
    ];
    let link = Link {
        trace_id: TraceId { high: u64::MAX, low: 1 },
        span_id: 2,
        attributes: attributes.clone(),
        tracestate: "dd=s:1".into(),
        flags: Some(0x8000_0001),
    };
    Extras {
        links: vec![link, Link::default()],
        events: vec![Event { time: i64::MIN, name: "exception".into(), attributes }],
        meta_struct: vec![("binary".into(), Box::from([0, 255, 1])), ("".into(), Box::default())],
    }
}

fn nested(depth: usize) -> Extras {
    let value = (0..depth).fold(Attribute::Int(1), |inner, _| Attribute::List(vec![inner]));
    Extras { events: vec![Event { attributes: vec![("k".into(), value)], ..Event::default() }], ..Extras::default() }
}

#[test]
fn the_bytes_are_those_of_the_document() {
    let extras = Extras {
        links: vec![Link { trace_id: TraceId { high: 1, low: 2 }, span_id: 3, flags: Some(4), ..Link::default() }],
        events: vec![Event { time: 5, name: "n".into(), attributes: vec![("k".into(), Attribute::Bool(true))] }],
        meta_struct: vec![("b".into(), vec![9; 200].into())],
    };
    let mut expected = vec![1];
    expected.extend([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0]);
    expected.extend([1, 5, 0, 0, 0, 0, 0, 0, 0, 1, b'n', 1, 1, b'k', 2]);
    expected.extend([1, 1, b'b', 0xc8, 0x01]);
    expected.extend([9; 200]);
    assert_eq!(encoded(&extras), expected);
}

#[test]
fn what_was_encoded_comes_back_equal() {
    for extras in [Extras::default(), everything(), nested(MAX_NESTING)] {
        assert_eq!(decode(&encoded(&extras)).unwrap(), extras);
    }
}

#[test]
fn the_bits_of_a_number_survive() {
    for bits in [0x7ff8_0000_0000_1234, 0x8000_0000_0000_0000, 0xfff0_0000_0000_0000] {
        let attributes = vec![("k".into(), Attribute::Double(f64::from_bits(bits)))];
        let extras = Extras { events: vec![Event { attributes, ..Event::default() }], ..Extras::default() };
        let back = decode(&encoded(&extras)).unwrap();
        let Attribute::Double(value) = back.events[0].attributes[0].1 else { panic!("{back:?}") };
        assert_eq!(value.to_bits(), bits);
    }
}

#[test]
fn anything_else_is_refused() {
    let cases: [(&str, Vec<u8>); 9] = [
        ("nothing", vec![]),
        ("bytes after the end", vec![0, 0, 0, 0]),
        ("more links than bytes", vec![200, 1, 0, 0]),
        ("a count of 2^64", [vec![0xff; 9], vec![2]].concat()),
        ("a count without end", vec![0xff; 20]),
        ("a text that is not UTF-8", vec![0, 0, 1, 1, 0xff, 0]),
        ("a value of type 7", [vec![0, 1], vec![0; 8], vec![0, 1, 0, 7, 0]].concat()),
        ("flags of 2", [vec![1], vec![0; 24], vec![0, 0, 2, 0, 0]].concat()),
        ("65 lists", encoded(&nested(MAX_NESTING + 1))),
    ];
    for (what, bytes) in cases {
        assert!(decode(&bytes).is_err(), "{what}");
    }
}

#[test]
fn every_cut_is_an_error() {
    let bytes = encoded(&everything());
    for len in 0..bytes.len() {
        assert!(decode(&bytes[..len]).is_err(), "{len} of {} bytes", bytes.len());
    }
}

#[test]
fn mutated_bytes_are_an_error_or_extras_that_can_be_written_again() {
    let original = encoded(&everything());
    for seed in 0..20_000 {
        let mut random = Random::from_seed(seed);
        let mut bytes = original.clone();
        for _ in 0..1 + random.below(4) {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] = random.next_u64() as u8;
        }
        if let Ok(extras) = decode(&bytes) {
            // Counts with needless zeros are read too, so what comes out is compared, not the bytes.
            let again = encoded(&extras);
            assert_eq!(encoded(&decode(&again).unwrap()), again, "seed {seed}");
        }
    }
}
