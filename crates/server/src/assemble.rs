//! The parts, built in order and stopped in reverse.
//!
//! ```text
//! start   ports bound ─► both answer 503 ─► store opened (recovery) ─► both serve
//! stop    ports closed ─► requests in flight answered ─► store flushed and closed
//! ```

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet, spawn_blocking};
use tokio::time::timeout;
use tracehound_api::{AllowedHosts, Api};
use tracehound_config::{API_PORT, Config, RECEIVER_PORT};
use tracehound_platform::{Clock, RealFiles};
use tracehound_receive::{Limits, Receiver, serve};
use tracehound_store::Store;
use tracehound_telemetry::{Metrics, UnknownRoutes};

use crate::Error;
use crate::accept::StoreAccept;
use crate::listen::{Door, Purpose};

#[cfg(test)]
mod tests;

/// Most connections of tracers at once. Source: agent-protocol 1.1 (`max_connections`).
const RECEIVER_CONNECTIONS: usize = 1_000;

/// Most connections of browsers and programs at once: a browser opens six.
const API_CONNECTIONS: usize = 256;

/// Longest wait for the last flush. With the five seconds that requests in flight get, a stop takes less than ten.
const CLOSE_WITHIN: Duration = Duration::from_millis(4_500);

/// The running parts.
pub(crate) struct Assembly {
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    /// What both doors wait for: empty until recovery is done.
    store: Arc<OnceLock<Arc<Store>>>,
    receiver_url: Option<String>,
    api_url: String,
    stopping: watch::Sender<bool>,
    servers: JoinSet<()>,
}

impl Assembly {
    /// Binds both ports, then answers on them: until the store is open, that it is not.
    pub(crate) async fn start(config: &Config, clock: Arc<dyn Clock>) -> Result<Assembly, Error> {
        let api_door = Door::bind(Purpose { what: "API", key: &API_PORT }, config.api_port).await?;
        let receiver_door = match config.receiver_port {
            Some(port) => Some(Door::bind(Purpose { what: "trace receiver", key: &RECEIVER_PORT }, port).await?),
            None => None,
        };
        let mut assembly = Assembly {
            clock,
            metrics: Arc::default(),
            store: Arc::default(),
            receiver_url: receiver_door.as_ref().map(Door::url),
            api_url: api_door.url(),
            stopping: watch::Sender::new(false),
            servers: JoinSet::new(),
        };
        let unknown_routes = Arc::<UnknownRoutes>::default();
        assembly.serve_api(api_door, config, unknown_routes.clone());
        if let Some(door) = receiver_door {
            assembly.serve_receiver(door, unknown_routes);
        }
        tracing::info!(receiver = assembly.receiver_url, api = assembly.api_url, "listening");
        Ok(assembly)
    }

    fn serve_api(&mut self, door: Door, config: &Config, unknown_routes: Arc<UnknownRoutes>) {
        let router = tracehound_api::router(Api {
            store: self.store.clone(),
            metrics: self.metrics.clone(),
            unknown_routes,
            hosts: Arc::new(AllowedHosts::new(config.api_hosts.iter().cloned())),
        });
        let limits = Limits::new(API_CONNECTIONS, self.metrics.api_connections.clone());
        for listener in door.listeners {
            let service = TowerToHyperService::new(router.clone());
            self.servers.spawn(serve(listener, limits.clone(), service, self.stop_asked()));
        }
    }

    fn serve_receiver(&mut self, door: Door, unknown_routes: Arc<UnknownRoutes>) {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let options = tracehound_receive::Options::new(door.port, cores);
        let accept = StoreAccept { store: self.store.clone() };
        let receiver = Receiver::new(options, accept, self.clock.clone(), self.metrics.clone(), unknown_routes);
        let limits = Limits::new(RECEIVER_CONNECTIONS, self.metrics.receive_connections.clone());
        for listener in door.listeners {
            self.servers.spawn(serve(listener, limits.clone(), receiver.clone(), self.stop_asked()));
        }
    }

    /// Opens the data directory, and serves from then on. Returns when everything accepted before can be queried.
    pub(crate) async fn open_store(&self, data_dir: &Path) -> Result<(), Error> {
        let path = data_dir.to_owned();
        let (clock, metrics) = (self.clock.clone(), self.metrics.clone());
        let opening = spawn_blocking(move || {
            let files = RealFiles::open(&path).map_err(|error| Error::DataDir { path: path.clone(), error })?;
            Store::open(tracehound_store::Options::default(), Arc::new(files), clock, metrics)
                .map_err(|error| Error::Open { path, error })
        });
        let store = opening.await.unwrap_or_else(panicked)?;
        // Nobody else sets it.
        let _ = self.store.set(Arc::new(store));
        Ok(())
    }

    /// Takes nothing new, answers what is in flight, and writes everything.
    pub(crate) async fn stop(mut self) -> Result<(), Error> {
        self.stopping.send_replace(true);
        while self.servers.join_next().await.is_some() {}
        let Some(store) = self.store.get().cloned() else { return Ok(()) };
        let closing = spawn_blocking(move || store.close().map_err(Error::Close));
        match timeout(CLOSE_WITHIN, closing).await {
            Ok(closed) => closed.unwrap_or_else(panicked),
            Err(_) => Err(Error::CloseTooSlow { after: CLOSE_WITHIN }),
        }
    }

    /// Where tracers send to, unless that is switched off.
    pub(crate) fn receiver_url(&self) -> Option<&str> {
        self.receiver_url.as_deref()
    }

    /// Where people look.
    pub(crate) fn api_url(&self) -> &str {
        &self.api_url
    }

    fn stop_asked(&self) -> impl Future<Output = ()> + use<> {
        let mut stopping = self.stopping.subscribe();
        async move {
            // An error means that the sender is gone, and the assembly with it.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }
}

fn panicked<T>(error: JoinError) -> Result<T, Error> {
    Err(Error::Bug(error.to_string()))
}
