//! Requests to a server on the loopback, and the spans they leave.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::{any, get};
use reqwest::Method;
use tokio::net::TcpListener;
use tracehound::InSpan;
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_reqwest::{Client, SendTraced, wrap};

/// Serves until the test's runtime ends, and gives `http://127.0.0.1:PORT`.
async fn serve() -> String {
    let echo = |headers: HeaderMap| async move { headers };
    let app = Router::new()
        .route("/echo", any(echo))
        .route("/missing", get(|| async { StatusCode::NOT_FOUND }))
        .route("/broken", get(|| async { StatusCode::BAD_GATEWAY }))
        .route("/moved", get(|| async { Redirect::to("/echo") }))
        .route("/around", get(|| async { Redirect::to("/around") }))
        .route("/never", get(std::future::pending::<StatusCode>));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

fn traced(memory: &InMemory) -> Client {
    wrap(reqwest::Client::new()).tracer(memory.tracer())
}

fn only(memory: &InMemory) -> FinishedSpan {
    let mut spans = memory.take().spans();
    assert_eq!(spans.len(), 1, "{spans:#?}");
    spans.remove(0)
}

#[tokio::test]
async fn a_request_is_a_child_span_and_carries_its_context() {
    let (memory, server) = (InMemory::new(&[("DD_SERVICE", "cafe")]), serve().await);
    let work = memory.tracer().span("work").start();
    let http = wrap(reqwest::Client::new());
    let response = http.get(format!("{server}/echo?kind=ale")).send().in_span(work).await.unwrap();

    let spans = memory.take().spans();
    let [work, asked] = &spans[..] else { panic!("{spans:#?}") };
    assert_eq!((asked.trace_id, asked.parent_id), (work.trace_id, work.span_id));
    assert_eq!((asked.name.as_str(), asked.span_type.as_str()), ("http.request", "http"));
    assert_eq!((asked.service.as_str(), asked.resource.as_str(), asked.error), ("cafe", "GET", false));
    let port = server.rsplit_once(':').unwrap().1;
    let url = format!("{server}/echo?kind=ale");
    let expected = [
        ("component", "reqwest"),
        ("span.kind", "client"),
        ("http.method", "GET"),
        ("http.url", url.as_str()),
        ("http.status_code", "200"),
        ("out.host", "127.0.0.1"),
        ("network.destination.name", "127.0.0.1"),
        ("_dd.svc_src", ""),
    ];
    for (key, value) in expected {
        assert_eq!(asked.text(key), value, "{key}");
    }
    assert_eq!(asked.metrics["network.destination.port"].to_string(), port);
    assert_eq!(asked.metrics["_dd.measured"], 1.0);

    let sent = |name: &str| response.headers()[name].to_str().unwrap();
    assert_eq!(sent("x-datadog-trace-id"), (work.trace_id as u64).to_string());
    assert_eq!(sent("x-datadog-parent-id"), asked.span_id.to_string());
    assert_eq!(sent("traceparent"), format!("00-{:032x}-{:016x}-01", work.trace_id, asked.span_id));
}

#[tokio::test]
async fn every_way_to_send_is_traced() {
    let (memory, server) = (InMemory::default(), serve().await);
    let (http, url) = (traced(&memory), format!("{server}/echo"));
    let built = || http.untraced().get(&url).build().unwrap();
    let table = [
        ("GET", http.get(&url).send().await),
        ("POST", http.post(&url).body("ale").send().await),
        ("PUT", http.put(&url).timeout(Duration::from_secs(60)).send().await),
        ("PATCH", http.patch(&url).bearer_auth("t").send().await),
        ("DELETE", http.delete(&url).basic_auth("ada", None::<&str>).send().await),
        ("HEAD", http.head(&url).header("accept", "text/plain").send().await),
        ("OPTIONS", http.request(Method::OPTIONS, &url).version(reqwest::Version::HTTP_11).send().await),
        ("GET", http.get(&url).try_clone().unwrap().send().await),
        ("GET", http.execute(http.get(&url).headers(HeaderMap::new()).build().unwrap()).await),
        ("GET", http.execute(built()).await),
    ];
    let spans = memory.take().spans();
    assert_eq!(spans.len(), table.len());
    for ((method, response), span) in table.into_iter().zip(&spans) {
        assert_eq!(response.unwrap().status(), 200);
        assert_eq!(span.text("http.method"), method);
    }
    http.untraced().get(&url).send().await.unwrap();
    assert!(memory.take().spans().is_empty());
}

#[tokio::test]
async fn a_single_request_of_a_plain_client_is_traced_by_the_trait() {
    let (memory, server) = (InMemory::default(), serve().await);
    let request = reqwest::Client::new().get(format!("{server}/echo"));
    memory.scope_async(request.send_traced()).await.unwrap();
    assert_eq!(only(&memory).resource, "GET");
}

#[tokio::test]
async fn requests_can_be_sent_from_spawned_tasks() {
    let (memory, server) = (InMemory::new(&[]), serve().await);
    let (http, url) = (traced(&memory).service("beers"), format!("{server}/echo"));
    tokio::spawn(http.get(&url).send()).await.unwrap().unwrap();
    let (http, request) = http.get(&url).build_split();
    tokio::spawn(http.execute(request.unwrap())).await.unwrap().unwrap();
    let services: Vec<_> = memory.take().spans().into_iter().map(|span| span.service).collect();
    assert_eq!(services, ["beers", "beers"]);
}

#[tokio::test]
async fn service_and_resource_are_as_they_were_set() {
    let (memory, server) = (InMemory::default(), serve().await);
    let http = traced(&memory).service("beers").host_in_resource();
    http.get(format!("{server}/echo")).send().await.unwrap();
    let span = only(&memory);
    assert_eq!((span.service.as_str(), span.text("_dd.svc_src")), ("beers", "reqwest"));
    assert_eq!(span.resource, "GET 127.0.0.1");
    http.get(format!("{server}/echo")).resource("GET /{what}").send().await.unwrap();
    assert_eq!(only(&memory).resource, "GET /{what}");
}

#[tokio::test]
async fn statuses_from_400_are_errors() {
    let (memory, server) = (InMemory::default(), serve().await);
    for (path, status, message) in [("/missing", 404, "404: Not Found"), ("/broken", 502, "502: Bad Gateway")] {
        let response = traced(&memory).get(format!("{server}{path}")).send().await.unwrap();
        assert_eq!(response.status(), status);
        let span = only(&memory);
        assert_eq!((span.error, span.text("error.message")), (true, message));
        assert_eq!(span.text("http.status_code"), status.to_string());
    }
}

#[tokio::test]
async fn redirects_are_followed_within_one_span() {
    let (memory, server) = (InMemory::default(), serve().await);
    let response = traced(&memory).get(format!("{server}/moved")).send().await.unwrap();
    let span = only(&memory);
    assert_eq!(span.text("http.url"), format!("{server}/moved"));
    assert_eq!(span.text("http.status_code"), "200");
    // What was asked last still carries the context.
    assert_eq!(response.headers()["x-datadog-parent-id"], span.span_id.to_string());

    traced(&memory).get(format!("{server}/around")).send().await.unwrap_err();
    let span = only(&memory);
    assert_eq!((span.error, span.text("error.type")), (true, "reqwest::Error"));
    assert_eq!(span.text("error.message"), "error following redirect: too many redirects");
}

#[tokio::test]
async fn a_failure_says_why_but_holds_no_secrets() {
    let memory = InMemory::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://ada:pass@{address}/echo?token=03cb9f67dbbc4cb8b966329951e10934");
    traced(&memory).get(url).send().await.unwrap_err();
    let span = only(&memory);
    assert_eq!(span.text("http.url"), format!("http://{address}/echo?<redacted>"));
    assert_eq!((span.error, span.text("error.type")), (true, "reqwest::Error"));
    let message = span.text("error.message");
    assert!(message.starts_with("error sending request: "), "{message}");
    assert!(message.contains("Connection refused"), "{message}");
    assert!(!span.meta.values().any(|value| value.contains("03cb9f67") || value.contains("pass")), "{span:#?}");
}

#[tokio::test]
async fn a_timeout_of_the_request_is_an_error_and_one_around_it_a_tag() {
    let (memory, server) = (InMemory::default(), serve().await);
    let (http, url, short) = (traced(&memory), format!("{server}/never"), Duration::from_millis(20));
    http.get(&url).timeout(short).send().await.unwrap_err();
    let span = only(&memory);
    assert!(span.error && span.text("error.message").contains("timed out"), "{span:#?}");
    tokio::time::timeout(short, http.get(&url).send()).await.unwrap_err();
    let span = only(&memory);
    assert_eq!((span.error, span.text("http.cancelled")), (false, "true"));
}

#[tokio::test]
async fn trace_headers_of_the_request_are_replaced_and_others_kept() {
    let (memory, server) = (InMemory::default(), serve().await);
    let request = traced(&memory).get(format!("{server}/echo")).header("x-datadog-trace-id", "1").header("x-own", "2");
    let response = request.header("x-datadog-trace-id", "3").send().await.unwrap();
    let ids: Vec<_> = response.headers().get_all("x-datadog-trace-id").iter().collect();
    assert_eq!(ids, [&(only(&memory).trace_id as u64).to_string()]);
    assert_eq!(response.headers()["x-own"], "2");
}

#[tokio::test]
async fn a_request_that_cannot_be_built_fails_without_a_span() {
    let memory = InMemory::default();
    assert!(traced(&memory).get("no url").send().await.unwrap_err().is_builder());
    assert!(memory.take().spans().is_empty());
}

#[tokio::test]
async fn without_a_tracer_nothing_is_added() {
    let server = serve().await;
    let response = wrap(reqwest::Client::new()).get(format!("{server}/echo")).send().await.unwrap();
    let names: Vec<_> = response.headers().keys().map(|name| name.as_str()).collect();
    assert!(!names.iter().any(|name| name.starts_with("x-datadog") || *name == "traceparent"), "{names:?}");
}

#[cfg(feature = "middleware")]
#[tokio::test]
async fn a_middleware_makes_one_span_of_a_request() {
    let (memory, server) = (InMemory::default(), serve().await);
    let middleware = tracehound_reqwest::TraceMiddleware::new().tracer(memory.tracer()).service("beers");
    let http = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(middleware).build();
    let response = http.get(format!("{server}/echo")).send().await.unwrap();
    let span = only(&memory);
    assert_eq!((span.service.as_str(), span.text("http.status_code")), ("beers", "200"));
    assert_eq!(response.headers()["x-datadog-parent-id"], span.span_id.to_string());

    let never = http.get(format!("{server}/never")).send();
    tokio::time::timeout(Duration::from_millis(20), never).await.unwrap_err();
    assert_eq!(only(&memory).text("http.cancelled"), "true");
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_blocking_request_is_traced_by_its_trait() {
    use tracehound_reqwest::blocking::SendTraced;
    let (memory, server) = (InMemory::default(), serve().await);
    let asking = memory.clone();
    let send = move || asking.scope(|| reqwest::blocking::Client::new().get(format!("{server}/echo")).send_traced());
    let response = tokio::task::spawn_blocking(move || send().unwrap().status()).await.unwrap();
    assert_eq!((response.as_u16(), only(&memory).resource.as_str()), (200, "GET"));
}
