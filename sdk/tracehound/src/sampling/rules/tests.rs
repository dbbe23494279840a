//! How rules are read.

use super::*;
use crate::sampling::{Tag, TestSpan};

fn span<'a>(tags: &'a [(&'a str, Tag<'a>)]) -> TestSpan<'a> {
    TestSpan { service: "webserver", name: "web.request", resource: "/bar", tags }
}

#[test]
fn all_conditions_of_a_rule_must_hold() {
    let tags = [
        ("tag1", Tag::Text("val1")),
        ("tag2", Tag::Text("val2")),
        ("code", Tag::Number(404.0)),
        ("ratio", Tag::Number(0.5)),
    ];
    for (rule, expected) in [
        (r#"{}"#, true),
        (r#"{"service": "webserver"}"#, true),
        (r#"{"service": "webserver.non-matching"}"#, false),
        (r#"{"service": "WEB*"}"#, true),
        (r#"{"service": ""}"#, true),
        (r#"{"service": null}"#, true),
        (r#"{"service": "webserver", "name": "web.request.other"}"#, false),
        (r#"{"service": "webserv?r", "name": "web.req*"}"#, true),
        (r#"{"resource": "/b?r"}"#, true),
        (r#"{"resource": "/b"}"#, false),
        (r#"{"tags": {}}"#, true),
        (r#"{"tags": {"tag1": "val1"}}"#, true),
        (r#"{"tags": {"tag1": "val1", "tag2": "va*.non-matching"}}"#, false),
        (r#"{"tags": {"tag1": "v?l1", "tag2": "val*"}}"#, true),
        (r#"{"tags": {"tag3": "*"}}"#, false),
        (r#"{"tags": {"code": "404"}}"#, true),
        (r#"{"tags": {"code": 404}}"#, true),
        (r#"{"tags": {"code": "4*"}}"#, true),
        (r#"{"tags": {"ratio": "*"}}"#, true),
        (r#"{"tags": {"ratio": "0.5"}}"#, false),
        (r#"{"service": "webs?rver", "name": "web.request", "resource": "/ba*", "tags": {"tag1": "v?l1"}}"#, true),
    ] {
        let (rules, problems) = parse_trace_rules(&format!("[{rule}]"));
        assert_eq!((rules.len(), problems.len()), (1, 0), "{rule}");
        assert_eq!(rules[0].conditions.hold(&span(&tags)), expected, "{rule}");
    }
}

#[test]
fn rates_are_from_0_to_1_and_1_if_missing() {
    for (rule, expected) in [
        (r#"{"sample_rate": 0}"#, Some(0.0)),
        (r#"{"sample_rate": 1}"#, Some(1.0)),
        (r#"{"sample_rate": 0.7654321}"#, Some(0.7654321)),
        (r#"{"sample_rate": 1e-06}"#, Some(1e-6)),
        (r#"{"sample_rate": "0.25"}"#, Some(0.25)),
        (r#"{"sample_rate": 1e-400}"#, Some(0.0)),
        (r#"{}"#, Some(1.0)),
        (r#"{"sample_rate": null}"#, Some(1.0)),
        (r#"{"sample_rate": 1.01}"#, None),
        (r#"{"sample_rate": -0.01}"#, None),
        (r#"{"sample_rate": 50}"#, None),
        (r#"{"sample_rate": "NaN"}"#, None),
        (r#"{"sample_rate": "1e400"}"#, None),
        (r#"{"sample_rate": "half"}"#, None),
        (r#"{"sample_rate": true}"#, None),
        (r#"{"sample_rate": [0.5]}"#, None),
    ] {
        let json = format!("[{rule}]");
        let (rules, problems) = parse_trace_rules(&json);
        assert_eq!(rules.first().map(|rule| rule.rate), expected, "{rule}");
        assert_eq!(problems.is_empty(), expected.is_some(), "{rule}: {problems:?}");
        let (rules, _) = parse_span_rules(&json);
        assert_eq!(rules.first().map(|rule| rule.rate), expected, "{rule}");
    }
}

#[test]
fn where_a_rule_came_from_is_its_mechanism() {
    for (rule, tag) in [
        (r#"{}"#, "-3"),
        (r#"{"provenance": "local"}"#, "-3"),
        (r#"{"provenance": "default"}"#, "-3"),
        (r#"{"provenance": 7}"#, "-3"),
        (r#"{"provenance": "customer"}"#, "-11"),
        (r#"{"provenance": " Dynamic "}"#, "-12"),
    ] {
        let (rules, _) = parse_trace_rules(&format!("[{rule}]"));
        assert_eq!(rules[0].mechanism.tag(), tag, "{rule}");
    }
}

#[test]
fn limits_of_single_spans_are_per_second_and_none_if_missing_or_negative() {
    for (rule, expected) in [
        (r#"{}"#, Some(None)),
        (r#"{"max_per_second": null}"#, Some(None)),
        (r#"{"max_per_second": -1}"#, Some(None)),
        (r#"{"max_per_second": 50}"#, Some(Some(50.0))),
        (r#"{"max_per_second": 0.5}"#, Some(Some(0.5))),
        (r#"{"max_per_second": 0}"#, Some(Some(0.0))),
        (r#"{"max_per_second": "many"}"#, None),
        (r#"{"max_per_second": {}}"#, None),
    ] {
        let (rules, problems) = parse_span_rules(&format!("[{rule}]"));
        assert_eq!(rules.first().map(|rule| rule.max_per_second), expected, "{rule}");
        assert_eq!(problems.is_empty(), expected.is_some(), "{rule}: {problems:?}");
    }
}

#[test]
fn a_bad_rule_is_skipped_and_the_others_stay() {
    let json = r#"[{"service": 5}, {"tags": "a:b"}, {"tags": {"a": {}}}, 7, null, [], "rule", {"sample_rate": 2}, {"sample_rate": 0.5}]"#;
    let (rules, problems) = parse_trace_rules(json);
    assert_eq!(rules.iter().map(|rule| rule.rate).collect::<Vec<_>>(), [0.5]);
    assert_eq!(
        problems,
        [
            "rule 1 is skipped: service is not a text: 5",
            "rule 2 is skipped: tags are not an object: \"a:b\"",
            "rule 3 is skipped: tag a is not a text: {}",
            "rule 4 is skipped: not an object",
            "rule 5 is skipped: not an object",
            "rule 6 is skipped: not an object",
            "rule 7 is skipped: not an object",
            "rule 8 is skipped: sample_rate 2 is not between 0 and 1",
        ]
    );
}

#[test]
fn unknown_keys_are_left_alone() {
    let (rules, problems) =
        parse_trace_rules(r#"[{"sample_rate": 0.5, "target_span": "root", "max_per_second": [], "type": 1}]"#);
    assert_eq!((rules.len(), problems), (1, Vec::new()));
}

#[test]
fn nothing_is_no_rules_and_bad_json_is_one_warning() {
    for json in ["", "  \n", "[]"] {
        assert_eq!(parse_trace_rules(json), (Vec::new(), Vec::new()), "{json}");
    }
    let deep = "[".repeat(100_000);
    for json in
        ["[", "{}", "null", "7", "[{]", "[{\"sample_rate\": 1e400}]", "[{\"sample_rate\": NaN}]", "[{}] x", &deep]
    {
        let (rules, problems) = parse_trace_rules(json);
        assert_eq!((rules.len(), problems.len()), (0, 1), "{json:.20}: {problems:?}");
        assert_eq!(parse_span_rules(json).1.len(), 1, "{json:.20}");
    }
}

#[test]
fn ten_thousand_rules_are_used_and_more_are_not() {
    let list = |count: usize| format!("[{}{{}}]", r#"{"service": "*a*a*b", "sample_rate": 0},"#.repeat(count - 1));
    let (rules, problems) = parse_trace_rules(&list(10_000));
    assert_eq!((rules.len(), problems.len()), (10_000, 0));
    assert!(!rules[0].conditions.hold(&span(&[])) && rules[9_999].conditions.hold(&span(&[])));
    let (rules, problems) = parse_trace_rules(&list(10_001));
    assert_eq!(rules.len(), 10_000);
    assert_eq!(problems, ["of 10001 rules only the first 10000 are used"]);
}

#[test]
fn ten_thousand_bad_rules_are_few_and_short_warnings() {
    let bad = format!(r#"{{"service": ["{}"]}},"#, "é".repeat(200));
    let (rules, problems) = parse_trace_rules(&format!("[{}7]", bad.repeat(9_999)));
    assert_eq!((rules.len(), problems.len()), (0, 11));
    assert!(problems.iter().all(|problem| problem.chars().count() < 150), "{problems:?}");
    assert_eq!(problems[10], "9990 more rules are skipped");
}
