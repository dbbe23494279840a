//! The web pages. One HTML file serves every page; its script reads the address.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tracehound_ui::Asset;

use crate::answer::answer;
use crate::error::Error;

/// Everything that is no other route: a file of the pages, a page, or nothing.
pub(crate) async fn page(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Error::method_not_allowed().into_response();
    }
    match request.uri().path() {
        path if path == "/" || path.starts_with("/apm/") => file(StatusCode::OK, tracehound_ui::index()),
        path if path.starts_with("/api/") => Error::no_route(path).into_response(),
        path => match tracehound_ui::asset(path) {
            Some(asset) => file(StatusCode::OK, asset),
            // The page that says so.
            None => file(StatusCode::NOT_FOUND, tracehound_ui::index()),
        },
    }
}

fn file(status: StatusCode, asset: &'static Asset) -> Response {
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer(status, asset.content_type, cache, Body::from(asset.bytes))
}
