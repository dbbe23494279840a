//! What a server's layer makes of requests, without a network.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::convert::Infallible;
use std::future::{pending, ready};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use http::request::Parts;
use http::uri::Scheme;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use support::{Script, ScriptError, Step};
use tower::{Layer, Service, ServiceExt, service_fn};
use tracehound::testing::{FinishedSpan, InMemory, capture_async};
use tracehound_tower::watch::Body;
use tracehound_tower::{HttpWatch, ServerLayer, ServerSpan};

type Answer = Response<Body<String, HttpWatch>>;

fn layer(memory: &InMemory) -> ServerLayer {
    ServerLayer::new().tracer(memory.tracer())
}

fn request(uri: &str) -> Request<String> {
    Request::builder().uri(uri).header("host", "shop.example").body(String::new()).unwrap()
}

/// Answers each request with this status, below this layer.
async fn answer(layer: ServerLayer, status: StatusCode, request: Request<String>) -> Answer {
    let inner = service_fn(move |_: Request<String>| {
        let mut response = Response::new(String::from("hello"));
        *response.status_mut() = status;
        ready(Ok::<_, Infallible>(response))
    });
    layer.layer(inner).oneshot(request).await.unwrap()
}

fn only(memory: &InMemory) -> FinishedSpan {
    let mut spans = memory.take().spans();
    assert_eq!(spans.len(), 1, "{spans:#?}");
    spans.remove(0)
}

#[tokio::test]
async fn a_request_is_a_span() {
    let memory = InMemory::new(&[("DD_SERVICE", "shop")]);
    answer(layer(&memory), StatusCode::OK, request("/users/7?a=1")).await;
    let span = only(&memory);
    assert_eq!((span.name.as_str(), span.service.as_str(), span.resource.as_str()), ("http.request", "shop", "GET"));
    assert_eq!((span.span_type.as_str(), span.error, span.parent_id), ("web", false, 0));
    assert_eq!(span.text("http.url"), "http://shop.example/users/7?a=1");
    assert_eq!(span.text("http.status_code"), "200");
    assert_eq!(span.text("component"), "tower");
    assert_eq!(span.text("_dd.svc_src"), "");
}

#[tokio::test]
async fn the_scheme_is_what_the_layer_is_told_else_the_uris_else_http() {
    let forwarded = |head: &Parts| head.headers.get("x-forwarded-proto")?.as_bytes().try_into().ok();
    let memory = InMemory::default();
    let untold = layer(&memory);
    let table = [
        (untold.clone(), "/", "", "http://shop.example/"),
        (untold.clone(), "https://shop.example/", "", "https://shop.example/"),
        // Anybody can send this header: it counts only if the layer is told so.
        (untold.clone(), "/", "https", "http://shop.example/"),
        (untold.clone().scheme(|_| Some(Scheme::HTTPS)), "/", "", "https://shop.example/"),
        (untold.clone().scheme(forwarded), "/", "https", "https://shop.example/"),
        // The proxy's own connection to the server is not the one that its client made.
        (untold.clone().scheme(forwarded), "http://shop.example/", "https", "https://shop.example/"),
        (untold.clone().scheme(forwarded), "https://shop.example/", "", "https://shop.example/"),
        (untold.scheme(forwarded), "/", "no scheme", "http://shop.example/"),
    ];
    for (layer, uri, header, expected) in table {
        let mut request = request(uri);
        if !header.is_empty() {
            request.headers_mut().insert("x-forwarded-proto", header.parse().unwrap());
        }
        answer(layer, StatusCode::OK, request).await;
        assert_eq!(only(&memory).text("http.url"), expected, "{uri} {header}");
    }
}

#[tokio::test]
async fn inside_of_testing_a_layer_without_a_tracer_uses_the_one_in_memory() {
    let asked = async { drop(answer(ServerLayer::new(), StatusCode::OK, request("/")).await) };
    let ((), traces) = capture_async(asked).await;
    assert_eq!(traces.spans().len(), 1);
}

#[tokio::test]
async fn what_the_layer_is_told_is_on_the_span() {
    let memory = InMemory::default();
    let layer = layer(&memory)
        .service("admin")
        .operation("web.request")
        .component("my-framework")
        .route(|head| head.uri.path().starts_with("/users/").then(|| "/users/{id}".to_owned()));
    answer(layer.clone(), StatusCode::OK, request("/users/7")).await;
    let span = only(&memory);
    assert_eq!((span.name.as_str(), span.service.as_str()), ("web.request", "admin"));
    assert_eq!((span.resource.as_str(), span.text("http.route")), ("GET /users/{id}", "/users/{id}"));
    assert_eq!((span.text("component"), span.text("_dd.svc_src")), ("my-framework", "my-framework"));

    answer(layer, StatusCode::NOT_FOUND, request("/elsewhere")).await;
    assert_eq!(only(&memory).resource, "GET unknown");
}

#[tokio::test]
async fn the_trace_that_the_headers_name_goes_on() {
    let memory = InMemory::default();
    let mut request = request("/");
    request.headers_mut().insert("x-datadog-trace-id", "12".parse().unwrap());
    request.headers_mut().insert("x-datadog-parent-id", "34".parse().unwrap());
    request.headers_mut().insert("x-datadog-sampling-priority", "2".parse().unwrap());
    answer(layer(&memory), StatusCode::OK, request).await;
    let span = only(&memory);
    assert_eq!((span.trace_id, span.parent_id), (12, 34));
    assert_eq!(span.metrics.get("_sampling_priority_v1"), Some(&2.0));
}

#[tokio::test]
async fn the_span_is_current_in_the_handler_and_in_the_requests_extensions() {
    let memory = InMemory::default();
    let inner = service_fn(|request: Request<String>| {
        // Both in `call` itself and in the future that it gives.
        tracehound::current_span().set_tag("called", true);
        async move {
            tokio::task::yield_now().await;
            tracehound::current_span().set_tag("awaited", true);
            request.extensions().get::<ServerSpan>().unwrap().0.set_tag("extension", true);
            Ok::<_, Infallible>(Response::new(String::new()))
        }
    });
    layer(&memory).layer(inner).oneshot(request("/")).await.unwrap();
    let span = only(&memory);
    for key in ["called", "awaited", "extension"] {
        assert_eq!(span.text(key), "true", "{key}");
    }
    assert!(!tracehound::current_span().is_enabled());
}

/// Runs a body to its end below the layer; gives the span, and the ids of the spans that were current at each poll.
async fn run_body(script: Script) -> (FinishedSpan, Vec<u64>) {
    let memory = InMemory::default();
    let current = script.current();
    let script = Mutex::new(Some(script));
    let inner = service_fn(|_: Request<String>| {
        ready(Ok::<_, Infallible>(Response::new(script.lock().unwrap().take().unwrap())))
    });
    let response = layer(&memory).layer(inner).oneshot(request("/")).await.unwrap();
    let mut body = response.into_body();
    while let Some(Ok(_)) = body.frame().await {}
    // Before the body is dropped.
    let span = only(&memory);
    let current = current.lock().unwrap().clone();
    (span, current)
}

#[tokio::test]
async fn the_span_is_current_while_the_body_is_polled_and_ends_with_it() {
    for steps in [&[Step::Data, Step::Data][..], &[Step::Data, Step::Trailers], &[Step::Trailers], &[]] {
        let (span, current) = run_body(Script::new(steps)).await;
        assert!(!span.error, "{steps:?}");
        assert!(!current.is_empty(), "{steps:?}");
        let inside = current.iter().take_while(|id| **id == span.span_id).count();
        assert!(inside >= steps.len().max(1), "{steps:?} in span {}: {current:?}", span.span_id);
    }
}

#[tokio::test]
async fn a_body_that_fails_fails_the_span() {
    let (span, _) = run_body(Script::new(&[Step::Data, Step::Fail])).await;
    assert!(span.error);
    assert_eq!(span.text("http.status_code"), "200");
    assert!(span.text("error.type").ends_with("ScriptError"));
    assert_eq!(span.text("error.message"), "the body failed");
}

#[tokio::test]
async fn a_body_that_says_that_nothing_follows_is_not_waited_for() {
    let memory = InMemory::default();
    let body = || Script::telling_its_end(&[Step::Data]);
    let inner = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(body()))));
    let mut response = layer(&memory).layer(inner).oneshot(request("/")).await.unwrap();
    assert!(memory.take().spans().is_empty());
    response.body_mut().frame().await.unwrap().unwrap();
    only(&memory);
}

#[tokio::test]
async fn an_empty_body_ends_the_span_at_once_and_a_dropped_one_when_it_goes() {
    let memory = InMemory::default();
    let empty =
        service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(Script::telling_its_end(&[])))));
    let response = layer(&memory).layer(empty).oneshot(request("/")).await.unwrap();
    only(&memory);
    drop(response);

    let endless = service_fn(|_: Request<String>| {
        ready(Ok::<_, Infallible>(Response::new(Script::new(&[Step::Data, Step::Hang]))))
    });
    let mut response = layer(&memory).layer(endless).oneshot(request("/")).await.unwrap();
    response.body_mut().frame().await.unwrap().unwrap();
    assert!(memory.take().spans().is_empty());
    drop(response);
    let span = only(&memory);
    assert!(!span.error);
    assert_eq!(span.text("http.cancelled"), "");
}

#[tokio::test]
async fn statuses_from_500_are_errors_and_the_others_are_not() {
    let memory = InMemory::default();
    for (status, message) in
        [(404, ""), (499, ""), (500, "500: Internal Server Error"), (503, "503: Service Unavailable")]
    {
        answer(layer(&memory), StatusCode::from_u16(status).unwrap(), request("/")).await;
        let span = only(&memory);
        assert_eq!((span.error, span.text("error.message")), (!message.is_empty(), message), "{status}");
        assert_eq!(span.text("http.status_code"), status.to_string());
    }
}

#[tokio::test]
async fn a_service_that_fails_fails_the_span() {
    let memory = InMemory::default();
    let inner = service_fn(|_: Request<String>| ready(Err::<Response<String>, _>(ScriptError)));
    layer(&memory).layer(inner).oneshot(request("/")).await.unwrap_err();
    let span = only(&memory);
    assert!(span.error);
    assert!(span.text("error.type").ends_with("ScriptError"));
    assert_eq!(span.text("error.message"), "the body failed");
}

#[tokio::test]
async fn a_panic_is_marked_and_goes_on() {
    let memory = InMemory::default();
    let in_call = service_fn(|request: Request<String>| {
        assert!(request.uri().path() != "/", "no such beer");
        ready(Ok::<_, Infallible>(Response::new(String::new())))
    });
    let in_future = service_fn(|_: Request<String>| async {
        tokio::task::yield_now().await;
        panic!("no such {}", "beer");
        #[allow(unreachable_code, reason = "the type of the response")]
        Ok::<_, Infallible>(Response::new(String::new()))
    });
    let in_body = service_fn(|_: Request<String>| {
        ready(Ok::<_, Infallible>(Response::new(Script::new(&[Step::Data, Step::Panic]))))
    });

    let mut called = layer(&memory).layer(in_call);
    let caught = std::panic::catch_unwind(AssertUnwindSafe(|| drop(called.call(request("/")))));
    assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"no such beer"));
    expect_panic(&memory, "no such beer");

    let task = tokio::spawn(layer(&memory).layer(in_future).oneshot(request("/")));
    assert!(task.await.unwrap_err().is_panic());
    expect_panic(&memory, "no such beer");

    let response = layer(&memory).layer(in_body).oneshot(request("/")).await.unwrap();
    assert!(tokio::spawn(response.into_body().collect()).await.unwrap_err().is_panic());
    expect_panic(&memory, "the body broke");
}

fn expect_panic(memory: &InMemory, message: &str) {
    let span = only(memory);
    assert!(span.error);
    assert_eq!((span.text("error.type"), span.text("error.message")), ("panic", message));
}

#[tokio::test]
async fn a_request_that_is_given_up_ends_its_span_with_a_tag() {
    let memory = InMemory::default();
    let inner = service_fn(|_: Request<String>| pending::<Result<Response<String>, Infallible>>());
    let mut asked = Box::pin(layer(&memory).layer(inner).oneshot(request("/")));
    tokio::select! {
        biased;
        _ = &mut asked => panic!("nobody answers"),
        () = ready(()) => {}
    }
    drop(asked);
    let span = only(&memory);
    assert!(!span.error);
    assert_eq!((span.text("http.cancelled"), span.text("http.status_code")), ("true", ""));
}

#[tokio::test]
async fn a_layer_in_another_makes_no_span_but_tells_the_route() {
    let memory = InMemory::default();
    let told = || layer(&memory).route(|_| Some("/users/{id}".to_owned()));
    let table = [
        (layer(&memory), layer(&memory), "GET"),
        (layer(&memory), told(), "GET /users/{id}"),
        (layer(&memory).route(|_| None), told(), "GET /users/{id}"),
        (layer(&memory).route(|_| Some("/outer".to_owned())), told(), "GET /outer"),
    ];
    for (outer, inner, resource) in table {
        let handler = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(String::new()))));
        outer.layer(inner.layer(handler)).oneshot(request("/")).await.unwrap();
        assert_eq!(only(&memory).resource, resource);
    }
}

#[tokio::test]
async fn skipped_requests_and_disabled_tracers_make_no_spans() {
    let memory = InMemory::default();
    let seen = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&seen);
    let skipping = layer(&memory).skip(|head| head.uri.path() == "/health").route(move |_| {
        *counted.lock().unwrap() += 1;
        None
    });
    let body = answer(skipping, StatusCode::OK, request("/health")).await.into_body();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "hello");
    let disabled = ServerLayer::new().tracer(&tracehound::Tracer::disabled());
    let body = answer(disabled, StatusCode::OK, request("/")).await.into_body();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "hello");
    assert!(memory.take().spans().is_empty());
    assert_eq!(*seen.lock().unwrap(), 0);
}
