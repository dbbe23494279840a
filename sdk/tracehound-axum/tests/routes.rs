//! Which route a request's span is named by.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use tower::ServiceExt;
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_axum::TraceLayer;

/// The span of one request to this application.
async fn ask(app: Router, memory: &InMemory, method: &str, path: &str) -> (StatusCode, FinishedSpan) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let status = app.oneshot(request).await.unwrap().status();
    let mut spans = memory.take().spans();
    assert_eq!(spans.len(), 1, "{method} {path}: {spans:#?}");
    (status, spans.remove(0))
}

async fn ok() -> &'static str {
    "ok"
}

#[tokio::test]
async fn the_route_is_the_pattern_that_matched() {
    let memory = InMemory::default();
    let layer = TraceLayer::new().tracer(memory.tracer());
    let deep = Router::new().route("/{donut}/toppings/{topping}", get(ok));
    let app = Router::new()
        .route("/", get(ok))
        .route("/beers/{id}", get(ok).delete(ok))
        .route("/files/{*path}", get(ok))
        .merge(Router::new().route("/merged/{id}", get(ok)))
        .nest("/donuts", deep.clone())
        .nest("/shops/{shop}", Router::new().nest("/donuts", deep))
        .layer(layer);
    let table = [
        ("GET", "/", 200, "GET /"),
        ("GET", "/beers/7", 200, "GET /beers/{id}"),
        ("HEAD", "/beers/7", 200, "HEAD /beers/{id}"),
        ("DELETE", "/beers/7", 200, "DELETE /beers/{id}"),
        // The path matched, the method did not.
        ("POST", "/beers/7", 405, "POST /beers/{id}"),
        ("GET", "/files/a/b/c", 200, "GET /files/{*path}"),
        ("GET", "/merged/7", 200, "GET /merged/{id}"),
        ("GET", "/donuts/glazed/toppings/nuts", 200, "GET /donuts/{donut}/toppings/{topping}"),
        ("GET", "/shops/1/donuts/glazed/toppings/nuts", 200, "GET /shops/{shop}/donuts/{donut}/toppings/{topping}"),
        ("GET", "/nowhere", 404, "GET unknown"),
        ("GET", "/donuts/glazed", 404, "GET unknown"),
    ];
    for (method, path, status, resource) in table {
        let (answered, span) = ask(app.clone(), &memory, method, path).await;
        assert_eq!((answered.as_u16(), span.resource.as_str()), (status, resource), "{method} {path}");
        assert_eq!(span.meta["http.status_code"], status.to_string());
        let route = resource.split_once(" /").map(|(_, route)| format!("/{route}"));
        assert_eq!(span.meta.get("http.route"), route.as_ref(), "{method} {path}");
        assert_eq!((span.error, span.meta["component"].as_str()), (false, "axum"));
    }
}

#[tokio::test]
async fn a_fallback_is_no_route() {
    let memory = InMemory::default();
    let layer = TraceLayer::new().tracer(memory.tracer());
    let inner = Router::new().route("/x", get(ok)).fallback(|| async { StatusCode::IM_A_TEAPOT });
    let app = Router::new().nest("/inner", inner).fallback(|| async { StatusCode::GONE }).layer(layer);
    for (path, status) in [("/nowhere", 410), ("/inner/nowhere", 418)] {
        let (answered, span) = ask(app.clone(), &memory, "GET", path).await;
        assert_eq!((answered.as_u16(), span.resource.as_str()), (status, "GET unknown"), "{path}");
    }
}

#[tokio::test]
async fn a_router_that_is_a_service_of_its_own_tells_its_route_to_the_outer_span() {
    let memory = InMemory::default();
    let layer = TraceLayer::new().tracer(memory.tracer());
    let inner = Router::new().route("/{id}", post(ok));
    let plain = Router::new().nest_service("/orders", inner.clone()).layer(layer.clone());
    let (_, span) = ask(plain, &memory, "POST", "/orders/7").await;
    assert_eq!(span.resource, "POST unknown");
    let layered = Router::new().nest_service("/orders", inner.layer(layer.clone())).layer(layer);
    let (_, span) = ask(layered, &memory, "POST", "/orders/7").await;
    assert_eq!(span.resource, "POST /orders/{id}");
}

#[tokio::test]
async fn a_layer_of_the_routes_alone_leaves_out_what_matches_none() {
    let memory = InMemory::default();
    let layer = TraceLayer::new().tracer(memory.tracer());
    let app = Router::new().route("/beers/{id}", get(ok)).route_layer(layer);
    let (_, span) = ask(app.clone(), &memory, "GET", "/beers/7").await;
    assert_eq!(span.resource, "GET /beers/{id}");
    let missing = Request::builder().uri("/nowhere").body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(missing).await.unwrap().status(), 404);
    assert!(memory.take().spans().is_empty());
}

#[tokio::test]
async fn routes_added_after_the_layer_are_outside_of_it() {
    let memory = InMemory::default();
    let layer = TraceLayer::new().tracer(memory.tracer());
    let app = Router::new().route("/traced", get(ok)).layer(layer).route("/health", get(ok));
    let (_, span) = ask(app.clone(), &memory, "GET", "/traced").await;
    assert_eq!(span.resource, "GET /traced");
    app.oneshot(Request::builder().uri("/health").body(Body::empty()).unwrap()).await.unwrap();
    assert!(memory.take().spans().is_empty());
}

#[tokio::test]
async fn what_the_handler_says_of_its_span_stays() {
    let memory = InMemory::default();
    let layer = TraceLayer::new().tracer(memory.tracer()).service("shop-web").operation("web.request");
    let failing = || async {
        tracehound::root_span().set_resource("checkout").set_error_details("shop::SoldOut", "no donuts", "");
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let (_, span) = ask(Router::new().route("/pay", get(failing)).layer(layer), &memory, "GET", "/pay").await;
    assert_eq!((span.name.as_str(), span.service.as_str()), ("web.request", "shop-web"));
    assert_eq!((span.resource.as_str(), span.error), ("checkout", true));
    assert_eq!((span.meta["error.type"].as_str(), span.meta["error.message"].as_str()), ("shop::SoldOut", "no donuts"));
    assert_eq!(span.meta["_dd.svc_src"], "axum");
}

#[tokio::test]
async fn the_peers_address_comes_from_the_connection() {
    let memory = InMemory::new(&[("DD_TRACE_CLIENT_IP_ENABLED", "true")]);
    let layer = TraceLayer::new().tracer(memory.tracer());
    let app = Router::new().route("/", get(ok)).layer(layer);
    let mut request = Request::builder().uri("/").body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(IpAddr::from([43, 43, 43, 43]), 4711)));
    app.oneshot(request).await.unwrap();
    let spans = memory.take().spans();
    assert_eq!(spans[0].meta["network.client.ip"], "43.43.43.43");
    assert_eq!(spans[0].meta["http.client_ip"], "43.43.43.43");
}
