//! A served application: streams, upgrades, panics, timeouts, and clients that go away.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::routing::{any, get};
use futures_util::SinkExt;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tracehound::testing::InMemory;
use tracehound_axum::TraceLayer;

/// Serves until the test's runtime ends, and gives `127.0.0.1:PORT`.
async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn layer(memory: &InMemory) -> TraceLayer {
    TraceLayer::new().tracer(memory.tracer())
}

#[tokio::test]
async fn a_stream_is_inside_of_the_span_until_it_ends() {
    let memory = InMemory::default();
    let events = || async {
        let steps = stream::iter(0..3).map(|number| {
            tracehound::span("step").start().finish();
            Ok::<_, Infallible>(Event::default().data(number.to_string()))
        });
        Sse::new(steps)
    };
    let address = serve(Router::new().route("/events", get(events)).layer(layer(&memory))).await;
    let body = reqwest::get(format!("http://{address}/events")).await.unwrap().text().await.unwrap();
    assert_eq!(body.matches("data:").count(), 3);
    let spans = memory.wait_for(4).await.spans();
    let (request, steps) = spans.split_first().unwrap();
    assert_eq!(request.resource, "GET /events");
    for step in steps {
        assert_eq!((step.name.as_str(), step.parent_id), ("step", request.span_id));
        assert!(step.start_ns + step.duration_ns <= request.start_ns + request.duration_ns);
    }
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_ends_the_span() {
    let memory = InMemory::default();
    let endless = || async { Body::from_stream(first_then(pending::<Result<Bytes, Infallible>>())) };
    let address = serve(Router::new().route("/endless", get(endless)).layer(layer(&memory))).await;
    let mut response = reqwest::get(format!("http://{address}/endless")).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "first");
    assert!(memory.take().spans().is_empty());
    drop(response);
    assert!(!memory.wait_for(1).await.spans()[0].error);
}

fn first_then(last: impl Future<Output = Result<Bytes, Infallible>>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter([Ok(Bytes::from_static(b"first"))]).chain(stream::once(last))
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_ends_the_span_with_a_tag() {
    let memory = InMemory::default();
    let (arrived, mut arrival) = tokio::sync::mpsc::channel::<()>(1);
    let never = || async move {
        arrived.send(()).await.unwrap();
        pending::<()>().await;
    };
    let address = serve(Router::new().route("/never", get(never)).layer(layer(&memory))).await;
    let asked = tokio::spawn(reqwest::get(format!("http://{address}/never")));
    arrival.recv().await.unwrap();
    asked.abort();
    let spans = memory.wait_for(1).await.spans();
    assert_eq!((spans[0].error, spans[0].meta["http.cancelled"].as_str()), (false, "true"));
}

#[tokio::test]
async fn an_upgraded_connection_ends_its_span_with_the_answer() {
    let memory = InMemory::default();
    async fn echo(mut socket: WebSocket) {
        while let Some(Ok(Message::Text(text))) = socket.recv().await {
            let _ = socket.send(Message::Text(text)).await;
        }
    }
    let upgrade = |upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo) };
    let address = serve(Router::new().route("/ws", any(upgrade)).layer(layer(&memory))).await;
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/ws")).await.unwrap();
    let spans = memory.wait_for(1).await.spans();
    assert_eq!((spans[0].resource.as_str(), spans[0].meta["http.status_code"].as_str()), ("GET /ws", "101"));
    // And the connection goes on.
    socket.send("hello".into()).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().into_text().unwrap(), "hello");
}

#[tokio::test]
async fn a_panic_is_marked_inside_of_who_catches_it() {
    async fn broken() -> StatusCode {
        panic!("out of beans")
    }
    let memory = InMemory::default();
    let routes = || Router::new().route("/broken", get(broken));
    let table = [
        // The panic passes the span, then is caught.
        (routes().layer(layer(&memory)).layer(CatchPanicLayer::new()), "panic", "out of beans", ""),
        // The span sees what was made of it.
        (routes().layer(CatchPanicLayer::new()).layer(layer(&memory)), "", "500: Internal Server Error", "500"),
    ];
    for (app, error_type, message, status) in table {
        let address = serve(app).await;
        assert_eq!(reqwest::get(format!("http://{address}/broken")).await.unwrap().status(), 500);
        let spans = memory.wait_for(1).await.spans();
        let tag = |key: &str| spans[0].meta.get(key).cloned().unwrap_or_default();
        assert!(spans[0].error);
        assert_eq!((tag("error.type").as_str(), tag("error.message").as_str()), (error_type, message));
        assert_eq!(tag("http.status_code"), status);
    }
}

#[tokio::test]
async fn a_timeout_gives_a_status_inside_and_a_cancelled_request_outside() {
    let memory = InMemory::default();
    let routes = || Router::new().route("/slow", get(pending::<StatusCode>));
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_millis(20));
    let table = [
        (routes().layer(timeout).layer(layer(&memory)), "503", "", true),
        (routes().layer(layer(&memory)).layer(timeout), "", "true", false),
    ];
    for (app, status, cancelled, error) in table {
        let address = serve(app).await;
        assert_eq!(reqwest::get(format!("http://{address}/slow")).await.unwrap().status(), 503);
        let spans = memory.wait_for(1).await.spans();
        let tag = |key: &str| spans[0].meta.get(key).cloned().unwrap_or_default();
        assert_eq!((tag("http.status_code").as_str(), tag("http.cancelled").as_str()), (status, cancelled));
        assert_eq!(spans[0].error, error);
    }
}

#[tokio::test]
async fn parallel_requests_do_not_mix() {
    let memory = InMemory::default();
    let work = |id: axum::extract::Path<u32>| async move {
        tokio::task::yield_now().await;
        let step = tracehound::span("step").start();
        step.set_tag("id", id.0);
        tokio::task::yield_now().await;
    };
    let address = serve(Router::new().route("/jobs/{id}", get(work)).layer(layer(&memory))).await;
    let asked = stream::iter(0..50).map(|id| reqwest::get(format!("http://{address}/jobs/{id}")));
    asked.buffer_unordered(10).for_each(|answer| async { assert_eq!(answer.unwrap().status(), 200) }).await;
    let spans = memory.wait_for(100).await.spans();
    for step in spans.iter().filter(|span| span.name == "step") {
        let parent = spans.iter().find(|span| span.span_id == step.parent_id).unwrap();
        assert!(parent.meta["http.url"].ends_with(&format!("/jobs/{}", step.metrics["id"])), "{parent:?}");
        assert_eq!(parent.trace_id, step.trace_id);
    }
}
