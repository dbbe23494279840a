//! thinker-microservice: one thought on one subject.
//!
//! ```text
//! GET /?subject=technology
//! ```
//!
//! A subject it knows nothing about is an error of the `think` span and ends in a 500.

use std::net::Ipv4Addr;
use std::time::Duration;
use std::{env, error, fmt, io};

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tracehound::traced;

/// Where it listens unless `PORT` says otherwise.
const DEFAULT_PORT: u16 = 8001;

#[tokio::main]
async fn main() -> io::Result<()> {
    let _tracing = tracehound::init();
    tracing_subscriber::fmt().event_format(tracehound_tracing::text()).with_writer(io::stderr).init();

    let app = Router::new().route("/", get(answer)).layer(tracehound_axum::TraceLayer::new());

    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(DEFAULT_PORT);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await
}

#[derive(Deserialize)]
struct Question {
    subject: String,
}

#[derive(Serialize)]
struct Answer {
    subject: String,
    thought: &'static str,
}

async fn answer(Query(Question { subject }): Query<Question>) -> Result<Json<Answer>, UnknownSubject> {
    let thought = think(&subject).await?;
    Ok(Json(Answer { subject, thought }))
}

#[traced(args(subject))]
async fn think(subject: &str) -> Result<&'static str, UnknownSubject> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    match subject {
        "technology" => Ok("Every tool was once somebody's odd idea."),
        "music" => Ok("A rest is also part of the tune."),
        "mankind" => Ok("We are the weather we complain about."),
        _ => {
            tracing::error!("cannot think about {subject}");
            Err(UnknownSubject(subject.to_owned()))
        }
    }
}

/// Nothing comes to mind.
#[derive(Debug)]
struct UnknownSubject(String);

impl fmt::Display for UnknownSubject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "nothing is known about {}", self.0)
    }
}

impl error::Error for UnknownSubject {}

impl IntoResponse for UnknownSubject {
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
