//! thinker-api: collects a thought on each subject from thinker-microservice.
//!
//! ```text
//! GET /think/?subject=technology&subject=war    one thought per subject
//! ```
//!
//! A subject that the microservice cannot think about comes back with an error text instead of a thought; the answer as a whole
//! is still a 200.

use std::net::Ipv4Addr;
use std::time::Duration;
use std::{env, fmt, io};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tracehound::{InSpan, span, traced};
use tracehound_reqwest::Client;

/// Where it listens unless `PORT` says otherwise.
const DEFAULT_PORT: u16 = 8000;

/// Where thinker-microservice listens unless `THINKER_URL` says otherwise.
const DEFAULT_THINKER: &str = "http://127.0.0.1:8001";

/// Longest wait for a thought.
const THOUGHT_WITHIN: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> io::Result<()> {
    let _tracing = tracehound::init();
    tracing_subscriber::fmt().event_format(tracehound_tracing::text()).with_writer(io::stderr).init();

    let thinker = Thinker {
        http: tracehound_reqwest::wrap(reqwest::Client::new()),
        url: env::var("THINKER_URL").unwrap_or(DEFAULT_THINKER.to_owned()),
    };
    let app = Router::new()
        .route("/think/", get(think))
        .with_state(thinker)
        .layer(map_response(tell_trace_id))
        .layer(tracehound_axum::TraceLayer::new());

    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(DEFAULT_PORT);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await
}

/// The service that thinks.
#[derive(Clone)]
struct Thinker {
    http: Client,
    url: String,
}

impl Thinker {
    /// A thought, or why there is none.
    async fn ask(&self, subject: &str) -> Result<Value, reqwest::Error> {
        let request = self.http.get(&self.url).resource("GET /").query(&[("subject", subject)]);
        let reply = request.timeout(THOUGHT_WITHIN).send().await?;
        match reply.status().is_success() {
            true => reply.json().await,
            false => Ok(json!({ "error": reply.text().await? })),
        }
    }
}

#[traced]
async fn think(
    State(thinker): State<Thinker>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Map<String, Value>>, Unreachable> {
    let subjects: Vec<_> = query.into_iter().filter_map(|(key, value)| (key == "subject").then_some(value)).collect();
    tracehound::current_span().set_tag("thinker.subjects", subjects.join(","));
    let mut thoughts = Map::new();
    for subject in &subjects {
        let ask = span!("thinker.ask", resource = subject, thinker.subject = subject);
        thoughts.insert(subject.clone(), thinker.ask(subject).in_span(ask).await?);
    }
    tracing::info!("thought about {} subjects", subjects.len());
    Ok(Json(thoughts))
}

/// Lets the caller know which trace its request made.
async fn tell_trace_id(response: Response) -> impl IntoResponse {
    (AppendHeaders([("x-trace-id", tracehound::root_span().trace_id().to_string())]), response)
}

/// The thinker gave no answer, or none that can be read.
struct Unreachable(reqwest::Error);

impl From<reqwest::Error> for Unreachable {
    fn from(error: reqwest::Error) -> Unreachable {
        Unreachable(error)
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl IntoResponse for Unreachable {
    fn into_response(self) -> Response {
        tracing::error!("{}", self.0);
        // The request's own span knows the status; this tells it the reason.
        tracehound::root_span().set_error(&self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// Until Ctrl-C.
async fn interrupted() {
    // Without signals there is nothing to end for.
    let _ = tokio::signal::ctrl_c().await;
}
