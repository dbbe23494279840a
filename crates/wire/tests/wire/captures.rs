//! Bodies of unmodified tracers hold what another decoder found in them.

use std::collections::{BTreeMap, HashSet};

use tracehound_model::{Attribute, Event};

use crate::support::{Seen, SeenSpan, expected, recorded, see};

#[test]
fn every_recorded_folder_has_the_figures_of_expected_json() {
    let folders = expected();
    assert!(folders.len() >= 15, "the captures are there");
    for (folder, wanted) in folders.iter().filter(|(folder, _)| !folder.starts_with("malformed")) {
        let seen = see_folder(folder);
        let spans = || seen.iter().flat_map(Seen::spans);
        let mut by_service: BTreeMap<&str, u64> = BTreeMap::new();
        // expected.json leaves out the one service of 150 characters.
        let services = spans().map(|span| span.service.as_str()).filter(|service| service.len() <= 100);
        services.for_each(|service| *by_service.entry(service).or_default() += 1);
        let figures = serde_json::json!({
            "trace_requests": seen.len(),
            "chunks": seen.iter().map(|seen| seen.chunks.len()).sum::<usize>(),
            "traces": spans().map(|span| span.trace_id).collect::<HashSet<_>>().len(),
            "spans": spans().count(),
            "distinct_spans": spans().map(|span| (span.trace_id, span.span_id)).collect::<HashSet<_>>().len(),
            "error_spans": spans().filter(|span| span.error).count(),
            "parentless_spans": spans().filter(|span| span.parent_id == 0).count(),
            "top_level_spans": spans().filter(|span| metric(span, "_dd.top_level").is_some()).count(),
            "links": spans().map(|span| span.extras.links.len()).sum::<usize>(),
            "events": spans().map(|span| span.extras.events.len()).sum::<usize>(),
            "services": by_service,
        });
        for (figure, value) in figures.as_object().unwrap() {
            assert_eq!(value, &wanted[figure], "{figure} of {folder}");
        }
        assert_eq!(seen.iter().map(|seen| seen.unparsed_extras).sum::<u32>(), 0, "{folder}");
    }
}

#[test]
fn the_roots_of_hand_made_cases_have_every_tag_link_and_event_that_was_given() {
    let mut cases_seen = 0;
    for (folder, wanted) in &expected() {
        let seen = see_folder(folder);
        for case in wanted["cases"].as_array().into_iter().flatten() {
            let wanted = &case["span"];
            let what = format!("{} of {folder}", case["case"]);
            let span = seen.iter().flat_map(Seen::spans).find(|span| decimal(span.span_id) == wanted["span_id"]);
            let span = span.unwrap_or_else(|| panic!("{what}"));
            assert_eq!(decimal(span.parent_id), wanted["parent_id"], "{what}");
            assert_eq!(decimal(span.start), wanted["start_ns"], "{what}");
            assert_eq!(decimal(span.duration), wanted["duration_ns"], "{what}");
            for (key, value) in wanted["meta"].as_object().unwrap().iter().filter(|(_, value)| value.is_string()) {
                let sent = span.meta.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str());
                assert_eq!(sent, value.as_str(), "{key}, {what}");
            }
            for (key, value) in wanted["metrics"].as_object().unwrap() {
                assert_eq!(metric(span, key), value.as_f64(), "{key}, {what}");
            }
            assert_eq!(links_as_json(span), said_links(wanted), "{what}");
            assert_eq!(events_as_json(span), said_events(wanted), "{what}");
            cases_seen += 1;
        }
    }
    assert!(cases_seen >= 90, "{cases_seen}");
}

fn see_folder(folder: &str) -> Vec<Seen> {
    let requests = recorded(folder);
    requests.iter().map(|r| see(r.format, &r.body).unwrap_or_else(|error| panic!("{}: {error}", r.name))).collect()
}

fn decimal(number: impl ToString) -> String {
    number.to_string()
}

fn metric(span: &SeenSpan, key: &str) -> Option<f64> {
    span.metrics.iter().find(|(k, _)| k == key).map(|&(_, value)| value)
}

/// The links of expected.json, without what says nothing.
fn said_links(span: &serde_json::Value) -> serde_json::Value {
    let mut links = span.get("links").cloned().unwrap_or_default();
    for link in links.as_array_mut().into_iter().flatten() {
        let nothing = [serde_json::json!(null), serde_json::json!(""), serde_json::json!({})];
        link.as_object_mut().unwrap().retain(|_, value| !nothing.contains(value));
    }
    links
}

/// The events of expected.json; times that were sent as floats stand there as floats.
fn said_events(span: &serde_json::Value) -> serde_json::Value {
    let mut events = span.get("events").cloned().unwrap_or_default();
    for event in events.as_array_mut().into_iter().flatten() {
        let time = event["time_ns"].as_str().unwrap();
        if time.contains('e') {
            event["time_ns"] = (time.parse::<f64>().unwrap() as i64).to_string().into();
        }
    }
    events
}

fn links_as_json(span: &SeenSpan) -> serde_json::Value {
    let links = span.extras.links.iter().map(|link| {
        let attributes: serde_json::Map<_, _> =
            link.attributes.iter().map(|(key, value)| (key.to_string(), as_json(value))).collect();
        let mut json = serde_json::json!({
            "trace_id": link.trace_id.to_string(),
            "span_id": link.span_id.to_string(),
        });
        if !attributes.is_empty() {
            json["attributes"] = attributes.into();
        }
        if !link.tracestate.is_empty() {
            json["tracestate"] = (*link.tracestate).into();
        }
        if let Some(flags) = link.flags {
            json["flags"] = flags.into();
        }
        json
    });
    Some(links.collect::<Vec<_>>()).filter(|links| !links.is_empty()).into()
}

fn events_as_json(span: &SeenSpan) -> serde_json::Value {
    let event = |event: &Event| {
        let attributes: serde_json::Map<_, _> =
            event.attributes.iter().map(|(key, value)| (key.to_string(), as_json(value))).collect();
        serde_json::json!({ "name": *event.name, "time_ns": event.time.to_string(), "attributes": attributes })
    };
    let events: Vec<_> = span.extras.events.iter().map(event).collect();
    Some(events).filter(|events| !events.is_empty()).into()
}

fn as_json(value: &Attribute) -> serde_json::Value {
    match value {
        Attribute::String(text) => (**text).into(),
        Attribute::Bool(value) => (*value).into(),
        Attribute::Int(number) => (*number).into(),
        Attribute::Double(number) => (*number).into(),
        Attribute::List(values) => values.iter().map(as_json).collect(),
        Attribute::Map(pairs) => {
            serde_json::Value::Object(pairs.iter().map(|(key, value)| (key.to_string(), as_json(value))).collect())
        }
    }
}
