//! The accept loop: any HTTP service behind a listener, within limits.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracehound_telemetry::Gauge;

use crate::activity::Patience;
use crate::connection;

/// Pause after an accept that failed, mostly for want of file descriptors, which others have to give back first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What connections may take. Clones share the limit of connections, for the listeners of one door.
#[derive(Clone, Debug)]
pub struct Limits {
    connections: Arc<Semaphore>,
    open: Gauge,
    /// Longest time without a request.
    pub idle_timeout: Duration,
    /// Longest time from the first byte of a header to its last.
    pub header_timeout: Duration,
    /// Longest time without progress in taking an answer.
    pub write_timeout: Duration,
    /// Longest time for requests in flight when the door closes.
    pub shutdown_timeout: Duration,
}

impl Limits {
    /// The default times; at most so many connections at once, further ones wait to be accepted.
    ///
    /// - `open`: shows how many there are.
    pub fn new(max_connections: usize, open: Gauge) -> Limits {
        Limits {
            connections: Arc::new(Semaphore::new(max_connections)),
            open,
            // Reliability 6: slow senders.
            idle_timeout: Duration::from_secs(60),
            header_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(10),
            // Agent-protocol 1.1: graceful shutdown.
            shutdown_timeout: Duration::from_secs(5),
        }
    }

    fn patience(&self) -> Patience {
        Patience { idle: self.idle_timeout, header: self.header_timeout, write: self.write_timeout }
    }
}

/// Serves HTTP/1.1 until `shutdown` resolves and requests in flight are answered, or their time is over.
pub async fn serve<S, B>(listener: TcpListener, limits: Limits, service: S, shutdown: impl Future<Output = ()>)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + Unpin + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let stop = watch::Sender::new(false);
    let mut tasks = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            (stream, place) = accept(&listener, &limits) => {
                let serving = connection::serve(stream, service.clone(), limits.patience(), stop.subscribe());
                tasks.spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
            // Takes away what has ended, so that the set holds open connections only.
            Some(_ended) = tasks.join_next() => {}
            () = shutdown.as_mut() => break,
        }
    }
    drop(listener);
    stop.send_replace(true);
    let all_ended = timeout(limits.shutdown_timeout, async { while tasks.join_next().await.is_some() {} }).await;
    if all_ended.is_err() {
        tracing::warn!(connections = tasks.len(), "cut off requests that were still in flight");
    }
}

/// One of the places for connections; given back when dropped.
struct Place {
    _permit: OwnedSemaphorePermit,
    open: Gauge,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.dec();
    }
}

/// Waits for a place, then for a connection to put there.
async fn accept(listener: &TcpListener, limits: &Limits) -> (TcpStream, Place) {
    loop {
        let Ok(permit) = limits.connections.clone().acquire_owned().await else {
            // The semaphore is never closed; if it were, nobody would be let in.
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are one small write each and should not wait for more. If it fails they do.
                let _ = stream.set_nodelay(true);
                limits.open.inc();
                return (stream, Place { _permit: permit, open: limits.open.clone() });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
