//! What is too long is cut, only the cut text is stored, and memory is told as it is taken.

use crate::support::*;

#[test]
fn keys_values_and_resources_are_cut_at_their_limits() {
    let key = "é".repeat(101);
    let cut_key = format!("{}...", "é".repeat(100));
    let value = "v".repeat(25_001);
    let cut_value = format!("{}...", "v".repeat(25_000));
    let sent = Sent { resource: "r".repeat(5_001), ..span(1, 0) }.tag(&key, &value).tag("ok", &value[..25_000]);
    let (batch, report) = process(&[vec![sent.metric(&key, 1.0)]]);
    let row = batch.span(0);
    assert_eq!(row.resource(), "r".repeat(5_000));
    assert_eq!(meta(row), [("ok", &value[..25_000]), (&*cut_key, &*cut_value)]);
    assert_eq!(row.metric_value(&cut_key), Some(1.0));
    assert_eq!(
        counted(report.repaired()),
        [("resource_truncate", 1), ("meta_key_truncate", 1), ("meta_value_truncate", 1), ("metrics_key_truncate", 1)]
    );
}

#[test]
fn keys_that_become_equal_by_the_cut_keep_the_last_value() {
    let keys = ["1", "2", "3"].map(|end| "k".repeat(200) + end);
    let mut sent = span(1, 0);
    for (i, key) in keys.iter().enumerate() {
        sent = sent.tag(key, &i.to_string()).metric(key, i as f64);
    }
    let (batch, _) = process(&[vec![sent]]);
    let cut = "k".repeat(200) + "...";
    assert_eq!(meta(batch.span(0)), [(&*cut, "2")]);
    assert_eq!(batch.span(0).metrics().collect::<Vec<_>>(), [(&*cut, 2.0), ("_top_level", 1.0)]);
}

#[test]
fn structured_tags_are_exempt_in_meta_alone() {
    let value = "v".repeat(30_000);
    let keys = [".json", ".msgpack", ".protobuf"].map(|end| format!("_dd.{}{end}", "k".repeat(300)));
    for key in &keys {
        let (batch, report) = process(&[vec![span(1, 0).tag(key, &value).metric(key, 1.0)]]);
        assert_eq!(meta(batch.span(0)), [(&**key, &*value)]);
        assert_eq!(batch.span(0).metric_value(key), None);
        assert_eq!(counted(report.repaired()), [("metrics_key_truncate", 1)]);
    }
}

#[test]
fn one_text_under_an_exempt_and_a_plain_key_is_cut_under_the_plain_one() {
    let value = "v".repeat(30_000);
    let (batch, _) = process(&[vec![span(1, 0).tag("_dd.a.json", &value).tag("a", &value)]]);
    let lengths = meta(batch.span(0)).into_iter().map(|(key, value)| (key, value.len())).collect::<Vec<_>>();
    assert_eq!(lengths, [("_dd.a.json", 30_000), ("a", 25_003)]);
}

#[test]
fn the_table_of_strings_holds_no_text_as_it_was_before_its_repair() {
    let secret = "S3cret $".repeat(4_000);
    let sent = Sent { name: "Raw Name".into(), ..span(1, 0).service("Raw Service") }
        .tag(&secret, &secret)
        .tag("env", "Raw Env")
        .tag("peer.service", "Raw Peer")
        .tag("http.status_code", "Raw Code");
    let dropped = vec![span(1, 0).tag("dropped", "with its strings"), span(0, 1)];
    let (batch, _) = process(&[vec![sent], dropped]);
    for text in batch.strings().iter() {
        assert!(!text.contains("Raw ") && text.len() <= 25_003 && !text.contains("dropped"), "{text:?}");
    }
}

#[test]
fn the_memory_that_is_told_covers_the_batch_and_grows_with_what_is_remembered() {
    let (symbols, chunks) = decode(&[vec![span(1, 0)], vec![span(2, 1).tag("k", &"v".repeat(20_000))]]);
    let mut processor = tracehound_pipeline::Processor::new(CONTEXT);
    let mut told = vec![processor.bytes()];
    for chunk in &chunks {
        processor.append(&symbols, chunk);
        told.push(processor.bytes());
    }
    assert!(told.is_sorted() && told[2] >= told[1] + 20_000, "{told:?}");
    assert!(told[2] > processor.finish().0.bytes());
}
