//! Each question without an answer has its status, its kind and a sentence.

use axum::body::Body;
use axum::http::Request;
use tracehound_model::{BatchBuilder, RowHead, TraceId};

use crate::support::{ask, get, with};

const ROUTE: &str = "/api/tracehound/v1/traces";

#[test]
fn a_question_that_makes_no_sense_is_400_and_one_about_nothing_404() {
    let api = with(vec![]);
    for (path, status, kind) in [
        ("/xyz", 400, "invalid"),
        ("/18446744073709551616", 400, "invalid"),
        ("/%ff%fe", 400, "invalid"),
        ("/0af7651916cd43dd8448eb211c80319c", 404, "not_found"),
        ("/1", 404, "not_found"),
        ("?limit=0", 400, "invalid"),
        ("?limit=1001", 400, "invalid"),
        ("?limit=ten", 400, "invalid"),
        ("?cursor=x", 400, "invalid"),
    ] {
        let answer = get(&api, &format!("{ROUTE}{path}"));
        assert_eq!((answer.status, answer.kind().as_str()), (status, kind), "{path}");
        assert_eq!(answer.headers["content-type"], "application/json", "{path}");
        assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty(), "{path}");
    }
}

#[test]
fn an_id_of_several_traces_is_409_and_names_them() {
    let mut builder = BatchBuilder::new();
    for high in [1, 2] {
        builder.begin_chunk(TraceId { high, low: 7 });
        builder.push(RowHead { span_id: high, ..RowHead::default() });
    }
    let answer = get(&with(vec![builder.build()]), &format!("{ROUTE}/7"));
    assert_eq!((answer.status, answer.kind().as_str()), (409, "ambiguous"));
    let message = answer.json()["error"]["message"].to_string();
    for id in ["00000000000000010000000000000007", "00000000000000020000000000000007"] {
        assert!(message.contains(id), "{message}");
    }
}

#[test]
fn a_path_that_no_route_has_is_404_and_another_method_405() {
    let api = with(vec![]);
    let answer = get(&api, "/api/tracehound/v1/nothing");
    assert_eq!((answer.status, answer.kind().as_str()), (404, "not_found"));
    for path in [ROUTE, "/ready", "/", "/api/nothing"] {
        let request = Request::post(path).header("host", "localhost").body(Body::empty()).unwrap();
        assert_eq!(ask(&api, request).status, 405, "{path}");
    }
}
