use crate::{ASSETS, asset, index};

/// What an HTML document asks for by `src` and `href`.
fn references(html: &str) -> Vec<&str> {
    ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn the_index_is_html_that_must_be_asked_for_anew() {
    assert_eq!(index().content_type, "text/html; charset=utf-8");
    assert!(!index().immutable);
    assert!(index().bytes.starts_with(b"<!doctype html>"));
}

#[test]
fn everything_the_index_asks_for_is_embedded() {
    let html = str::from_utf8(index().bytes).expect("the index is UTF-8");
    for reference in references(html) {
        assert!(asset(reference).is_some(), "{reference} is missing");
    }
}

#[test]
fn every_asset_is_found_by_its_path_and_has_a_type_that_browsers_accept() {
    for known in ASSETS {
        let found = asset(known.path).expect("the table is sorted");
        assert_eq!(found.bytes, known.bytes);
        assert_ne!(found.content_type, "application/octet-stream", "{}", known.path);
        assert_eq!(found.immutable, known.path.starts_with("/assets/"), "{}", known.path);
    }
}

#[test]
fn the_index_has_nothing_that_a_strict_content_security_policy_refuses() {
    let html = str::from_utf8(index().bytes).expect("the index is UTF-8");
    assert!(!html.contains("<style"), "inline style");
    assert!(!html.contains("style=\""), "inline style");
    for script in html.split("<script").skip(1) {
        assert!(script.split('>').next().is_some_and(|tag| tag.contains("src=\"")), "inline script");
    }
}

#[test]
fn paths_that_nobody_built_are_not_found() {
    for path in ["", "/", "/index.html", "/assets/", "/assets/../index.html", "assets/index.js", "/apm/traces"] {
        assert!(asset(path).is_none(), "{path}");
    }
}
