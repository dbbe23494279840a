//! Bytes as the protocol writes them, made by hand.

use tracehound_model::{Attribute, Chunk, Event, Extras, Link, Span, Symbols, TraceId};
use tracehound_wire::{v04, v05};

/// One span with one of everything.
fn chunk() -> (Symbols<'static>, Chunk) {
    let mut symbols = Symbols::default();
    let [service, name, key, value] = ["web", "get", "k", "v"].map(|text| symbols.intern(text.into()));
    let link = Link { trace_id: TraceId { high: 1, low: 2 }, span_id: 3, flags: Some(0x8000_0001), ..Link::default() };
    let event = Event { time: 9, name: "e".into(), attributes: vec![("n".into(), Attribute::Int(-1))] };
    let extras = Extras { links: vec![link], events: vec![event], meta_struct: vec![("b".into(), Box::from([0xff]))] };
    let span = Span {
        trace_id: u64::MAX,
        span_id: 127,
        parent_id: 128,
        start: 0x0102_0304_0506,
        duration: -129,
        error: true,
        service,
        name,
        meta: 0..1,
        metrics: 0..1,
        extras: Some(Box::new(extras)),
        ..Span::default()
    };
    let chunk = Chunk { spans: vec![span], meta: vec![(key, value)], metrics: vec![(key, 1.0)], ..Chunk::default() };
    (symbols, chunk)
}

#[test]
fn v04_is_written_as_maps_of_the_shortest_values() {
    let (symbols, chunk) = chunk();
    let wanted = [
        &b"\x91\x91\x8f\xa7service\xa3web\xa4name\xa3get\xa8resource\xa0\xa4type\xa0"[..],
        b"\xa8trace_id\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa7span_id\x7f\xa9parent_id\xcc\x80",
        b"\xa5start\xcf\x00\x00\x01\x02\x03\x04\x05\x06\xa8duration\xd1\xff\x7f\xa5error\x01",
        b"\xa4meta\x81\xa1k\xa1v\xa7metrics\x81\xa1k\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00",
        b"\xaaspan_links\x91\x86\xa8trace_id\x02\xadtrace_id_high\x01\xa7span_id\x03\xaaattributes\x80\xaatracestate\xa0",
        b"\xa5flags\xce\x80\x00\x00\x01",
        b"\xabspan_events\x91\x83\xaetime_unix_nano\x09\xa4name\xa1e\xaaattributes\x81\xa1n",
        b"\x82\xa4type\x02\xa9int_value\xff",
        b"\xabmeta_struct\x81\xa1b\xc4\x01\xff",
    ]
    .concat();
    assert_eq!(v04::encode(&[(&symbols, &chunk)]), wanted);
}

#[test]
fn v05_is_written_as_a_dictionary_and_rows() {
    let (symbols, chunk) = chunk();
    let wanted = [
        &b"\x92\x95\xa0\xa3web\xa3get\xa1k\xa1v\x92\x91\x9c\x01\x02\x00"[..],
        b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x7f\xcc\x80\xcf\x00\x00\x01\x02\x03\x04\x05\x06\xd1\xff\x7f\x01",
        b"\x81\x03\x04\x81\x03\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00\x00\x90",
    ]
    .concat();
    let empty = Chunk::default();
    assert_eq!(v05::encode(&[(&symbols, &chunk), (&symbols, &empty)]), wanted);
}
