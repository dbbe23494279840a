//! HTTP and JSON for people and programs, and the web pages.
//!
//! Ours stands under `/api/tracehound/v1/`, so that Datadog's own paths stay free for their twins. Every answer is made
//! from one snapshot of the store. A request passes two gates before it meets a route: its `Host` must be one that this
//! server is meant to be reached by (`host`), and the store must be open.

mod answer;
mod error;
mod host;
mod pages;
mod routes;
mod span;
mod stream;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracehound_store::Store;
use tracehound_telemetry::{Metrics, UnknownRoutes};

use crate::error::Error;
pub use crate::host::AllowedHosts;

/// Most questions that are answered at once; the others wait. Enough for a few people, and never so many that ingestion
/// starves: origin reliability 8.6.
const CONCURRENT_QUERIES: usize = 4;

/// What the routes share.
#[derive(Clone)]
pub struct Api {
    /// Set once recovery is done.
    pub store: Arc<OnceLock<Arc<Store>>>,
    /// What `GET /metrics` shows.
    pub metrics: Arc<Metrics>,
    /// What `GET /debug/routes` shows.
    pub unknown_routes: Arc<UnknownRoutes>,
    /// The names under which this server may be called.
    pub hosts: Arc<AllowedHosts>,
}

#[derive(Clone)]
struct Shared {
    api: Api,
    queries: Arc<Semaphore>,
}

/// The routes of the API port.
pub fn router(api: Api) -> Router {
    let shared = Shared { api, queries: Arc::new(Semaphore::new(CONCURRENT_QUERIES)) };
    Router::new()
        .route("/api/tracehound/v1/traces", get(routes::traces::list))
        .route("/api/tracehound/v1/traces/{id}", get(routes::traces::one))
        .route("/ready", get(routes::process::ready))
        .route("/metrics", get(routes::process::metrics))
        .route("/debug/routes", get(routes::process::unknown_routes))
        .fallback(pages::page)
        .method_not_allowed_fallback(|| async { Error::method_not_allowed() })
        .layer(middleware::from_fn_with_state(shared.clone(), gates))
        .layer(middleware::map_response(answer::security_headers))
        .with_state(shared)
}

async fn gates(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if let Err(error) = shared.api.hosts.check(request.headers()) {
        return error.into_response();
    }
    if shared.api.store.get().is_none() {
        return Error::starting().into_response();
    }
    next.run(request).await
}

/// The right to read from the store.
struct Turn(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Shared {
    /// Runs a question on a thread that may block, when its turn has come. The turn lasts until it is dropped.
    ///
    /// - `share`: how many of the [`CONCURRENT_QUERIES`] it stands for.
    async fn ask<T: Send + 'static>(
        &self,
        share: u32,
        question: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<(T, Turn), Error> {
        let store = self.api.store.get().cloned().ok_or_else(Error::starting)?;
        let turn = self.queries.clone().acquire_many_owned(share).await.map_err(|_| Error::starting())?;
        let answer = tokio::task::spawn_blocking(move || question(&store).map(|answer| (answer, Turn(turn))));
        answer.await.unwrap_or_else(|_panicked| Err(Error::bug()))
    }
}
