//! Whole carriers, read and written by the configured styles.

use super::*;
use crate::span::link::{FLAGS_KNOWN, Link};

type Headers<'a> = &'a [(&'a str, &'a str)];

fn options(styles: &str) -> Options {
    let styles: Vec<Style> = styles.split(',').filter_map(Style::parse).collect();
    Options { extract: styles.clone(), inject: styles, ..Options::default() }
}

fn injected(options: &Options, outgoing: &Outgoing<'_>) -> Vec<(String, String)> {
    let mut carrier = Vec::new();
    inject(options, outgoing, &mut carrier).unwrap();
    carrier
}

/// What the first span begun from `headers`, with the id 0xf0, sends.
fn passed_on(options: &Options, headers: Headers<'_>) -> Vec<(String, String)> {
    let extracted = extract(options, &headers);
    let (span_id, last_parent) = (0xf0, LastParent::ThisSpan);
    injected(options, &Outgoing { span_id, last_parent, ..extracted.as_outgoing() })
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn link(trace_id: u128, span_id: u64, flags: u32, tracestate: &str, reason: &str, style: &str) -> Link {
    let attributes = [("reason", reason), ("context_headers", style)];
    let attributes = attributes.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    Link { trace_id, span_id, flags: flags | FLAGS_KNOWN, tracestate: tracestate.to_owned(), attributes }
}

const W3C: (&str, &str) = ("traceparent", "00-12345678901234567890123456789012-1234567890123456-01");
const W3C_INVALID: (&str, &str) = ("traceparent", "00-12345678901234567890123456789012-0000000000000000-01");
const W3C_TRACE_ID: u128 = 0x1234_5678_9012_3456_7890_1234_5678_9012;
const DATADOG: [(&str, &str); 3] =
    [("x-datadog-trace-id", "123456789"), ("x-datadog-parent-id", "987654321"), ("x-datadog-sampling-priority", "-2")];

#[test]
fn the_first_style_with_a_context_decides() {
    let [id, parent, priority] = DATADOG;
    let both: Headers<'_> = &[W3C, ("tracestate", "foo=1"), id, parent, priority];
    let (datadog, w3c, nothing) = ((123_456_789, Some(-2)), (W3C_TRACE_ID, Some(1)), (0, None));
    type Row<'a> = (&'a str, Headers<'a>, (u128, Option<i32>));
    let table: &[Row<'_>] = &[
        ("datadog", &[], nothing),
        ("datadog", &[W3C], nothing),
        ("datadog", both, datadog),
        ("tracecontext", &DATADOG, nothing),
        ("tracecontext", both, w3c),
        ("datadog,tracecontext", &[W3C], w3c),
        ("datadog,tracecontext", both, datadog),
        ("tracecontext,datadog", both, w3c),
        ("tracecontext,datadog", &DATADOG, datadog),
        ("tracecontext,datadog", &[W3C_INVALID, ("tracestate", "foo=1"), id, parent, priority], datadog),
        ("none", both, nothing),
        ("none,datadog", both, datadog),
        ("baggage", both, nothing),
    ];
    for &(styles, headers, expected) in table {
        let extracted = extract(&options(styles), &headers);
        assert_eq!((extracted.trace_id, extracted.priority), expected, "{styles} {headers:?}");
    }
}

#[test]
fn each_style_writes_its_headers_and_no_others() {
    let extracted = extract(&options("datadog"), &DATADOG);
    let outgoing = Outgoing { span_id: 0xf0, last_parent: LastParent::ThisSpan, ..extracted.as_outgoing() };
    let table: &[(&str, Headers<'_>)] = &[
        (
            "datadog",
            &[
                ("x-datadog-trace-id", "123456789"),
                ("x-datadog-parent-id", "240"),
                ("x-datadog-sampling-priority", "-2"),
            ],
        ),
        (
            "tracecontext",
            &[
                ("traceparent", "00-000000000000000000000000075bcd15-00000000000000f0-00"),
                ("tracestate", "dd=s:-2;p:00000000000000f0"),
            ],
        ),
        ("b3", &[("b3", "00000000075bcd15-00000000000000f0-0")]),
        (
            "b3multi",
            &[("x-b3-traceid", "00000000075bcd15"), ("x-b3-spanid", "00000000000000f0"), ("x-b3-sampled", "0")],
        ),
        ("baggage", &[]),
        ("none", &[]),
    ];
    for &(styles, expected) in table {
        let written = injected(&options(styles), &outgoing);
        let written: Vec<(&str, &str)> = written.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(written, expected, "{styles}");
    }
}

#[test]
fn ids_of_128_bits_go_out_whole_in_every_style() {
    let extracted = Extracted { trace_id: 0x640c_fd8d_0000_0000_abcd_efab_1234_5678, ..Extracted::default() };
    let outgoing = Outgoing { span_id: 0xf0, priority: Some(2), ..extracted.as_outgoing() };
    let written = injected(&options("datadog,tracecontext,b3,b3multi"), &outgoing);
    let table = [
        ("x-datadog-trace-id", "12379814468735227512"),
        ("x-datadog-tags", "_dd.p.tid=640cfd8d00000000"),
        ("traceparent", "00-640cfd8d00000000abcdefab12345678-00000000000000f0-01"),
        ("b3", "640cfd8d00000000abcdefab12345678-00000000000000f0-1"),
        ("x-b3-traceid", "640cfd8d00000000abcdefab12345678"),
    ];
    for (name, expected) in table {
        assert_eq!(value(&written, name), Some(expected), "{name}");
    }
}

#[test]
fn without_ids_only_baggage_goes_out() {
    let extracted = extract(&Options::default(), &[("baggage", "foo=bar"), ("x-datadog-trace-id", "0")]);
    for ids in [(0, 0), (0, 1), (1, 0)] {
        let outgoing = Outgoing { trace_id: ids.0, span_id: ids.1, ..extracted.as_outgoing() };
        let written = injected(&options("datadog,tracecontext,b3,b3multi,baggage"), &outgoing);
        assert_eq!(written, [("baggage".to_owned(), "foo=bar".to_owned())], "{ids:?}");
    }
}

#[test]
fn what_could_not_be_sent_is_told_and_the_rest_is_sent() {
    let tags = [("_dd.p.a".to_owned(), "x".repeat(600))];
    let extracted = Extracted { trace_id: 1, span_id: 2, priority: Some(1), ..Extracted::default() };
    let outgoing = Outgoing { tags: &tags, ..extracted.as_outgoing() };
    let limited = |tags_max_len| Options { tags_max_len, ..options("datadog,tracecontext") };
    for (limit, expected) in [(512, Err("inject_max_size")), (0, Err("disabled")), (1_000, Ok(()))] {
        let mut carrier: Vec<(String, String)> = Vec::new();
        assert_eq!(inject(&limited(limit), &outgoing, &mut carrier), expected, "{limit}");
        assert_eq!(value(&carrier, "x-datadog-trace-id"), Some("1"), "{limit}");
        assert!(value(&carrier, "traceparent").is_some(), "{limit}");
        assert_eq!(value(&carrier, "x-datadog-tags").is_some(), expected.is_ok(), "{limit}");
    }
}

#[test]
fn the_same_trace_in_w3c_headers_adds_its_tracestate_and_its_parent() {
    let same: Headers<'_> = &[
        ("traceparent", "00-11111111111111110000000000000001-000000003ade68b1-01"),
        ("tracestate", "dd=s:2;p:000000003ade68b1,foo=1"),
        ("x-datadog-trace-id", "1"),
        ("x-datadog-tags", "_dd.p.tid=1111111111111111"),
        ("x-datadog-parent-id", "987654321"),
    ];
    let other_trace: Headers<'_> = &[
        ("traceparent", "00-11111111111111110000000000000002-000000003ade68b1-01"),
        ("tracestate", "dd=s:2;p:000000000000000a,foo=1"),
        ("x-datadog-parent-id", "10"),
        ("x-datadog-trace-id", "2"),
        ("x-datadog-tags", "_dd.p.tid=2222222222222222"),
    ];
    let other_parent: Headers<'_> = &[
        ("traceparent", "00-11111111111111110000000000000003-000000003ade68b1-01"),
        ("tracestate", "dd=s:2;p:000000000000000a,foo=1"),
        ("x-datadog-trace-id", "3"),
        ("x-datadog-tags", "_dd.p.tid=1111111111111111"),
        ("x-datadog-parent-id", "10"),
    ];
    let no_last_parent: Headers<'_> = &[
        ("traceparent", "00-00000000000000000000000000000004-000000003ade68b1-01"),
        ("tracestate", "dd=s:2,foo=1"),
        ("x-datadog-trace-id", "4"),
        ("x-datadog-parent-id", "10"),
    ];
    let other_last_parent: Headers<'_> = &[
        ("traceparent", "00-00000000000000000000000000000005-000000003ade68b1-01"),
        ("tracestate", "dd=s:2;p:8fffffffffffffff,foo=1"),
        ("x-datadog-parent-id", "10"),
        ("x-datadog-trace-id", "5"),
    ];
    let no_datadog_span: Headers<'_> = &[
        ("traceparent", "00-00000000000000000000000000000006-000000003ade68b1-01"),
        ("x-datadog-trace-id", "6"),
        ("x-datadog-origin", "synthetics"),
    ];
    let table = [
        (no_datadog_span, 987_654_321, None, "", 0),
        (same, 987_654_321, None, "foo=1", 0),
        (other_trace, 10, None, "", 1),
        (other_parent, 987_654_321, Some("000000000000000a"), "foo=1", 0),
        (no_last_parent, 987_654_321, Some("000000000000000a"), "foo=1", 0),
        (other_last_parent, 987_654_321, Some("8fffffffffffffff"), "foo=1", 0),
    ];
    for (headers, parent, last_parent, tracestate, links) in table {
        let extracted = extract(&options("datadog,tracecontext"), &headers);
        assert_eq!(extracted.span_id, parent, "{headers:?}");
        assert_eq!(extracted.last_parent_id.as_deref(), last_parent, "{headers:?}");
        assert_eq!(extracted.tracestate, tracestate, "{headers:?}");
        assert_eq!(extracted.links.len(), links, "{headers:?}");
        let alone = extract(&Options { extract_first: true, ..options("datadog,tracecontext") }, &headers);
        let datadog = extract(&options("datadog"), &headers);
        assert_eq!(alone, datadog, "{headers:?}");
    }
}

#[test]
fn what_the_deciding_style_says_of_sampling_holds_when_tracestate_is_added() {
    let headers: Headers<'_> = &[
        ("traceparent", "00-11111111111111110000000000000002-000000003ade68b1-01"),
        ("tracestate", "dd=s:1;t.tid:1111111111111111,foo=1"),
        ("x-datadog-trace-id", "2"),
        ("x-datadog-parent-id", "987654321"),
        ("x-datadog-sampling-priority", "2"),
        ("x-datadog-tags", "_dd.p.tid=1111111111111111"),
    ];
    let table = [
        ("datadog,b3multi,tracecontext", "dd=s:2;p:00000000000000f0,foo=1"),
        ("tracecontext,datadog,b3multi", "dd=s:1;p:00000000000000f0,foo=1"),
    ];
    for (styles, expected) in table {
        let written = passed_on(&options(styles), headers);
        assert_eq!(value(&written, "tracestate"), Some(expected), "{styles}");
    }
    let first = Options { extract_first: true, ..options("datadog,b3multi,tracecontext") };
    assert_eq!(value(&passed_on(&first, headers), "tracestate"), Some("dd=s:2;p:00000000000000f0"));
}

#[test]
fn datadog_and_w3c_headers_carry_the_same_tags() {
    let headers: Headers<'_> = &[
        ("x-datadog-trace-id", "7890123456789012"),
        ("x-datadog-parent-id", "1234567890123456"),
        ("x-datadog-tags", "_dd.p.dm=-4,_dd.p.usr.id=baz64==,_dd.p.url=http://localhost"),
        ("x-datadog-origin", "synthetics~;=web,z"),
    ];
    let written = passed_on(&options("tracecontext,datadog"), headers);
    let tags = "_dd.p.dm=-4,_dd.p.usr.id=baz64==,_dd.p.url=http://localhost";
    let tracestate = "dd=o:synthetics__~web_z;p:00000000000000f0;t.dm:-4;t.usr.id:baz64~~;t.url:http://localhost";
    assert_eq!(value(&written, "x-datadog-tags"), Some(tags));
    assert_eq!(value(&written, "x-datadog-origin"), Some("synthetics~;=web,z"));
    assert_eq!(value(&written, "tracestate"), Some(tracestate));
}

const CONFLICTING: Headers<'_> = &[
    ("x-datadog-trace-id", "2"),
    ("x-datadog-parent-id", "2"),
    ("x-datadog-sampling-priority", "2"),
    ("x-datadog-tags", "_dd.p.tid=1111111111111111,_dd.p.dm=-4"),
    W3C,
    ("x-b3-traceid", "22222222222222223333333333333333"),
    ("x-b3-spanid", "4444444444444444"),
    ("x-b3-sampled", "0"),
    ("baggage", "key1=value1"),
];

#[test]
fn contexts_of_other_traces_become_links() {
    let extracted = extract(&options("datadog,tracecontext,b3multi,baggage"), &CONFLICTING);
    assert_eq!((extracted.trace_id, extracted.span_id), (0x1111_1111_1111_1111_0000_0000_0000_0002, 2));
    let b3_trace_id = 0x2222_2222_2222_2222_3333_3333_3333_3333;
    let expected = [
        link(W3C_TRACE_ID, 0x1234_5678_9012_3456, 1, "dd=s:1", "terminated_context", "tracecontext"),
        link(b3_trace_id, 0x4444_4444_4444_4444, 0, "", "terminated_context", "b3multi"),
    ];
    assert_eq!(extracted.links, expected);
}

#[test]
fn only_a_link_to_a_w3c_context_has_a_tracestate() {
    const TRACESTATE: &str = "dd=s:2;p:000000000000000a,foo=1";
    let w3c = [("traceparent", "00-11111111111111110000000000000002-000000003ade68b1-01"), ("tracestate", TRACESTATE)];
    let datadog = [("x-datadog-trace-id", "2"), ("x-datadog-parent-id", "10"), ("x-datadog-sampling-priority", "2")];
    let b3 = [("x-b3-traceid", "11111111111111110000000000000003"), ("x-b3-spanid", "a2fb4a1d1a96d312")];
    let headers = [&w3c[..], &datadog, &b3].concat();
    let table = [
        ("datadog,tracecontext,b3multi", [("tracecontext", TRACESTATE), ("b3multi", "")]),
        ("tracecontext,datadog,b3multi", [("datadog", ""), ("b3multi", "")]),
        ("b3multi,datadog,tracecontext", [("datadog", ""), ("tracecontext", TRACESTATE)]),
    ];
    for (styles, expected) in table {
        let links = extract(&options(styles), &headers).links;
        let found = links.iter().map(|link| (link.attributes[1].1.as_str(), link.tracestate.as_str()));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{styles}");
    }
}

#[test]
fn a_link_to_a_context_without_a_decision_has_no_flags() {
    let headers = [W3C, ("b3", "000000000000000a-000000000000000b")];
    let [link] = extract(&options("tracecontext,b3"), &headers).links.try_into().unwrap();
    assert_eq!((link.trace_id, link.span_id, link.flags, link.tracestate.as_str()), (10, 11, 0, ""));
}

#[test]
fn a_restarted_trace_only_links_to_the_received_one_and_keeps_baggage() {
    let styles = options("datadog,tracecontext,b3multi,baggage");
    let rewritten: Headers<'_> = &[
        ("x-datadog-trace-id", "1"),
        ("x-datadog-parent-id", "1"),
        ("x-datadog-sampling-priority", "2"),
        ("x-datadog-tags", "_dd.p.tid=1111111111111111,_dd.p.dm=-4"),
        ("traceparent", "00-11111111111111110000000000000001-1234567890123456-01"),
        ("baggage", "key1=value1"),
    ];
    let one = 0x1111_1111_1111_1111_0000_0000_0000_0001;
    let table = [
        (CONFLICTING, false, one + 1, 2),
        (CONFLICTING, true, one + 1, 2),
        (rewritten, false, one, 0x1234_5678_9012_3456),
        (rewritten, true, one, 1),
    ];
    for (headers, extract_first, trace_id, span_id) in table {
        let options = Options { behavior: Behavior::Restart, extract_first, ..styles.clone() };
        let extracted = extract(&options, &headers);
        let expected = link(trace_id, span_id, 1, "", "propagation_behavior_extract", "datadog");
        assert_eq!(extracted.links, [expected]);
        assert_eq!(extracted.baggage.get("key1"), Some("value1"));
        assert_eq!(Extracted { links: Vec::new(), baggage: Baggage::new(), ..extracted }, Extracted::default());
    }
    let nothing = extract(&Options { behavior: Behavior::Restart, ..styles }, &[("baggage", "key1=value1")]);
    assert_eq!(nothing.links, []);
    assert_eq!(nothing.baggage.get("key1"), Some("value1"));
}

#[test]
fn an_ignored_context_leaves_nothing_behind() {
    let options = Options { behavior: Behavior::Ignore, ..options("datadog,tracecontext,b3multi,baggage") };
    assert_eq!(extract(&options, &CONFLICTING), Extracted::default());
}

#[test]
fn baggage_is_read_without_ids_and_only_if_configured() {
    let headers: Headers<'_> = &[("x-datadog-trace-id", "123456789"), ("baggage", "user.id=doggo,foo=bar")];
    let table = [("baggage", 0, 2), ("datadog,tracecontext", 123_456_789, 0), ("datadog,baggage", 123_456_789, 2)];
    for (styles, trace_id, items) in table {
        let extracted = extract(&options(styles), &headers);
        assert_eq!((extracted.trace_id, extracted.baggage.iter().count()), (trace_id, items), "{styles}");
        let tag = extracted.baggage_tags.first().map(|(key, value)| (key.as_str(), value.as_str()));
        assert_eq!(tag, (items > 0).then_some(("baggage.user.id", "doggo")), "{styles}");
    }
    let first = Options { extract_first: true, ..options("datadog,baggage") };
    assert_eq!(extract(&first, &headers).baggage.get("foo"), Some("bar"));
}

/// SplitMix64, so that a failure repeats.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let once = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let twice = (once ^ once >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        twice ^ twice >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn text(&mut self, alphabet: &str, max_len: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..=self.below(max_len)).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    fn context(&mut self) -> Extracted {
        let wide = self.below(2) == 0;
        let trace_id = u128::from(self.next().max(1)) | if wide { u128::from(self.next()) << 64 } else { 0 };
        let mut baggage = Baggage::new();
        for _ in 0..self.below(5) {
            baggage.set(&self.text("ab %+;,=\"é\n", 8), &self.text("xy %+;,=\"é\n", 8));
        }
        let tags = ["_dd.p.dm", "_dd.p.usr.id", "_dd.p.ksr"].map(str::to_owned);
        let tags = tags.into_iter().take(self.below(4)).map(|key| (key, format!("-{}", self.below(12)))).collect();
        Extracted {
            trace_id,
            span_id: self.next().max(1),
            priority: Some(self.below(4) as i32 - 1),
            origin: (self.below(2) == 0).then(|| self.text("abc.=-", 20)),
            tags,
            baggage,
            ..Extracted::default()
        }
    }
}

#[test]
fn every_style_reads_back_what_it_wrote() {
    let mut random = Random(5);
    for _ in 0..2_000 {
        let sent = random.context();
        let bare = Extracted {
            trace_id: sent.trace_id,
            span_id: sent.span_id,
            // B3 knows only whether a trace is kept.
            priority: sent.priority.map(|priority| i32::from(priority > 0)),
            ..Extracted::default()
        };
        let without_baggage = Extracted { baggage: Baggage::new(), ..sent.clone() };
        let only_baggage = Extracted { baggage: sent.baggage.clone(), ..Extracted::default() };
        let table = [
            ("datadog", &without_baggage),
            ("tracecontext", &without_baggage),
            ("datadog,tracecontext,baggage", &sent),
            ("tracecontext,baggage,datadog", &sent),
            ("b3", &bare),
            ("b3multi", &bare),
            ("baggage", &only_baggage),
            ("none", &Extracted::default()),
        ];
        for (styles, expected) in table {
            let options = options(styles);
            let carrier = injected(&options, &sent.as_outgoing());
            assert_eq!(extract(&options, &carrier), *expected, "{styles} {carrier:?}");
        }
    }
}

#[test]
fn no_header_is_too_strange_to_be_read() {
    let mut random = Random(6);
    let names = ["x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-tags", "x-datadog-origin", "traceparent"];
    let names = names.into_iter().chain(["tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "baggage"]);
    let names: Vec<&str> = names.collect();
    let options = options("datadog,tracecontext,b3,b3multi,baggage");
    for _ in 0..5_000 {
        let headers: Vec<(&str, String)> = (0..random.below(12))
            .map(|_| (names[random.below(names.len())], random.text("0019af-=,;:.~% ddsopt_\té\0\r\n", 80)))
            .collect();
        let extracted = extract(&options, &headers);
        let mut carrier: Vec<(String, String)> = Vec::new();
        let _ = inject(&options, &Outgoing { span_id: 1, ..extracted.as_outgoing() }, &mut carrier);
        for (name, value) in carrier {
            assert!(header::is_printable(&value), "{name}: {value:?} from {headers:?}");
        }
    }
}
