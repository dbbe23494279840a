//! Both layers around real connections of hyper: the trace that crosses them, HEAD, trailers, clients that go away.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use support::{Script, Step};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};
use tracehound::InSpan;
use tracehound::testing::InMemory;
use tracehound_tower::{ClientLayer, ServerLayer};

/// Serves scripts over HTTP/1 and HTTP/2 until the test's runtime ends.
async fn serve(memory: &InMemory, script: impl Fn() -> Script + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let layer = ServerLayer::new().tracer(memory.tracer());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let script = script.clone();
            let answer = service_fn(move |_: Request<Incoming>| {
                let response = Response::new(script());
                async { Ok::<_, Infallible>(response) }
            });
            let service = TowerToHyperService::new(layer.layer(answer));
            tokio::spawn(async move {
                let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

fn client(http2: bool) -> Client<HttpConnector, Empty<Bytes>> {
    Client::builder(TokioExecutor::new()).http2_only(http2).build_http()
}

fn request(method: &str, address: SocketAddr) -> Request<Empty<Bytes>> {
    Request::builder().method(method).uri(format!("http://{address}/beers?kind=ale")).body(Empty::new()).unwrap()
}

#[tokio::test]
async fn a_trace_crosses_from_client_to_server() {
    for http2 in [false, true] {
        let memory = InMemory::default();
        let address = serve(&memory, || Script::new(&[Step::Data, Step::Trailers])).await;
        let work = memory.tracer().span("work").start();
        let traced = ClientLayer::new().service("beers").host_in_resource().layer(client(http2));
        let response = traced.oneshot(request("GET", address)).in_span(work).await.unwrap();
        let body = response.into_body().collect().await.unwrap();
        assert_eq!(body.to_bytes(), "hello");

        let spans = memory.wait_for(3).await.spans();
        let [work, asked, answered] = &spans[..] else { panic!("{spans:#?}") };
        assert_eq!([work.trace_id; 2], [asked.trace_id, answered.trace_id]);
        assert_eq!((asked.parent_id, answered.parent_id), (work.span_id, asked.span_id));
        assert_eq!((asked.name.as_str(), asked.span_type.as_str()), ("http.request", "http"));
        assert_eq!((asked.service.as_str(), asked.text("_dd.svc_src")), ("beers", "tower"));
        assert_eq!(asked.resource, "GET 127.0.0.1");
        let url = format!("http://{address}/beers?kind=ale");
        assert_eq!((asked.text("http.url"), answered.text("http.url")), (url.as_str(), url.as_str()));
        assert_eq!((asked.text("span.kind"), answered.text("span.kind")), ("client", "server"));
        assert_eq!((asked.text("out.host"), asked.text("http.status_code")), ("127.0.0.1", "200"));
        assert_eq!(asked.metrics["network.destination.port"], f64::from(address.port()));
    }
}

#[tokio::test]
async fn an_answer_to_head_has_no_body_and_a_span_all_the_same() {
    let memory = InMemory::default();
    let address = serve(&memory, || Script::new(&[Step::Data])).await;
    client(false).request(request("HEAD", address)).await.unwrap();
    let spans = memory.wait_for(1).await.spans();
    assert_eq!(spans[0].resource, "HEAD");
    assert!(!spans[0].error);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_span() {
    let memory = InMemory::default();
    let address = serve(&memory, || Script::new(&[Step::Data, Step::Hang])).await;
    let mut response = client(false).request(request("GET", address)).await.unwrap();
    response.body_mut().frame().await.unwrap().unwrap();
    assert!(memory.take().spans().is_empty());
    drop(response);
    assert_eq!(memory.wait_for(1).await.spans().len(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_fails_the_clients_span() {
    let memory = InMemory::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let traced = ClientLayer::new().tracer(memory.tracer()).layer(client(false));
    traced.oneshot(request("GET", address)).await.unwrap_err();
    let spans = memory.wait_for(1).await.spans();
    assert!(spans[0].error);
    assert!(spans[0].text("error.type").contains("Error"), "{spans:#?}");
    assert!(!spans[0].text("error.message").is_empty());
    assert_eq!(spans[0].text("http.status_code"), "");
}

#[tokio::test]
async fn a_client_layer_in_another_makes_no_second_span_and_one_set_of_headers() {
    let memory = InMemory::default();
    let layer = ClientLayer::new().tracer(memory.tracer());
    let sent = service_fn(|request: Request<Full<Bytes>>| async move {
        let mut response = Response::new(Full::<Bytes>::default());
        *response.headers_mut() = request.headers().clone();
        Ok::<_, Infallible>(response)
    });
    let mut request = Request::builder().uri("http://beers.example/").body(Full::default()).unwrap();
    request.headers_mut().append("x-datadog-trace-id", "1".parse().unwrap());
    request.headers_mut().append("x-datadog-trace-id", "2".parse().unwrap());
    let response = layer.layer(layer.layer(sent)).oneshot(request).await.unwrap();
    let spans = memory.wait_for(1).await.spans();
    assert_eq!(spans.len(), 1);
    let ids: Vec<_> = response.headers().get_all("x-datadog-trace-id").iter().collect();
    assert_eq!(ids, [&(spans[0].trace_id as u64).to_string()]);
    assert_eq!(response.headers()["x-datadog-parent-id"], spans[0].span_id.to_string());
}

#[tokio::test]
async fn a_request_that_is_given_up_ends_its_span_with_a_tag() {
    let memory = InMemory::default();
    let sent = service_fn(|_: Request<String>| std::future::pending::<Result<Response<String>, Infallible>>());
    let traced = ClientLayer::new().tracer(memory.tracer()).layer(sent);
    let mut asked = Box::pin(traced.oneshot(Request::new(String::new())));
    tokio::select! {
        biased;
        _ = &mut asked => panic!("nobody answers"),
        () = std::future::ready(()) => {}
    }
    drop(asked);
    let spans = memory.wait_for(1).await.spans();
    assert_eq!((spans[0].error, spans[0].text("http.cancelled")), (false, "true"));
}
