//! What goes to the agent, read by a decoder that is not ours and held against what the Python and the Node tracer sent.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, UNIX_EPOCH};

use rmpv::Value;
use tracehound::{Attribute, Tracer};

/// A request as it came.
struct Request {
    line: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// An agent that answers everything with `{}`, and `/info` with native events on offer; gives its URL and what it was sent.
fn agent() -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, requests) = sync_channel(100);
    std::thread::spawn(move || {
        for stream in listener.incoming().take(4).flatten() {
            let seen = seen.clone();
            std::thread::spawn(move || while serve(&stream, &|request| seen.send(request).is_ok()) {});
        }
    });
    (url, requests)
}

fn serve(stream: &TcpStream, seen: &dyn Fn(Request) -> bool) -> bool {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header =
        |line: &String| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let headers: BTreeMap<String, String> = lines.iter().filter_map(header).collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let line = lines[0].clone();
    let answer = if line.contains("/info") { r#"{"span_events":true,"endpoints":["/v0.4/traces"]}"# } else { "{}" };
    let mut stream = stream;
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).is_ok()
        && seen(Request { line, headers, body })
}

/// What `trace` makes, sent to an agent; the request that brought it.
fn sent_by(trace: impl FnOnce(&Tracer)) -> Request {
    let (url, requests) = agent();
    let builder = Tracer::builder().agent_url(&url).service("cafe").env("test").version("1.2");
    let tracer = builder.tag("team", "bar").setting("DD_TRACE_STARTUP_LOGS", "false").build();
    trace(&tracer);
    tracer.flush(Duration::from_secs(10)).unwrap();
    requests.into_iter().find(|request| request.line.contains("/traces")).unwrap()
}

/// A trace with everything that a span can have.
fn sent() -> Request {
    sent_by(everything)
}

fn everything(tracer: &Tracer) {
    let root = tracer.span("web.request").resource("GET /beers").span_type("web").start();
    root.set_tag("http.status_code", "200").set_tag("items", 3);
    let work = tracer.span("work").child_of(&root).start();
    work.set_error_details("NoSuchBeer", "no beer called stout", "");
    work.add_link(&root.context(), [("why", "because")]);
    let at = UNIX_EPOCH + Duration::from_secs(7);
    work.add_event("poured", Some(at), [("list", Attribute::from(vec![1, 2])), ("cold", true.into())]);
    work.finish();
    root.finish();
}

fn decoded(mut body: &[u8]) -> Vec<Vec<Value>> {
    let payload = rmpv::decode::read_value(&mut body).unwrap();
    assert!(body.is_empty(), "nothing may follow the payload");
    payload.as_array().unwrap().iter().map(|chunk| chunk.as_array().unwrap().clone()).collect()
}

fn get<'a>(span: &'a Value, key: &str) -> &'a Value {
    span.as_map().unwrap().iter().find(|(known, _)| known.as_str() == Some(key)).map_or(&Value::Nil, |(_, value)| value)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "text",
        Value::Integer(_) => "integer",
        Value::F64(_) => "float",
        Value::Map(_) => "map",
        Value::Array(_) => "array",
        _ => "other",
    }
}

/// Each field of the spans with the kinds of values it has; a tag is a field of `meta` or `metrics`.
fn fields(chunks: &[Vec<Value>]) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut fields: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for (key, value) in chunks.iter().flatten().flat_map(|span| span.as_map().unwrap()) {
        let key = key.as_str().unwrap();
        fields.entry(key.to_owned()).or_default().insert(kind(value));
        for (_, tag) in value.as_map().into_iter().flatten() {
            fields.entry(format!("{key}.*")).or_default().insert(kind(tag));
        }
    }
    fields
}

/// The fields of all traces that were recorded in a folder of `testdata/captures`.
fn recorded(folder: &str) -> BTreeMap<String, BTreeSet<&'static str>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/captures").join(folder);
    let mut chunks = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let description = std::fs::read_to_string(path.with_extension("json")).unwrap_or_default();
        if path.extension().is_some_and(|ending| ending == "body") && description.contains("/v0.4/traces") {
            chunks.extend(decoded(&std::fs::read(path).unwrap()));
        }
    }
    fields(&chunks)
}

#[test]
fn every_field_is_of_a_kind_that_the_python_and_the_node_tracer_send() {
    let ours = fields(&decoded(&sent().body));
    for folder in [
        "manual-events/python-v0.4-native-events",
        "manual-shapes/python-v0.4-native-events",
        "manual-shapes/js-v0.4-native-events",
    ] {
        let recorded = recorded(folder);
        for key in [
            "service",
            "name",
            "resource",
            "trace_id",
            "span_id",
            "parent_id",
            "start",
            "duration",
            "error",
            "meta",
            "meta.*",
            "metrics",
            "metrics.*",
            "span_events",
        ] {
            let (ours, theirs) = (&ours[key], recorded.get(key));
            assert!(theirs.is_some_and(|theirs| theirs.is_superset(ours)), "{key} in {folder}: {ours:?}, {theirs:?}");
        }
    }
}

#[test]
fn an_independent_decoder_finds_what_was_set() {
    let request = sent();
    assert!(
        request.line.starts_with("PUT /v0.4/traces ") || request.line.starts_with("POST /v0.4/traces "),
        "{}",
        request.line
    );
    assert_eq!(request.headers["content-type"], "application/msgpack");
    assert_eq!(request.headers["x-datadog-trace-count"], "1");
    assert_eq!(request.headers["datadog-meta-lang"], "rust");
    let chunks = decoded(&request.body);
    let [root, work] = &chunks[0][..] else { panic!("{chunks:#?}") };
    for (key, expected) in [("service", "cafe"), ("name", "web.request"), ("resource", "GET /beers"), ("type", "web")] {
        assert_eq!(get(root, key).as_str(), Some(expected), "{key}");
    }
    assert_eq!(get(root, "parent_id").as_u64(), Some(0));
    assert_eq!(get(work, "parent_id"), get(root, "span_id"));
    assert_eq!(get(get(root, "metrics"), "items").as_f64(), Some(3.0));
    assert_eq!(get(get(root, "meta"), "http.status_code").as_str(), Some("200"));
    assert_eq!(get(work, "error").as_u64(), Some(1));
    assert_eq!(get(get(work, "meta"), "error.type").as_str(), Some("NoSuchBeer"));

    let link = &get(work, "span_links").as_array().unwrap()[0];
    assert_eq!(get(link, "span_id"), get(root, "span_id"));
    let high = u64::from_str_radix(get(get(root, "meta"), "_dd.p.tid").as_str().unwrap(), 16).unwrap();
    assert_eq!(get(link, "trace_id_high").as_u64(), Some(high));
    assert_eq!(get(get(link, "attributes"), "why").as_str(), Some("because"));

    let event = &get(work, "span_events").as_array().unwrap()[0];
    assert_eq!(get(event, "time_unix_nano").as_u64(), Some(7_000_000_000));
    let list = get(get(event, "attributes"), "list");
    assert_eq!(get(list, "type").as_u64(), Some(4));
    let items = get(get(list, "array_value"), "values").as_array().unwrap();
    assert_eq!(items.iter().map(|item| get(item, "int_value").as_i64()).collect::<Vec<_>>(), [Some(1), Some(2)]);
}

// Who wins is what the Go and the Python tracer do: they write theirs over what was set.
#[test]
fn a_key_stands_once_and_the_tracer_has_the_last_word_on_its_own() {
    let request = sent_by(|tracer| {
        let root = tracer.span("root").start();
        let step = tracer.span("step").child_of(&root).service("grinder").start();
        for span in [&root, &step] {
            for key in ["language", "runtime-id", "_dd.p.dm", "_dd.p.tid", "_dd.base_service", "team", "env", "version"]
            {
                span.set_tag(key, "the user's");
            }
            for key in ["process_id", "_sampling_priority_v1", "_dd.top_level"] {
                span.set_tag(key, -7);
            }
        }
    });
    let chunks = decoded(&request.body);
    let [root, step] = &chunks[0][..] else { panic!("{chunks:#?}") };
    for map in [root, step].into_iter().flat_map(|span| [get(span, "meta"), get(span, "metrics")]) {
        let keys: Vec<_> = map.as_map().unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{keys:?}");
    }
    let users = |span, key| match get(get(span, "metrics"), key).as_f64() {
        Some(number) => number == -7.0,
        None => get(get(span, "meta"), key).as_str() == Some("the user's"),
    };
    for (key, of_root, of_step) in [
        ("language", false, true),
        ("runtime-id", false, true),
        ("_dd.p.dm", false, true),
        ("_dd.p.tid", false, true),
        ("_dd.base_service", true, false),
        ("team", true, true),
        ("env", true, true),
        ("version", true, true),
        ("process_id", false, true),
        ("_sampling_priority_v1", false, true),
        ("_dd.top_level", false, false),
    ] {
        assert_eq!((users(root, key), users(step, key)), (of_root, of_step), "{key}");
    }
}
