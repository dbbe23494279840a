//! What is read from a `tracestate` and what is written, as tables.

use super::super::Baggage;
use super::*;

const TRACE_ID: u128 = 0x640c_fd8d_0000_0000_abcd_efab_1234_5678;

fn extracted(headers: &[&str], sampled: bool) -> Extracted {
    let priority = Some(i32::from(sampled));
    let mut extracted = Extracted { trace_id: TRACE_ID, priority, ..Extracted::default() };
    let headers: Vec<(&str, &str)> = headers.iter().map(|&value| ("tracestate", value)).collect();
    read(&headers, "tracestate", sampled, &mut extracted);
    extracted
}

fn tag<'a>(extracted: &'a Extracted, key: &str) -> Option<&'a str> {
    extracted.tags.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

#[test]
fn the_flag_of_traceparent_wins_over_a_priority_that_contradicts_it() {
    let table = [
        (true, "foo=1", 1, None),
        (true, "dd=s:2", 2, None),
        (true, "dd=s:2;t.dm:-4", 2, Some("-4")),
        (true, "dd=s:-1", 1, Some("-0")),
        (true, "dd=s:0;t.dm:-0", 1, Some("-0")),
        (true, "dd=s:-1;t.dm:-4", 1, Some("-0")),
        (true, "dd=t.dm:-4;s:-1", 1, Some("-0")),
        (true, "dd=t.dm:-4", 1, Some("-4")),
        (true, "dd=s:keep;t.dm:-4", 1, Some("-4")),
        (false, "foo=1", 0, None),
        (false, "dd=s:-1;t.dm:-3", -1, Some("-3")),
        (false, "dd=s:1", 0, None),
        (false, "dd=s:1;t.dm:-0", 0, None),
        (false, "dd=s:2;t.dm:-4", 0, None),
        (false, "dd=t.dm:-4;s:2", 0, None),
    ];
    for (sampled, header, priority, dm) in table {
        let extracted = extracted(&[header], sampled);
        assert_eq!(extracted.priority, Some(priority), "{sampled} {header}");
        assert_eq!(tag(&extracted, "_dd.p.dm"), dm, "{sampled} {header}");
    }
}

#[test]
fn origin_last_parent_and_tags_are_read() {
    let header = "key1=value1,dd=s:2;o:rum~web;p:0123456789abcdef;t.dm:-4;t.usr.id:12345~;t.url:http://localhost";
    let extracted = extracted(&[header], true);
    assert_eq!(extracted.origin.as_deref(), Some("rum=web"));
    assert_eq!(extracted.last_parent_id.as_deref(), Some("0123456789abcdef"));
    assert_eq!(tag(&extracted, "_dd.p.dm"), Some("-4"));
    assert_eq!(tag(&extracted, "_dd.p.usr.id"), Some("12345="));
    assert_eq!(tag(&extracted, "_dd.p.url"), Some("http://localhost"));
    assert_eq!(extracted.tracestate, "key1=value1");
}

#[test]
fn the_last_parent_is_taken_as_it_is() {
    for (header, expected) in [("dd=s:2;p:XX!X", Some("XX!X")), ("dd=s:2;p:", None), ("dd=s:2", None), ("foo=1", None)]
    {
        assert_eq!(extracted(&[header], true).last_parent_id.as_deref(), expected, "{header}");
    }
}

#[test]
fn the_id_of_traceparent_stands_whatever_the_high_half_says() {
    let table = [
        ("dd=t.tid:640cfd8d00000000", None),
        ("dd=t.tid:640cfd8d0000ffff", Some("inconsistent_tid 640cfd8d0000ffff")),
        ("dd=t.tid:XXXX", Some("malformed_tid XXXX")),
        ("dd=t.tid:640CFD8D00000000", Some("malformed_tid 640CFD8D00000000")),
    ];
    for (header, error) in table {
        let extracted = extracted(&[header], true);
        assert_eq!(extracted.trace_id, TRACE_ID, "{header}");
        assert_eq!(extracted.propagation_error.as_deref(), error, "{header}");
        assert_eq!(extracted.tags, [], "{header}");
    }
}

#[test]
fn members_of_others_are_kept_in_order_over_all_headers() {
    let table: &[(&[&str], &str)] = &[
        (&["foo=1,bar=2"], "foo=1,bar=2"),
        (&["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3"),
        (&["foo=1", ""], "foo=1"),
        (&["", "foo=1"], "foo=1"),
        (&[""], ""),
        (&["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
        (&["foo=1\t \t,\t \tbar=2,\t \tbaz=3"], "foo=1,bar=2,baz=3"),
        (&["\t foo=1 \t"], "foo=1"),
        (&["foo=1,foo=1", "foo=2"], "foo=1,foo=1,foo=2"),
        (&["foo=1,dd=s:2,bar=2", "dd=s:1"], "foo=1,bar=2"),
        (&["a@b=1,c=, d e=f"], "a@b=1,c=,d e=f"),
        // What would make receivers drop the list is left out.
        (&["foo,=1,bar=2"], "bar=2"),
        (&["foo=\0,bar=é,a=b\r\nc: d,baz=3"], "baz=3"),
    ];
    for &(headers, expected) in table {
        assert_eq!(extracted(headers, true).tracestate, expected, "{headers:?}");
    }
}

#[test]
fn all_characters_that_w3c_allows_are_kept() {
    let value: String = (' '..='~').filter(|&character| character != ',' && character != '=').collect();
    for key in ["abcdefghijklmnopqrstuvwxyz0123456789_-*/", "abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/"] {
        let member = format!("{key}={value}");
        assert_eq!(extracted(&[&member], false).tracestate, member);
    }
}

#[test]
fn the_first_member_of_ours_counts() {
    let extracted = extracted(&["dd=s:2;o:first,dd=s:1;o:second", "dd=o:third"], true);
    assert_eq!((extracted.priority, extracted.origin.as_deref()), (Some(2), Some("first")));
}

#[test]
fn a_member_of_ours_that_is_too_long_or_unprintable_is_not_read() {
    let fits = format!("dd=s:2;o:{}", "x".repeat(247));
    assert_eq!(extracted(&[&fits], true).priority, Some(2));
    for header in [format!("{fits}x,foo=1"), "dd=s:2;o:é,foo=1".to_owned(), "dd=s:2;o:\0,foo=1".to_owned()] {
        let extracted = extracted(&[&header], true);
        assert_eq!((extracted.priority, extracted.origin.as_deref()), (Some(1), None));
        assert_eq!(extracted.tracestate, "foo=1");
    }
}

#[test]
fn at_most_31_members_of_others_are_kept_and_ours_may_be_anywhere() {
    let members = |count: usize| (1..=count).map(|n| format!("key{n}=value{n}")).collect::<Vec<_>>().join(",");
    let table = [
        (members(31), members(31), 1),
        (members(32), members(31), 1),
        (format!("{},dd=s:2", members(31)), members(31), 2),
        (format!("dd=s:2,{}", members(31)), members(31), 2),
        (format!("{},dd=s:2", members(10_000)), members(31), 2),
    ];
    for (header, others, priority) in table {
        let extracted = extracted(&[&header], true);
        assert_eq!(extracted.tracestate, others);
        assert_eq!(extracted.priority, Some(priority));
    }
    let long = format!("long={},foo=1", "x".repeat(1 << 20));
    assert_eq!(extracted(&[&long], true).tracestate, "foo=1");
}

static NO_BAGGAGE: Baggage = Baggage::new();

fn outgoing() -> Outgoing<'static> {
    Outgoing {
        trace_id: TRACE_ID,
        span_id: 0xf0,
        priority: Some(2),
        origin: None,
        tags: &[],
        tracestate: "",
        last_parent: LastParent::ThisSpan,
        baggage: &NO_BAGGAGE,
    }
}

fn owned(tags: &[(&str, &str)]) -> Vec<(String, String)> {
    tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn ours_is_written_first_with_the_span_that_sends() {
    let tags = owned(&[("_dd.p.dm", "-4"), ("_dd.p.usr.id", "baz64=="), ("other", "x")]);
    let table = [
        (outgoing(), "dd=s:2;p:00000000000000f0"),
        (Outgoing { priority: None, ..outgoing() }, "dd=p:00000000000000f0"),
        (Outgoing { priority: Some(-1), ..outgoing() }, "dd=s:-1;p:00000000000000f0"),
        (Outgoing { tracestate: "foo=1,bar=2", ..outgoing() }, "dd=s:2;p:00000000000000f0,foo=1,bar=2"),
        (
            Outgoing { origin: Some("rum"), tags: &tags, ..outgoing() },
            "dd=s:2;o:rum;p:00000000000000f0;t.dm:-4;t.usr.id:baz64~~",
        ),
    ];
    for (outgoing, expected) in table {
        assert_eq!(outgoing.to_tracestate(), expected);
    }
}

#[test]
fn without_a_span_of_ours_the_last_parent_is_as_it_was_received() {
    let received = |id| Outgoing { last_parent: LastParent::Received(id), ..outgoing() };
    assert_eq!(received(Some("0123456789abcdef")).to_tracestate(), "dd=s:2;p:0123456789abcdef");
    assert_eq!(received(None).to_tracestate(), "dd=s:2");
    assert_eq!(Outgoing { priority: None, ..received(None) }.to_tracestate(), "");
    assert_eq!(Outgoing { priority: None, tracestate: "foo=1", ..received(None) }.to_tracestate(), "foo=1");
}

#[test]
fn what_would_end_a_field_is_substituted() {
    let origins = [
        ("synthetics~;=web,z", "synthetics__~web_z"),
        ("tracing2.0", "tracing2.0"),
        ("a b\t\u{e9}\u{e8}c", "a_b_c"),
        ("\0", "_"),
    ];
    for (origin, expected) in origins {
        let written = Outgoing { origin: Some(origin), ..outgoing() }.to_tracestate();
        assert_eq!(written, format!("dd=s:2;o:{expected};p:00000000000000f0"), "{origin:?}");
    }
    let tags = [
        (("_dd.p.url", "http://localhost"), "t.url:http://localhost"),
        (("_dd.p.a", "b c=d~e;f,g"), "t.a:b c~d_e_f_g"),
        (("_dd.p.a;b:c=d", "e\r\nf"), "t.a_b_c_d:e_f"),
        (("_dd.p.\u{e9}", "\u{1f600}"), "t._:_"),
    ];
    for (tag, expected) in tags {
        let written = Outgoing { tags: &owned(&[tag]), ..outgoing() }.to_tracestate();
        assert_eq!(written, format!("dd=s:2;p:00000000000000f0;{expected}"), "{tag:?}");
    }
}

#[test]
fn fields_that_do_not_fit_256_characters_are_left_out_whole() {
    let long = |len: usize| "x".repeat(len);
    // `dd=s:2;p:` and the id are 25 characters, `;t.a:` is 5.
    let fits = owned(&[("_dd.p.a", &long(226))]);
    assert_eq!(Outgoing { tags: &fits, ..outgoing() }.to_tracestate().len(), MAX_OUR_LEN);
    let too_long = owned(&[("_dd.p.a", &long(227)), ("_dd.p.dm", "-4")]);
    let written = Outgoing { tags: &too_long, ..outgoing() }.to_tracestate();
    assert_eq!(written, "dd=s:2;p:00000000000000f0;t.dm:-4");
    for len in [228, 229, 1 << 20] {
        let origin = long(len);
        let written = Outgoing { origin: Some(&origin), tracestate: "foo=1", ..outgoing() }.to_tracestate();
        let ours = written.strip_suffix(",foo=1").unwrap();
        assert!(ours.len() <= MAX_OUR_LEN && ours.ends_with("p:00000000000000f0"), "{len}: {ours}");
        assert_eq!(ours.contains(";o:"), len == 228, "{len}");
    }
}
