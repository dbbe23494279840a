//! Why a request cannot be answered.

use std::error::Error;
use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Every error becomes one with `?`.
pub(crate) enum Failure {
    /// We do not have that.
    NotFound(String),
    /// Something that we need does not work.
    Broken(String),
}

impl Failure {
    pub(crate) fn not_found(kind: &str, name: &str) -> Failure {
        let text = format!("no {kind} called {name}");
        tracing::warn!("{text}");
        Failure::NotFound(text)
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        tracing::error!("{error}");
        // The request's own span will know the status; this tells it the reason, as long as its type is known.
        tracehound::root_span().set_error(&error);
        Failure::Broken(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Failure::NotFound(text) | Failure::Broken(text)) = self;
        out.write_str(text)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Failure::NotFound(text) => (StatusCode::NOT_FOUND, text).into_response(),
            // What is broken is for the log and the trace.
            Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}
