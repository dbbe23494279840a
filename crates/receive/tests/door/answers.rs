//! What each route answers to each kind of body. Source: agent-protocol 1.2, 1.4 and 10.

use crate::support::bodies::{JSON, MSGPACK, NO_TRACES, NO_TRACES_V05, json_span, v04, v05};
use crate::support::{open, request};

const OK: (u16, &str, &str) = (200, "text/plain; charset=utf-8", "OK\n");
const RATES: (u16, &str, &str) = (200, "application/json", "{\"rate_by_service\":{}}\n");
const UNSUPPORTED: (u16, &str, &str) =
    (415, "text/plain; charset=utf-8", "unsupported media type: \"application/msgpack\"\n");

#[test]
fn each_version_takes_its_formats_and_tells_success_in_its_way() {
    let traces = format!("[[{}]]", json_span());
    let spans = format!("[{}]", json_span());
    let (v04, v05, traces, spans) = (&v04()[..], &v05()[..], traces.as_bytes(), spans.as_bytes());
    let other = ("Content-Type", "application/octet-stream");
    let cases = [
        ("/spans", JSON, spans, 1, OK),
        ("/v0.1/spans", JSON, spans, 1, OK),
        ("/v0.1/spans", other, spans, 1, OK),
        ("/v0.1/spans", MSGPACK, v04, 0, UNSUPPORTED),
        ("/v0.2/traces", JSON, traces, 1, OK),
        ("/v0.2/traces", ("Content-Type", "text/json"), traces, 1, OK),
        ("/v0.2/traces", MSGPACK, v04, 0, UNSUPPORTED),
        ("/v0.3/traces", JSON, traces, 1, OK),
        ("/v0.3/traces", MSGPACK, v04, 1, OK),
        ("/v0.3/traces", ("Content-Type", ""), traces, 1, OK),
        ("/v0.4/traces", MSGPACK, v04, 1, RATES),
        ("/v0.4/traces", ("Content-Type", "application/msgpack; charset=utf-8"), v04, 1, RATES),
        ("/v0.4/traces", JSON, traces, 1, RATES),
        ("/v0.4/traces", other, traces, 1, RATES),
        ("/v0.4/traces", other, v04, 1, RATES),
        ("/v0.5/traces", MSGPACK, v05, 1, RATES),
        ("/v0.5/traces", JSON, v05, 1, RATES),
        ("/v0.5/traces", other, v05, 1, RATES),
        ("/v0.4/traces", MSGPACK, NO_TRACES, 0, RATES),
        ("/v0.5/traces", MSGPACK, NO_TRACES_V05, 0, RATES),
        ("/v0.3/traces", JSON, b"[]", 0, OK),
        ("/v0.1/spans", JSON, b"[]", 0, OK),
        ("/services", JSON, b"{}", 0, OK),
        ("/v0.1/services", MSGPACK, b"anything", 0, OK),
        ("/v0.2/services", JSON, b"", 0, OK),
        ("/v0.3/services", JSON, b"{}", 0, OK),
        ("/v0.4/services", JSON, b"{}", 0, OK),
    ];
    let door = open();
    for (path, content_type, body, spans, (status, answer_type, text)) in cases {
        for method in ["POST", "PUT"] {
            let before = door.keeper.spans();
            let answer = door.ask(&request(method, path, &[content_type], body));
            let case = format!("{method} {path} {content_type:?} {:?}", body.escape_ascii().to_string());
            assert_eq!((answer.status, answer.body.as_str()), (status, text), "{case}");
            assert_eq!(answer.header("content-type"), Some(answer_type), "{case}");
            assert_eq!(answer.header("datadog-agent-version"), Some("7.85.1"), "{case}");
            assert_eq!(answer.header("datadog-agent-state").map(str::len), Some(64), "{case}");
            assert_eq!(door.keeper.spans() - before, spans, "{case}");
        }
    }
    assert!(door.keeper.services().iter().all(|service| service == "web"));
}

#[test]
fn a_body_that_cannot_be_decoded_is_400_and_keeps_nothing() {
    let v04 = v04();
    let two_chunks_one_cut = [b"\x92", &v04[1..], &v04[1..20]].concat();
    let cases: [(&str, (&str, &str), &[u8]); 9] = [
        ("/v0.4/traces", MSGPACK, b""),
        ("/v0.4/traces", JSON, b""),
        ("/v0.4/traces", JSON, &v04),
        ("/v0.4/traces", MSGPACK, &v04[..40]),
        ("/v0.4/traces", MSGPACK, &two_chunks_one_cut),
        ("/v0.4/traces", MSGPACK, b"\xdd\xff\xff\xff\xff\x90\x90\x90\x90\x90"),
        ("/v0.5/traces", MSGPACK, &v04),
        ("/v0.5/traces", MSGPACK, b""),
        ("/v0.1/spans", JSON, b"[{\"trace_id\": \"x\"}]"),
    ];
    let door = open();
    for (path, content_type, body) in cases {
        let answer = door.ask(&request("POST", path, &[content_type], body));
        let case = format!("{path} {:?}", body.escape_ascii().to_string());
        assert_eq!(answer.status, 400, "{case}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{case}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{case}");
        assert!(answer.body.ends_with('\n') && answer.body.len() > 1, "{case}: {answer:?}");
        assert_eq!(answer.header("datadog-agent-version"), Some("7.85.1"), "{case}");
    }
    assert_eq!(door.keeper.batches(), 0);
}

#[test]
fn pages_of_other_sites_may_not_send_traces() {
    let door = open();
    let cross_site = ("Sec-Fetch-Site", "cross-site");
    for path in ["/v0.4/traces", "/v0.5/traces", "/v0.1/spans", "/v0.4/services", "/services"] {
        let answer = door.ask(&request("POST", path, &[MSGPACK, cross_site], &v04()));
        assert_eq!((answer.status, answer.body.as_str()), (403, "cross-site request rejected\n"), "{path}");
    }
    let same_site = ("Sec-Fetch-Site", "same-origin");
    assert_eq!(door.ask(&request("POST", "/v0.4/traces", &[MSGPACK, same_site], &v04())).status, 200);
    assert_eq!(door.keeper.spans(), 1);
}

#[test]
fn a_client_that_knows_a_version_of_rates_is_told_that_there_is_none_yet() {
    let door = open();
    let version = "datadog-rates-payload-version";
    let cases = [(None, None), (Some(""), None), (Some("64f0-1"), Some(""))];
    for (sent, expected) in cases {
        let headers: Vec<_> = std::iter::once(MSGPACK).chain(sent.map(|sent| (version, sent))).collect();
        let answer = door.ask(&request("POST", "/v0.4/traces", &headers, &v04()));
        assert_eq!((answer.status, answer.body.as_str()), (200, RATES.2), "{sent:?}");
        assert_eq!(answer.header(version), expected, "{sent:?}");
    }
}
