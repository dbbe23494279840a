//! What the agent documents of its filters, as inputs and outcomes.

use super::*;
use crate::sampling::TestSpan;

fn config(list: fn(&mut FilterConfig) -> &mut Vec<String>, filters: &[&str]) -> FilterConfig {
    let mut config = FilterConfig::default();
    *list(&mut config) = filters.iter().map(|filter| (*filter).to_owned()).collect();
    config
}

fn reject(config: &mut FilterConfig) -> &mut Vec<String> {
    &mut config.reject
}

fn reject_regex(config: &mut FilterConfig) -> &mut Vec<String> {
    &mut config.reject_regex
}

fn require(config: &mut FilterConfig) -> &mut Vec<String> {
    &mut config.require
}

fn require_regex(config: &mut FilterConfig) -> &mut Vec<String> {
    &mut config.require_regex
}

fn ignore(config: &mut FilterConfig) -> &mut Vec<String> {
    &mut config.ignore_resources
}

fn root<'a>(tags: &'a [(&'a str, Tag<'a>)]) -> TestSpan<'a> {
    TestSpan { service: "shop", name: "web.request", resource: "GET /", tags }
}

#[test]
fn no_filters_reject_nothing() {
    let filters = Filters::parse(&FilterConfig::default());
    assert!(filters.is_empty());
    assert!(!filters.rejects(&root(&[])));
}

#[test]
fn tags_are_rejected_and_required_by_key_value_and_regex() {
    let yes = Tag::Text("true");
    let no = Tag::Text("false");
    let within = Tag::Text("something true something");
    for (list, filters, tags, rejected) in [
        (reject as fn(&mut _) -> &mut _, &["t:true"][..], &[("t", yes)][..], true),
        (reject, &["t:true"], &[("t", no)], false),
        (reject, &["t:true"], &[], false),
        (reject, &["t"], &[("t", no)], true),
        (reject, &["t"], &[("u", no)], false),
        (reject, &["t:"], &[("t", no)], true),
        (reject, &["t:a:b"], &[("t", Tag::Text("a:b"))], true),
        (reject, &["a", "t"], &[("t", no)], true),
        (reject, &[" \tt \t:\t true\t "], &[("t", yes)], true),
        (reject, &["t:TRUE"], &[("t", yes)], false),
        (reject_regex, &["t:.*true.*"], &[("t", within)], true),
        (reject_regex, &["t:tr.e"], &[("t", within)], true),
        (reject_regex, &["t:^true$"], &[("t", within)], false),
        (reject_regex, &["t:.*true.*"], &[], false),
        (reject_regex, &["t"], &[("t", no)], true),
        (require, &["t:true"], &[("t", yes)], false),
        (require, &["t:true"], &[("t", no)], true),
        (require, &["t:true"], &[], true),
        (require, &["t"], &[("t", no)], false),
        (require, &["t", "u"], &[("t", no)], true),
        (require, &["t", "u"], &[("t", no), ("u", no)], false),
        (require_regex, &["t:.*true.*"], &[("t", within)], false),
        (require_regex, &["t:.*true.*"], &[("t", no)], true),
        (require_regex, &["t:.*true.*"], &[], true),
    ] {
        let config = config(list, filters);
        assert_eq!(Filters::parse(&config).rejects(&root(tags)), rejected, "{config:?} on {tags:?}");
    }
}

#[test]
fn resources_are_ignored_by_regex() {
    for (expression, resource, rejected) in [
        (".*ignored.*", "this is an ignored span because of its resource", true),
        (".*ignored.*", "this resource is kept", false),
        ("ignored", "an ignored one", true),
        ("^GET /health", "GET /healthz", true),
        ("^/health", "GET /healthz", false),
    ] {
        let filters = Filters::parse(&config(ignore, &[expression]));
        assert_eq!(filters.rejects(&TestSpan { resource, ..root(&[]) }), rejected, "{expression} on {resource}");
    }
}

#[test]
fn filters_see_what_the_agent_would() {
    // An empty resource is the span's name.
    let by_name = Filters::parse(&config(ignore, &["^web_app\\.request$"]));
    assert!(by_name.rejects(&TestSpan { resource: "", name: "web app.request", ..root(&[]) }));
    for (filter, key, value, rejected) in [
        ("env:prod_env", "env", Tag::Text("Prod Env"), true),
        ("env:Prod Env", "env", Tag::Text("Prod Env"), false),
        ("peer.service:my_db", "peer.service", Tag::Text("My DB"), true),
        ("_dd.base_service:my_app", "_dd.base_service", Tag::Text("My App"), true),
        ("team:My Team", "team", Tag::Text("My Team"), true),
        // A status that is none is deleted.
        ("http.status_code:999", "http.status_code", Tag::Text("999"), false),
        ("http.status_code", "http.status_code", Tag::Text("99"), false),
        ("http.status_code", "http.status_code", Tag::Text("+200"), false),
        ("http.status_code", "http.status_code", Tag::Text("200 OK"), false),
        ("http.status_code", "http.status_code", Tag::Text(""), false),
        ("http.status_code:404", "http.status_code", Tag::Text("404"), true),
        ("retries:3", "retries", Tag::Number(3.0), true),
        ("ratio:0.5", "ratio", Tag::Number(0.5), true),
    ] {
        let filters = Filters::parse(&config(reject, &[filter]));
        assert_eq!(filters.rejects(&root(&[(key, value)])), rejected, "{filter} on {value:?}");
    }
}

#[test]
fn an_invalid_regex_is_left_out_and_the_others_stay() {
    for list in [reject_regex as fn(&mut _) -> &mut _, require_regex] {
        let filters = Filters::parse(&config(list, &["t:[invalid"]));
        assert!(filters.is_empty(), "{filters:?}");
    }
    let filters = Filters::parse(&config(ignore, &["(", "health"]));
    assert!(filters.rejects(&TestSpan { resource: "GET /health", ..root(&[]) }));
    assert!(!filters.rejects(&root(&[("t", Tag::Text("[invalid"))])));
}

#[test]
fn a_regex_yields_to_an_exact_filter_on_the_same_key() {
    let rejecting =
        FilterConfig { reject: vec!["t:a".into()], reject_regex: vec!["t:.*".into()], ..FilterConfig::default() };
    let filters = Filters::parse(&rejecting);
    assert!(filters.rejects(&root(&[("t", Tag::Text("a"))])));
    assert!(!filters.rejects(&root(&[("t", Tag::Text("b"))])));
    // Only of the same kind.
    let both = FilterConfig { require: vec!["t".into()], reject_regex: vec!["t:b".into()], ..FilterConfig::default() };
    assert!(Filters::parse(&both).rejects(&root(&[("t", Tag::Text("b"))])));
}

#[test]
fn filters_without_a_key_are_left_out() {
    for list in [reject as fn(&mut _) -> &mut _, require, reject_regex, require_regex] {
        assert!(Filters::parse(&config(list, &["", " ", ":", ":value", " : value"])).is_empty());
    }
}

#[test]
fn filters_have_an_end() {
    let many: Vec<String> = (0..5_000).map(|n| format!("key{n}:value")).collect();
    let filters = Filters::parse(&FilterConfig { reject: many, ..FilterConfig::default() });
    assert_eq!(filters.reject.len(), MAX_FILTERS);
}

#[test]
fn expressions_that_would_take_long_are_left_out_and_ordinary_ones_stay() {
    let filters = Filters::parse(&config(ignore, &["(x*y?){3000}z", "health", "(?:a{1000}){1000}"]));
    assert_eq!(filters.ignored.len(), 1);
    assert!(filters.rejects(&TestSpan { resource: "GET /health", ..root(&[]) }));
    // A little of each, and a thousand of them.
    let filters = Filters::parse(&config(ignore, &["(x+x+)+[a-z]{100}y$"; 1_000]));
    assert!(filters.ignored.len() < 20, "{}", filters.ignored.len());
}

#[test]
fn expressions_see_the_beginning_of_a_text() {
    let filters = Filters::parse(&config(ignore, &["é$", "end"]));
    let long = format!("{}end", "é".repeat(MAX_MATCHED));
    assert!(filters.rejects(&TestSpan { resource: &long, ..root(&[]) }));
    let filters = Filters::parse(&config(ignore, &["end"]));
    assert!(!filters.rejects(&TestSpan { resource: &long, ..root(&[]) }));
}
