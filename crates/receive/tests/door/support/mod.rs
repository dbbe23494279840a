//! A receiver behind a real socket, somebody who keeps what it accepts, and a client that says exactly what a test says.

pub(crate) mod bodies;
mod client;
mod keeper;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracehound_platform::SystemClock;
use tracehound_receive::{Limits, Options, Receiver, serve};
use tracehound_telemetry::{Metrics, UnknownRoutes};

pub(crate) use client::{Answer, Client, request};
pub(crate) use keeper::Keeper;
use keeper::Shared;

/// An open door on a free port of 127.0.0.1; closed when dropped.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) unknown_routes: Arc<UnknownRoutes>,
    runtime: Option<Runtime>,
    serving: JoinHandle<()>,
    shutdown: Option<oneshot::Sender<()>>,
}

/// Longer than any wait that is to end otherwise, so that a busy machine changes no answer.
const LONG: Duration = Duration::from_secs(60);

/// A door with the defaults of a two-core machine, but for the times of requests.
pub(crate) fn open() -> Door {
    open_with(|_, _| {})
}

/// A door with other options and limits.
pub(crate) fn open_with(change: impl FnOnce(&mut Options, &mut Limits)) -> Door {
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("a bound address");

    let (keeper, metrics, unknown_routes) = (Arc::<Keeper>::default(), Arc::<Metrics>::default(), Arc::default());
    let mut options = Options::new(address.port(), 2);
    (options.body_timeout, options.room_wait, options.answer_within) = (LONG, LONG, LONG);
    let mut limits = Limits::new(1_000, metrics.receive_connections.clone());
    change(&mut options, &mut limits);
    let receiver = Receiver::new(
        options,
        Shared(keeper.clone()),
        Arc::new(SystemClock::new()),
        metrics.clone(),
        Arc::clone(&unknown_routes),
    );
    let (shutdown, stopped) = oneshot::channel();
    let serving = runtime.spawn(serve(listener, limits, receiver, async {
        // A sender that is gone says the same.
        let _ = stopped.await;
    }));
    Door { address, keeper, metrics, unknown_routes, runtime: Some(runtime), serving, shutdown: Some(shutdown) }
}

impl Door {
    /// A new connection.
    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address)
    }

    /// One request on a connection of its own.
    pub(crate) fn ask(&self, request: &[u8]) -> Answer {
        self.client().ask(request)
    }

    /// Asks to stop.
    pub(crate) fn close(&mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            // Nobody listens any more if it has stopped already.
            let _ = shutdown.send(());
        }
    }

    /// Whether nothing is served any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.serving.is_finished()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Waits until something is so; fails if it is not after ten seconds.
pub(crate) fn eventually(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not after ten seconds: {what}");
}
