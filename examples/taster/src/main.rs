//! taster: says how well a beer's bitterness goes with a donut's sweetness.
//!
//! ```text
//! GET  /taste?bitterness=..&sweetness=..                one score
//! POST /taste/many {"bitterness":.., "candidates":{}}   a score for each candidate
//! ```
//!
//! Without a bitterness there is nothing to taste: the request fails with a 500.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;
use std::{env, error, fmt, io};

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tracehound::traced;

/// Where it listens unless `PORT` says otherwise.
const DEFAULT_PORT: u16 = 5001;

#[tokio::main]
async fn main() -> io::Result<()> {
    let _tracing = tracehound::init();
    tracing_subscriber::fmt().event_format(tracehound_tracing::text()).with_writer(io::stderr).init();

    let app = Router::new()
        .route("/taste", get(taste))
        .route("/taste/many", post(taste_many))
        .layer(tracehound_axum::TraceLayer::new());

    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(DEFAULT_PORT);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await
}

/// A beer and a donut.
#[derive(Deserialize)]
struct Pairing {
    bitterness: Option<i64>,
    sweetness: i64,
}

/// A beer and donuts, each with its sweetness.
#[derive(Deserialize)]
struct Pairings {
    bitterness: Option<i64>,
    candidates: BTreeMap<String, i64>,
}

#[derive(Serialize)]
struct Score {
    score: i64,
}

#[derive(Serialize)]
struct Scores {
    scores: BTreeMap<String, i64>,
}

#[traced]
async fn taste(Query(pairing): Query<Pairing>) -> Result<Json<Score>, NothingToTaste> {
    Ok(Json(Score { score: score(pairing.bitterness, pairing.sweetness).await? }))
}

#[traced]
async fn taste_many(Json(pairings): Json<Pairings>) -> Result<Json<Scores>, NothingToTaste> {
    let mut scores = BTreeMap::new();
    for (name, sweetness) in pairings.candidates {
        scores.insert(name, score(pairings.bitterness, sweetness).await?);
    }
    tracing::info!("tasted {} pairings", scores.len());
    Ok(Json(Scores { scores }))
}

#[traced(name = "taster.score", resource = "score one pairing")]
async fn score(bitterness: Option<i64>, sweetness: i64) -> Result<i64, NothingToTaste> {
    let bitterness = bitterness.ok_or(NothingToTaste)?;
    tokio::time::sleep(Duration::from_millis(4)).await; // tasting takes a moment
    Ok(100 - bitterness.abs_diff(sweetness).cast_signed())
}

/// A beer whose bitterness nobody measured.
#[derive(Debug)]
struct NothingToTaste;

impl fmt::Display for NothingToTaste {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no bitterness given")
    }
}

impl error::Error for NothingToTaste {}

impl IntoResponse for NothingToTaste {
    fn into_response(self) -> Response {
        // The request's own span knows the status; this tells it the reason.
        tracehound::root_span().set_error(&self);
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

/// Until Ctrl-C.
async fn interrupted() {
    // Without signals there is nothing to end for.
    let _ = tokio::signal::ctrl_c().await;
}
