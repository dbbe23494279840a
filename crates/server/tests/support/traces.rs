//! Traces with numbers for names, so that what was acknowledged can be asked for one by one.

use std::ops::Range;

use serde_json::{Value, json};

use super::client::{Answer, Client};

/// Spans of every numbered trace.
pub(crate) const SPANS_PER_TRACE: u64 = 3;

/// What is missing if nothing is.
pub(crate) const NONE: [u64; 0] = [];

/// The body of a request with these traces, for [`Client::put_traces`].
pub(crate) fn body(numbers: Range<u64>) -> Vec<u8> {
    body_with_notes(numbers, 100)
}

/// The same with a tag of so many bytes on every span, no two alike.
pub(crate) fn body_with_notes(numbers: Range<u64>, note_bytes: usize) -> Vec<u8> {
    let trace = |number| (0..SPANS_PER_TRACE).map(|i| span(number, i, note_bytes)).collect();
    serde_json::to_vec(&numbers.map(trace).collect::<Vec<Value>>()).unwrap()
}

fn span(number: u64, i: u64, note_bytes: usize) -> Value {
    let note = format!("{:x<note_bytes$}", format!("{number} {i} "));
    json!({
        "trace_id": number, "span_id": number * SPANS_PER_TRACE + i + 1,
        "parent_id": if i == 0 { 0 } else { number * SPANS_PER_TRACE + 1 },
        "service": "cafe", "name": "brew", "resource": format!("cup {number}"), "type": "web",
        "start": 1_795_000_000_000_000_000 + number * 1_000, "duration": 500, "error": 0,
        "meta": { "table": format!("{}", number % 7), "note": note }, "metrics": { "sugar": 2 },
    })
}

pub(crate) fn ask(client: &mut Client, number: u64) -> Answer {
    client.get(&format!("/api/tracehound/v1/traces/{number:032x}")).unwrap()
}

/// Asks for every numbered trace and says which are not there as they were sent.
pub(crate) fn missing(api: u16, numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut client = Client::connect(api).unwrap();
    numbers.into_iter().filter(|&number| !is_whole(&ask(&mut client, number), number)).collect()
}

fn is_whole(answer: &Answer, number: u64) -> bool {
    let Ok(trace) = serde_json::from_str::<Value>(&answer.body) else { return false };
    let found = |i: u64| {
        let spans = trace["spans"].as_array().into_iter().flatten();
        let id = (number * SPANS_PER_TRACE + i + 1).to_string();
        spans.filter(|span| span["span_id"] == id && span["resource"] == format!("cup {number}")).count()
    };
    answer.status == 200 && (0..SPANS_PER_TRACE).all(|i| found(i) == 1)
}
