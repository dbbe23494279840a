//! One connection: HTTP/1.1 by hyper, watched from both ends.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::activity::{Activity, InFlight, Patience};

/// Largest header, and largest read at once, in bytes: a thousand connections hold 64 MiB of buffers at most. Go's servers
/// take headers of 1 MiB, tracers send less than 1 KiB.
const MAX_BUFFER_BYTES: usize = 64 * 1024;

/// Serves requests until the other side closes, takes too long, or `stop` is true and the request in flight is answered.
pub(crate) async fn serve<S, B>(stream: TcpStream, service: S, patience: Patience, mut stop: watch::Receiver<bool>)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: Body + Unpin + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let activity = Activity::new();
    let io = TokioIo::new(Watched { stream, activity: activity.clone() });
    let mut http = http1::Builder::new();
    // Idle connections count as waiting for a header there; `overdue` tells the two apart. A client may close its half
    // once it has sent its request and still wants the answer.
    http.header_read_timeout(None).half_close(true).max_buf_size(MAX_BUFFER_BYTES);
    let mut connection = pin!(http.serve_connection(io, Tracked { service, activity: activity.clone() }));
    let mut overdue = pin!(activity.overdue(patience));
    let mut stopping = false;
    loop {
        tokio::select! {
            // An error is the other side's: it broke off, or sent what is no HTTP and got its 400.
            _ = connection.as_mut() => return,
            () = overdue.as_mut() => return,
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// A stream that tells when bytes arrive and when they are not taken.
struct Watched {
    stream: TcpStream,
    activity: Activity,
}

impl Watched {
    fn wrote<T>(&self, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.activity.write_stalls(result.is_pending());
        result
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.activity.bytes_arrived();
        }
        result
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A service that tells when it is called and when its answer is written.
struct Tracked<S> {
    service: S,
    activity: Activity,
}

impl<S, B> Service<Request<Incoming>> for Tracked<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
{
    type Response = Response<Held<B>>;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let in_flight = self.activity.request();
        request.extensions_mut().insert(in_flight.clone());
        Answering { answer: Box::pin(self.service.call(request)), in_flight }
    }
}

/// An answer that is not there yet.
struct Answering<F> {
    answer: Pin<Box<F>>,
    in_flight: InFlight,
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = Result<Response<B>, Infallible>>,
{
    type Output = Result<Response<Held<B>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(self.answer.as_mut().poll(cx));
        let in_flight = self.in_flight.clone();
        Poll::Ready(answer.map(|answer| answer.map(|body| Held { body, _in_flight: in_flight })))
    }
}

/// The body of an answer; its request is in flight until it is dropped, which hyper does when it is written.
struct Held<B> {
    body: B,
    _in_flight: InFlight,
}

impl<B: Body + Unpin> Body for Held<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
