//! A client's side of a request.

use super::{add_query, header_tags, settings, tag_status};
use crate::SpanRef;
use crate::carrier::Extract;
use crate::engine::Settings;

/// A request as its client sends it.
///
/// ```
/// use tracehound::integration::http::ClientRequest;
///
/// let mut headers: Vec<(String, String)> = Vec::new();
/// let span = tracehound::span("http.request").start();
/// ClientRequest { method: "GET", scheme: "https", host: "api.example", port: None, path: "/price", query: None, headers: &headers }.describe(&span);
/// span.inject(&mut headers); // what the server continues the trace from
/// ```
#[derive(Clone, Copy)]
pub struct ClientRequest<'a> {
    /// The method, such as `GET`.
    pub method: &'a str,
    /// `http` or `https`.
    pub scheme: &'a str,
    /// Name or address of the server, IPv6 with its brackets; neither user name nor port.
    pub host: &'a str,
    /// The server's port; `None` for the scheme's own.
    pub port: Option<u16>,
    /// The path with its first slash.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: Option<&'a str>,
    /// The request's headers, for header tags.
    pub headers: &'a dyn Extract,
}

impl ClientRequest<'_> {
    /// Sets type, resource (the method) and tags of the span that stands for this request.
    ///
    /// ```
    /// # use tracehound::integration::http::ClientRequest;
    /// # let headers: Vec<(String, String)> = Vec::new();
    /// # let request = ClientRequest { method: "GET", scheme: "http", host: "localhost", port: Some(8080), path: "/", query: None, headers: &headers };
    /// let span = tracehound::span("http.request").start();
    /// request.describe(&span);
    /// ```
    pub fn describe(&self, span: &SpanRef) {
        let Some(settings) = settings(span) else { return };
        span.set_type("http").set_resource(self.method).set_measured(true);
        span.set_tag("span.kind", "client").set_tag("http.method", self.method);
        span.set_tag("http.url", self.url(settings));
        if !self.host.is_empty() {
            span.set_tag("out.host", self.host).set_tag("network.destination.name", self.host);
            span.set_tag("network.destination.port", self.port.or(default_port(self.scheme)));
        }
        header_tags::tag_request(span, &settings.config.header_tags, self.headers);
    }

    fn url(&self, settings: &Settings) -> String {
        let mut url = format!("{}://{}", self.scheme, self.host);
        if let Some(port) = self.port.filter(|port| Some(*port) != default_port(self.scheme)) {
            url.push_str(&format!(":{port}"));
        }
        url.push_str(self.path);
        add_query(&mut url, self.query.filter(|_| settings.config.client_query_string), settings);
        url
    }
}

/// Tags a client's span with the response's head: status, error, header tags. `reason` is the status's phrase.
///
/// ```
/// let span = tracehound::span("http.request").start();
/// let headers: Vec<(String, String)> = Vec::new();
/// tracehound::integration::http::client_response(&span, 404, "Not Found", &headers);
/// ```
pub fn client_response(span: &SpanRef, status: u16, reason: &str, headers: &dyn Extract) {
    let Some(settings) = settings(span) else { return };
    tag_status(span, status, reason, &settings.config.http_client_errors);
    header_tags::tag_response(span, &settings.config.header_tags, headers);
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}
