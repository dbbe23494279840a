//! Log lines, read back.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::Value;
use support::Lines;
use tracehound::testing::InMemory;
use tracing::info_span;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

const SETTINGS: [(&str, &str); 3] = [("DD_SERVICE", "cafe"), ("DD_ENV", "test"), ("DD_VERSION", "7")];

/// The lines of JSON of `work`.
fn json(settings: &[(&str, &str)], work: impl FnOnce()) -> Vec<Value> {
    let (lines, memory) = (Lines::default(), InMemory::new(settings));
    let format = fmt::layer().with_writer(lines.clone()).event_format(tracehound_tracing::json());
    let subscriber = tracing_subscriber::registry().with(format).with(tracehound_tracing::layer());
    memory.scope(|| tracing::subscriber::with_default(subscriber, work));
    lines.json()
}

#[test]
fn ids_and_identity_stand_at_the_root() {
    let mut ids = (String::new(), String::new());
    let lines = json(&SETTINGS, || {
        let _order = info_span!("order", cup = 3).entered();
        let current = tracehound::current_span();
        ids = (current.trace_id().to_string(), current.span_id().to_string());
        tracing::warn!(target: "till", drink = "tea", price = 2.5, hot = true, count = 1, "sold {}", 1);
    });
    let [line] = &lines[..] else { panic!("{lines:?}") };
    for (name, expected) in [
        ("level", Value::from("WARN")),
        ("target", "till".into()),
        ("message", "sold 1".into()),
        ("drink", "tea".into()),
        ("price", 2.5.into()),
        ("hot", true.into()),
        ("count", 1.into()),
        ("dd.trace_id", ids.0.into()),
        ("dd.span_id", ids.1.into()),
        ("dd.service", "cafe".into()),
        ("dd.env", "test".into()),
        ("dd.version", "7".into()),
        ("span", serde_json::json!({"name": "order", "fields": "cup=3"})),
        ("spans", serde_json::json!([{"name": "order", "fields": "cup=3"}])),
    ] {
        assert_eq!(line[name], expected, "{name}");
    }
    let timestamp = line["timestamp"].as_str().unwrap();
    assert!(timestamp.starts_with("20") && timestamp.ends_with('Z'), "{timestamp}");
}

#[test]
fn a_line_in_a_native_span_has_its_ids() {
    let mut id = String::new();
    let lines = json(&SETTINGS, || {
        let native = tracehound::span("native").start().entered();
        id = native.span_id().to_string();
        tracing::info!("in native");
        tracing::debug!("below the layer's own level");
    });
    assert!(lines.iter().all(|line| line["dd.span_id"] == *id), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

#[test]
fn outside_of_spans_there_are_no_ids() {
    let lines = json(&SETTINGS, || tracing::info!("outside"));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(line["dd.service"], "cafe");
    for absent in ["dd.trace_id", "dd.span_id", "span", "spans"] {
        assert!(line.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn a_line_of_another_parent_or_of_none_has_the_ids_of_that() {
    let mut id = String::new();
    let lines = json(&SETTINGS, || {
        let other = info_span!("other");
        id = tracehound_tracing::handle(&other).span_id().to_string();
        let _current = info_span!("current").entered();
        tracing::info!(parent: &other, "of the other");
        tracing::info!(parent: None, "of none");
    });
    let [of_other, of_none] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((of_other["dd.span_id"].as_str(), &of_other["span"]["name"]), (Some(&*id), &"other".into()));
    assert_eq!((of_none.get("dd.span_id"), of_none.get("span")), (None, None));
}

#[test]
fn a_setting_turns_it_off_and_another_shortens_the_trace_id() {
    let mut low = String::new();
    let line = |settings: &[(&str, &str)], low: &mut String| {
        let lines = json(settings, || {
            let _order = info_span!("order").entered();
            *low = tracehound::current_span().trace_id().low().to_string();
            tracing::info!("sold");
        });
        lines.into_iter().next().unwrap()
    };
    let off = line(&[("DD_LOGS_INJECTION", "false")], &mut low);
    assert!(off.as_object().unwrap().keys().all(|name| !name.starts_with("dd.")), "{off}");
    let narrow = line(&[("DD_TRACE_128_BIT_TRACEID_LOGGING_ENABLED", "false")], &mut low);
    assert_eq!(narrow["dd.trace_id"], *low);
}

#[test]
fn hostile_fields_cannot_break_a_line() {
    struct Failing;

    impl std::fmt::Debug for Failing {
        fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            out.write_str("half\"")?;
            Err(std::fmt::Error)
        }
    }

    let lines = json(&SETTINGS, || {
        let _span = info_span!("order", note = "a \"quoted\"\nnote").entered();
        tracing::info!(
            level = "mine",
            timestamp = 1,
            spans = true,
            r#type = "tea",
            nan = f64::NAN,
            "two\nlines \\ \u{1}"
        );
        tracing::info!(half = ?Failing, after = 1);
        tracing::info!(big = u128::MAX, small = i64::MIN);
    });
    let [names, failing, numbers] = &lines[..] else { panic!("{lines:?}") };
    for (name, expected) in [
        ("message", Value::from("two\nlines \\ \u{1}")),
        ("level", "INFO".into()),
        ("fields.level", "mine".into()),
        ("fields.timestamp", 1.into()),
        ("fields.spans", true.into()),
        ("type", "tea".into()),
        ("nan", Value::Null),
    ] {
        assert_eq!(names[name], expected, "{name}");
    }
    assert!(names["span"]["fields"].as_str().unwrap().contains("quoted"));
    assert_eq!((&failing["half"], &failing["after"]), (&"half\"".into(), &1.into()));
    assert_eq!((&numbers["big"], &numbers["small"]), (&u128::MAX.to_string().into(), &i64::MIN.into()));
}

#[test]
fn a_record_of_the_log_crate_has_its_own_target_and_no_fields_of_the_bridge() {
    let lines = json(&SETTINGS, || {
        let _order = info_span!("order").entered();
        let mut record = log::Record::builder();
        record.level(log::Level::Warn).target("till::drawer").file(Some("till.rs")).line(Some(7));
        tracing_log::format_trace(&record.args(format_args!("it is {}", "open")).build()).unwrap();
        tracing::info!(target: "log", { log.file = "ours" }, "not from there");
    });
    let [record, own] = &lines[..] else { panic!("{lines:?}") };
    for (name, expected) in [("target", "till::drawer"), ("message", "it is open"), ("level", "WARN")] {
        assert_eq!(record[name], expected, "{name}");
    }
    assert!(!record.as_object().unwrap().keys().any(|name| name.starts_with("log.")), "{record}");
    assert_eq!((&own["target"], &own["log.file"]), (&"log".into(), &"ours".into()));
}

#[test]
fn fields_of_spans_are_json_if_the_layer_formats_them_so() {
    let (lines, memory) = (Lines::default(), InMemory::new(&SETTINGS));
    let format = fmt::layer().json().with_writer(lines.clone()).event_format(tracehound_tracing::json());
    let subscriber = tracing_subscriber::registry().with(format).with(tracehound_tracing::layer());
    memory.scope(|| {
        tracing::subscriber::with_default(subscriber, || {
            let _outer = info_span!("outer", cup = 3, drink = "tea").entered();
            let _inner = info_span!("inner").entered();
            tracing::info!("sold");
        });
    });
    let (outer, inner) =
        (serde_json::json!({"name": "outer", "cup": 3, "drink": "tea"}), serde_json::json!({"name": "inner"}));
    assert_eq!(lines.json()[0]["span"], inner);
    assert_eq!(lines.json()[0]["spans"], Value::Array(vec![outer, inner]));
}

#[test]
fn lines_of_text_begin_with_the_fields() {
    let (lines, memory) = (Lines::default(), InMemory::new(&SETTINGS));
    let format = tracehound_tracing::correlated(fmt::format().without_time().with_target(false));
    let format = fmt::layer().with_ansi(false).with_writer(lines.clone()).event_format(format);
    let subscriber = tracing_subscriber::registry().with(format).with(tracehound_tracing::layer());
    let mut expected = String::new();
    memory.scope(|| {
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("outside");
            let _order = info_span!("order").entered();
            let span = tracehound::current_span();
            tracing::info!("sold");
            expected = format!(
                "[dd.service=cafe dd.env=test dd.version=7]  INFO outside\n\
                 [dd.service=cafe dd.env=test dd.version=7 dd.trace_id={} dd.span_id={}]  INFO order: sold\n",
                span.trace_id(),
                span.span_id()
            );
        });
    });
    assert_eq!(lines.text(), expected);
}
