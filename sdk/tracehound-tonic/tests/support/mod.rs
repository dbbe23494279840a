//! A gRPC service written by hand: its messages are plain bytes.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_stream::{Stream, StreamExt};
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::server::{Grpc, NamedService};
use tonic::transport::Server;
use tonic::{Code, Request, Response, Status, Streaming};
use tower::{Service, service_fn};
use tracehound_tonic::ServerLayer;

/// Messages as they are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plain;

impl Codec for Plain {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let len = bytes.remaining();
        Ok(Some(bytes.copy_to_bytes(len)))
    }
}

/// `shop.Orders`: what a method does is in its name.
#[derive(Clone, Default)]
pub(crate) struct Orders {
    /// The metadata of the last unary call.
    pub(crate) metadata: Arc<Mutex<MetadataMap>>,
}

impl NamedService for Orders {
    const NAME: &'static str = "shop.Orders";
}

type Messages = std::pin::Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

impl Service<http::Request<Body>> for Orders {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let orders = self.clone();
        Box::pin(async move {
            let mut grpc = Grpc::new(Plain);
            let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
            Ok(match method.as_str() {
                "Watch" | "Break" | "Endless" => {
                    let answer = move |_: Request<Streaming<Bytes>>| {
                        let messages = messages(&method);
                        async move { Ok::<_, Status>(Response::new(messages)) }
                    };
                    grpc.streaming(service_fn(answer), request).await
                }
                _ => {
                    let answer = move |request: Request<Bytes>| {
                        *orders.metadata.lock().unwrap() = request.metadata().clone();
                        unary(method.clone())
                    };
                    grpc.unary(service_fn(answer), request).await
                }
            })
        })
    }
}

async fn unary(method: String) -> Result<Response<Bytes>, Status> {
    tracehound::span("step").start().finish();
    match method.as_str() {
        "Place" => Ok(Response::new(Bytes::from_static(b"placed"))),
        "Missing" => Err(Status::not_found("no such order: 7%")),
        "Mute" => Err(Status::new(Code::Internal, "")),
        "Canceled" => Err(Status::cancelled("never mind")),
        "Never" => std::future::pending().await,
        "Panic" => panic!("out of beans"),
        other => Err(Status::unimplemented(other)),
    }
}

fn messages(method: &str) -> Messages {
    let some = tokio_stream::iter(0..3).map(|_| {
        tracehound::span("step").start().finish();
        Ok(Bytes::from_static(b"order"))
    });
    match method {
        "Break" => Box::pin(some.chain(tokio_stream::once(Err(Status::data_loss("disk"))))),
        "Endless" => Box::pin(some.chain(tokio_stream::pending())),
        _ => Box::pin(some),
    }
}

/// Serves until the test's runtime ends.
pub(crate) async fn serve(layer: ServerLayer, orders: Orders) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder().layer(layer).add_service(orders);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    address
}
