//! What is not served: told with 404 and counted, never a silent 200.

use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use crate::answer::{self, Answer};
use crate::headers;
use crate::receiver::Shared;

/// 404, counted by path and client.
pub(crate) fn unknown<A>(shared: &Shared<A>, head: &Parts) -> Answer {
    shared.metrics.receive_unknown_requests.inc();
    shared.unknown_routes.count(head.uri.path(), &headers::client(&head.headers));
    answer::plain(StatusCode::NOT_FOUND, "404 page not found")
}

/// 307 to a path that is written without needless slashes and dots.
pub(crate) fn redirect(path: &str, query: Option<&str>) -> Answer {
    let location = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut answer = answer::plain(StatusCode::TEMPORARY_REDIRECT, "moved to the same path, written shorter");
    if let Ok(location) = HeaderValue::from_str(&location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}
