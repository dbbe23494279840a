//! HTTP: what servers and clients say about a request and its response.
//!
//! | | server | client |
//! |---|---|---|
//! | resource | `GET /users/{id}`, `GET unknown`, `GET` | `GET` |
//! | both | `http.method`, `http.url`, `http.status_code`, `span.kind`, `_dd.measured`, header tags | same |
//! | own | `http.route`, `http.useragent`, `http.host`, `http.client_ip`, `network.client.ip` | `out.host`, `network.destination.name`, `network.destination.port` |
//! | errors | statuses 500–599 | statuses 400–599 |
//!
//! The query string in `http.url` is redacted (`DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP`) or left out
//! (`DD_HTTP_SERVER_TAG_QUERY_STRING`, `DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING`); user name and password of a URL never
//! get there. Source: sdk.md 2.4.

mod client;
mod client_ip;
mod header_tags;
mod server;
#[cfg(test)]
mod tests;

pub use client::{ClientRequest, client_response};
pub use server::{Route, ServerRequest, server_response};

use std::sync::Arc;

use crate::SpanRef;
use crate::config::StatusRanges;
use crate::engine::Settings;

/// The settings of the tracer that a span belongs to.
fn settings(span: &SpanRef) -> Option<&Arc<Settings>> {
    Some(&span.cell()?.trace()?.engine().settings)
}

/// Adds `?query` to a URL, with what looks like a secret cut from it.
fn add_query(url: &mut String, query: Option<&str>, settings: &Settings) {
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        url.push('?');
        url.push_str(&settings.query_obfuscator.redact(query));
    }
}

/// Tags the status; one of `errors` makes the span an error, unless the application said what went wrong already.
fn tag_status(span: &SpanRef, status: u16, reason: &str, errors: &StatusRanges) {
    span.set_tag("http.status_code", status.to_string());
    if errors.contain(status) && span.tag("error.message").is_none() {
        span.set_error_details("", &format!("{status}: {reason}"), "");
    }
}
