//! Calls over real connections, and the spans of both ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http_body_util::Full;
use support::{Orders, Plain, serve};
use tokio_stream::StreamExt;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tower::{Layer, ServiceExt};
use tracehound::InSpan;
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_tonic::{ClientLayer, MethodKind, ServerLayer, Traced};

fn server(memory: &InMemory) -> ServerLayer {
    ServerLayer::new().tracer(memory.tracer())
}

fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

async fn client(channel: Traced<Channel>) -> Grpc<Traced<Channel>> {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.unwrap();
    grpc
}

fn path(method: &'static str) -> PathAndQuery {
    format!("/shop.Orders/{method}").parse().unwrap()
}

async fn call(channel: Traced<Channel>, method: &'static str, request: Request<Bytes>) -> Result<Bytes, Status> {
    client(channel).await.unary(request, path(method), Plain).await.map(tonic::Response::into_inner)
}

fn order() -> Request<Bytes> {
    Request::new(Bytes::from_static(b"espresso"))
}

/// The span of the server and the one of the client.
fn both(spans: &[FinishedSpan]) -> (&FinishedSpan, &FinishedSpan) {
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{spans:#?}"));
    (named("grpc.server"), named("grpc.client"))
}

#[tokio::test]
async fn a_call_is_a_span_at_either_end_and_one_trace() {
    let memory = InMemory::new(&[("DD_SERVICE", "shop")]);
    let orders = Orders::default();
    let address = serve(server(&memory), orders.clone()).await;
    let layer = ClientLayer::new()
        .service("orders")
        .target(format!("http://{address}").parse().unwrap())
        .method_kind(|_| Some(MethodKind::Unary));
    let work = memory.tracer().span("work").start();
    let answer = call(layer.layer(channel(address)), "Place", order()).in_span(work).await.unwrap();
    assert_eq!(answer, "placed");

    let spans = memory.wait_for(4).await.spans();
    let (answered, asked) = both(&spans);
    let work = spans.iter().find(|span| span.name == "work").unwrap();
    let step = spans.iter().find(|span| span.name == "step").unwrap();
    assert_eq!((asked.parent_id, answered.parent_id, step.parent_id), (work.span_id, asked.span_id, answered.span_id));
    assert!(spans.iter().all(|span| span.trace_id == work.trace_id && !span.error));
    assert_eq!((answered.service.as_str(), asked.service.as_str()), ("shop", "orders"));
    assert_eq!((answered.text("_dd.svc_src"), asked.text("_dd.svc_src")), ("", "tonic"));
    assert_eq!((answered.text("span.kind"), asked.text("span.kind")), ("server", "client"));
    assert_eq!((answered.text("grpc.method.kind"), asked.text("grpc.method.kind")), ("", "unary"));
    for span in [answered, asked] {
        assert_eq!((span.span_type.as_str(), span.resource.as_str()), ("rpc", "/shop.Orders/Place"));
        let expected = [
            ("rpc.system", "grpc"),
            ("rpc.service", "shop.Orders"),
            ("rpc.method", "Place"),
            ("rpc.grpc.full_method", "/shop.Orders/Place"),
            ("grpc.method.name", "/shop.Orders/Place"),
            ("grpc.method.package", "shop"),
            ("grpc.code", "OK"),
            ("component", "tonic"),
        ];
        for (key, value) in expected {
            assert_eq!(span.text(key), value, "{key} of {}", span.name);
        }
        assert_eq!(span.metrics["_dd.measured"], 1.0);
    }
    assert_eq!((asked.text("out.host"), asked.text("network.destination.name")), ("127.0.0.1", "127.0.0.1"));
    assert_eq!(asked.metrics["network.destination.port"], f64::from(address.port()));
    let metadata = orders.metadata.lock().unwrap();
    assert_eq!(metadata.get("x-datadog-parent-id").unwrap().to_str().unwrap(), asked.span_id.to_string());
}

#[tokio::test]
async fn any_code_but_ok_is_an_error_except_canceled_on_the_server() {
    let table = [
        ("Missing", "NotFound", "no such order: 7%", true),
        ("Mute", "Internal", "Internal", true),
        ("Canceled", "Canceled", "never mind", false),
        ("Nothing", "Unimplemented", "Nothing", true),
    ];
    for (method, code, message, fails_on_server) in table {
        let memory = InMemory::default();
        let address = serve(server(&memory), Orders::default()).await;
        let layer = ClientLayer::new().tracer(memory.tracer());
        call(layer.layer(channel(address)), method, order()).await.unwrap_err();
        let spans = memory.wait_for(3).await.spans();
        let (answered, asked) = both(&spans);
        assert_eq!((answered.text("grpc.code"), asked.text("grpc.code")), (code, code));
        assert_eq!((answered.error, asked.error), (fails_on_server, true), "{method}");
        assert_eq!(asked.text("error.message"), message);
        assert_eq!(answered.text("error.message"), if fails_on_server { message } else { "" });
    }
}

#[tokio::test]
async fn a_stream_is_open_until_its_trailers() {
    for (method, code, error) in [("Watch", "OK", false), ("Break", "DataLoss", true)] {
        let memory = InMemory::default();
        let address =
            serve(server(&memory).method_kind(|_| Some(MethodKind::ServerStreaming)), Orders::default()).await;
        let layer = ClientLayer::new().tracer(memory.tracer());
        let mut client = client(layer.layer(channel(address))).await;
        let mut messages = client.server_streaming(order(), path(method), Plain).await.unwrap().into_inner();
        let mut count = 0;
        while let Some(Ok(_)) = messages.next().await {
            count += 1;
        }
        assert_eq!(count, 3);
        let spans = memory.wait_for(5).await.spans();
        let (answered, asked) = both(&spans);
        assert_eq!(answered.text("grpc.method.kind"), "server_streaming");
        for span in [answered, asked] {
            assert_eq!((span.text("grpc.code"), span.error), (code, error), "{method}: {}", span.name);
        }
        let steps: Vec<_> = spans.iter().filter(|span| span.name == "step").collect();
        assert!(steps.len() == 3 && steps.iter().all(|step| step.parent_id == answered.span_id), "{spans:#?}");
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_canceled_at_both_ends_and_no_error() {
    let memory = InMemory::default();
    let address = serve(server(&memory), Orders::default()).await;
    let layer = ClientLayer::new().tracer(memory.tracer());
    let mut client = client(layer.layer(channel(address))).await;
    let mut messages = client.server_streaming(order(), path("Endless"), Plain).await.unwrap().into_inner();
    for _ in 0..3 {
        messages.next().await.unwrap().unwrap();
    }
    assert!(memory.take().spans().iter().all(|span| span.name == "step"));
    drop(messages);
    let spans = memory.wait_for(2).await.spans();
    let (answered, asked) = both(&spans);
    for span in [answered, asked] {
        assert_eq!((span.text("grpc.code"), span.error), ("Canceled", false), "{}", span.name);
    }
}

#[tokio::test]
async fn a_client_that_waits_no_longer_has_exceeded_its_deadline() {
    let memory = InMemory::default();
    let address = serve(server(&memory), Orders::default()).await;
    let mut request = order();
    request.set_timeout(Duration::from_millis(50));
    let layer = ClientLayer::new().tracer(memory.tracer());
    call(layer.layer(channel(address)), "Never", request).await.unwrap_err();
    let spans = memory.wait_for(3).await.spans();
    let (_, asked) = both(&spans);
    assert_eq!((asked.text("grpc.code"), asked.error), ("DeadlineExceeded", true), "{asked:#?}");
}

#[tokio::test]
async fn a_server_that_is_given_up_tells_by_the_deadline_whether_it_was_late() {
    for (timeout, code, error) in [("1n", "DeadlineExceeded", true), ("1H", "Canceled", false), ("", "Canceled", false)]
    {
        let memory = InMemory::default();
        let request = http::Request::builder()
            .uri("http://orders/shop.Orders/Never")
            .header("grpc-timeout", timeout)
            // One message of no bytes.
            .body(tonic::body::Body::new(Full::from(vec![0; 5])))
            .unwrap();
        let mut asked = Box::pin(server(&memory).layer(Orders::default()).oneshot(request));
        tokio::select! {
            biased;
            _ = &mut asked => panic!("nobody answers"),
            () = std::future::ready(()) => {}
        }
        drop(asked);
        let spans = memory.wait_for(2).await.spans();
        let span = spans.iter().find(|span| span.name == "grpc.server").unwrap();
        assert_eq!((span.text("grpc.code"), span.error), (code, error), "{timeout:?}");
    }
}

#[tokio::test]
async fn a_panic_of_the_handler_is_marked() {
    let memory = InMemory::default();
    let address = serve(server(&memory), Orders::default()).await;
    call(tracehound_tonic::wrap(channel(address)), "Panic", order()).await.unwrap_err();
    let spans = memory.wait_for(2).await.spans();
    let span = spans.iter().find(|span| span.name == "grpc.server").unwrap();
    assert_eq!((span.error, span.text("error.type"), span.text("error.message")), (true, "panic", "out of beans"));
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_unavailable() {
    let memory = InMemory::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let layer = ClientLayer::new().tracer(memory.tracer());
    let status = call(layer.layer(channel(address)), "Place", order()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unavailable);
    let spans = memory.wait_for(1).await.spans();
    assert_eq!((spans[0].text("grpc.code"), spans[0].error), ("Unavailable", true));
    assert!(spans[0].text("error.type").contains("tonic"), "{spans:#?}");
}

#[tokio::test]
async fn layers_in_layers_make_one_span() {
    let memory = InMemory::default();
    let address = serve(server(&memory), Orders::default()).await;
    let layer = ClientLayer::new().tracer(memory.tracer());
    let inner = tracehound_tower::ClientLayer::new().tracer(memory.tracer());
    let mut grpc = Grpc::new(layer.layer(layer.layer(inner.layer(channel(address)))));
    grpc.ready().await.unwrap();
    grpc.unary::<Bytes, Bytes, _>(order(), path("Place"), Plain).await.unwrap();
    let names: Vec<_> = memory.wait_for(3).await.spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["grpc.client", "grpc.server", "step"]);
}
