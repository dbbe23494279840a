use super::*;

fn written(record: &Record<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    record.write(&mut out);
    out
}

fn key_of(record: &Record<'_>) -> Vec<u8> {
    entries(&written(record)).next().unwrap().key.to_vec()
}

fn full() -> Record<'static> {
    Record {
        service: "cafe",
        name: "http.request",
        resource: "GET /orders/{id}",
        span_type: "web",
        kind: "server",
        http_method: "GET",
        http_endpoint: "/orders/{id}",
        grpc_status: "14",
        service_source: "m",
        http_status: 503,
        synthetics: true,
        trace_root: true,
        peer_tags: &[("db.name", "orders"), ("out.host", "10.0.0.1:5432")],
        error: true,
        top_level: true,
        start_ns: 1_000,
        duration_ns: 234,
    }
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let mut out = written(&full());
    Record { service: "é", start_ns: u64::MAX, duration_ns: 5, ..Record::default() }.write(&mut out);
    let read: Vec<_> = entries(&out).collect();
    let [first, second] = read.as_slice() else { panic!("{read:?}") };

    assert_eq!((first.end_ns, first.duration_ns, first.error, first.top_level), (1_234, 234, true, true));
    let expected = Dimensions {
        service: "cafe",
        name: "http.request",
        resource: "GET /orders/{id}",
        span_type: "web",
        kind: "server",
        http_method: "GET",
        http_endpoint: "/orders/{id}",
        grpc_status: "14",
        service_source: "m",
        http_status: 503,
        synthetics: true,
        trace_root: Some(true),
        peer_tags: vec!["db.name:orders", "out.host:blocked-ip-address:5432"],
    };
    assert_eq!(Dimensions::parse(first.key), Some(expected));

    assert_eq!((second.end_ns, second.duration_ns, second.error, second.top_level), (u64::MAX, 5, false, false));
    let second = Dimensions::parse(second.key).unwrap();
    assert_eq!((second.service, second.name, second.trace_root), ("é", "", Some(false)));
    assert!(second.peer_tags.is_empty());
}

#[test]
fn times_and_outcome_are_not_part_of_the_key() {
    let other = Record { start_ns: 9, duration_ns: 8, error: false, top_level: false, ..full() };
    assert_eq!(key_of(&other), key_of(&full()));
}

#[test]
fn every_dimension_makes_a_key_of_its_own() {
    let records = [
        full(),
        Record { service: "x", ..full() },
        Record { name: "x", ..full() },
        Record { resource: "x", ..full() },
        Record { span_type: "x", ..full() },
        Record { kind: "x", ..full() },
        Record { http_method: "x", ..full() },
        Record { http_endpoint: "x", ..full() },
        Record { grpc_status: "x", ..full() },
        Record { service_source: "x", ..full() },
        Record { http_status: 200, ..full() },
        Record { synthetics: false, ..full() },
        Record { trace_root: false, ..full() },
        Record { peer_tags: &[("db.name", "orders")], ..full() },
        Record { peer_tags: &[], ..full() },
        // The same letters, parted elsewhere.
        Record { service: "cafeh", name: "ttp.request", ..full() },
    ];
    let keys: std::collections::BTreeSet<_> = records.iter().map(key_of).collect();
    assert_eq!(keys.len(), records.len());
}

#[test]
fn peers_that_differ_by_address_share_a_key() {
    let there = Record { peer_tags: &[("db.name", "orders"), ("out.host", "10.9.8.7:5432")], ..full() };
    assert_eq!(key_of(&there), key_of(&full()));
}

#[test]
fn a_long_text_is_cut_between_characters() {
    let long = "é".repeat(4_000);
    for (prefix, expected) in [("", 5_000), ("x", 4_999)] {
        let text = format!("{prefix}{long}");
        let key = key_of(&Record { resource: &text, ..full() });
        let resource = Dimensions::parse(&key).unwrap().resource;
        assert_eq!(resource.len(), expected);
        assert!(text.starts_with(resource));
    }
}

#[test]
fn the_longest_peer_tag_keeps_its_length() {
    // Short addresses, each of which grows to eighteen letters and has a port of its own, and then something long.
    let list: Vec<String> = (0..63).map(|port| format!("1.2.3.4:{port}")).collect();
    let (key, value) = ("k".repeat(9_000), format!("{},{}", list.join(","), "v".repeat(9_000)));
    let peer_tags = [(key.as_str(), value.as_str())];
    let key = key_of(&Record { peer_tags: &peer_tags, ..Record::default() });
    let tags = Dimensions::parse(&key).unwrap().peer_tags;
    let [tag] = tags[..] else { panic!("{} tags", tags.len()) };
    assert_eq!(tag.len(), 5_000 + 1 + 5_000 + 63 * ("blocked-ip-address".len() - "1.2.3.4".len()));
}

#[test]
fn what_is_cut_short_or_lies_about_its_length_ends_the_records() {
    let whole = written(&full());
    for len in 0..whole.len() {
        assert_eq!(entries(&whole[..len]).count(), 0, "{len} bytes");
    }
    let key = key_of(&full());
    let fixed_and_texts = key.len() - "..db.name:orders..out.host:blocked-ip-address:5432".len();
    for len in 0..fixed_and_texts {
        assert_eq!(Dimensions::parse(&key[..len]), None, "{len} bytes");
    }
    assert_eq!(entries(&[0xff; 64]).count(), 0);
    assert_eq!(entries(&[&3_u32.to_le_bytes()[..], &whole].concat()).count(), 0);
    assert_eq!(Dimensions::parse(&[0xff; 4_096]), None);
}
