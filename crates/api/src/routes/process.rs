//! What the process says about itself.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::Shared;
use crate::answer::{answer, json_answer};
use crate::error::Error;

/// `GET /ready`: 200 once everything that was accepted before the start can be queried and more can be taken.
pub(crate) async fn ready(State(shared): State<Shared>) -> Result<Response, Error> {
    let store = shared.api.store.get().ok_or_else(Error::starting)?;
    store.health().map_err(|error| Error::unavailable(error.to_string()))?;
    Ok(json_answer(StatusCode::OK, br#"{"ready":true}"#.to_vec()))
}

/// `GET /metrics`: every metric, as Prometheus reads it.
pub(crate) async fn metrics(State(shared): State<Shared>) -> Response {
    if let Some(store) = shared.api.store.get() {
        store.measure();
    }
    let text = shared.api.metrics.to_text();
    answer(StatusCode::OK, tracehound_telemetry::CONTENT_TYPE, "no-store", Body::from(text))
}

/// `GET /debug/routes`: what clients asked of the trace port that it does not serve.
pub(crate) async fn unknown_routes(State(shared): State<Shared>) -> Result<Response, Error> {
    let routes = serde_json::to_vec(&shared.api.unknown_routes.snapshot()).map_err(|_| Error::bug())?;
    Ok(json_answer(StatusCode::OK, routes))
}
