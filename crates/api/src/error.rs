//! Errors as the API answers them: a status, a kind for programs, a sentence for people.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tracehound_query::Error as QueryError;

use crate::answer::json_answer;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Error {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Error {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Error {
        Error { status, kind, message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Error {
        Error::new(StatusCode::BAD_REQUEST, "invalid", message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Error {
        Error::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(crate) fn no_route(path: &str) -> Error {
        Error::new(StatusCode::NOT_FOUND, "not_found", format!("there is no route {path}"))
    }

    pub(crate) fn method_not_allowed() -> Error {
        Error::new(StatusCode::METHOD_NOT_ALLOWED, "invalid", "this route only answers GET")
    }

    pub(crate) fn starting() -> Error {
        let message = "starting: what was accepted before is being read back";
        Error::new(StatusCode::SERVICE_UNAVAILABLE, "starting", message)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Error {
        Error::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
    }

    pub(crate) fn bug() -> Error {
        let message = "a defect of this server ended the request; its log says more";
        Error::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", message)
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Error {
        let (status, kind) = match &error {
            QueryError::MalformedId(_) | QueryError::MalformedCursor => (StatusCode::BAD_REQUEST, "invalid"),
            QueryError::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            QueryError::Ambiguous(_) => (StatusCode::CONFLICT, "ambiguous"),
            QueryError::TooLarge(_) => (StatusCode::UNPROCESSABLE_ENTITY, "too_large"),
            QueryError::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, "storage"),
        };
        if status.is_server_error() {
            tracing::error!(%error, "a query failed");
        }
        Error::new(status, kind, error.to_string())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "kind": self.kind, "message": self.message } });
        json_answer(self.status, body.to_string().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use tracehound_model::TraceId;

    use super::*;

    #[test]
    fn each_query_error_has_its_status_and_kind() {
        let cases = [
            (QueryError::MalformedId("x".into()), 400, "invalid"),
            (QueryError::MalformedCursor, 400, "invalid"),
            (QueryError::NotFound, 404, "not_found"),
            (QueryError::Ambiguous(vec![TraceId::default()]), 409, "ambiguous"),
            (QueryError::TooLarge(1_000_001), 422, "too_large"),
            (QueryError::Store(tracehound_store::Error::Closed), 500, "storage"),
        ];
        for (error, status, kind) in cases {
            let answer = Error::from(error);
            assert_eq!((answer.status.as_u16(), answer.kind), (status, kind));
        }
    }
}
