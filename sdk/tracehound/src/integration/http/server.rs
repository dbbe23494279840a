//! A server's side of a request.

use std::net::IpAddr;

use super::{add_query, client_ip, header_tags, settings, tag_status};
use crate::SpanRef;
use crate::carrier::Extract;
use crate::config::Config;
use crate::engine::Settings;

/// Where a router sent a request, which decides the resource.
///
/// ```
/// use tracehound::integration::http::Route;
/// let span = tracehound::span("http.request").start();
/// Route::Pattern("/users/{id}").describe(&span, "GET");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route<'a> {
    /// The pattern that matched, such as `/users/{id}`: resource `GET /users/{id}`.
    Pattern(&'a str),
    /// There is a router and no pattern of it matched: resource `GET unknown`.
    Unmatched,
    /// Nothing is known about routes: resource `GET`.
    NotRouted,
}

/// A request as its server saw it.
///
/// ```
/// use tracehound::integration::http::{Route, ServerRequest};
///
/// let headers = vec![("Host".to_owned(), "shop.example".to_owned()), ("User-Agent".to_owned(), "curl/8".to_owned())];
/// let span = tracehound::span("http.request").child_of(&tracehound::extract(&headers)).start();
/// ServerRequest {
///     method: "GET",
///     scheme: "https",
///     authority: None,
///     path: "/users/7",
///     query: Some("token=secret"),
///     route: Route::Pattern("/users/{id}"),
///     peer: "127.0.0.1".parse().ok(),
///     headers: &headers,
/// }
/// .describe(&span); // resource: GET /users/{id}, http.url: https://shop.example/users/7?<redacted>
/// ```
#[derive(Clone, Copy)]
pub struct ServerRequest<'a> {
    /// The method as sent, such as `GET`.
    pub method: &'a str,
    /// `http` or `https`.
    pub scheme: &'a str,
    /// Host and port of the request's target (`:authority` of HTTP/2); the `Host` header counts if there is none.
    pub authority: Option<&'a str>,
    /// The path as sent, with its first slash.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: Option<&'a str>,
    /// The route it was sent to.
    pub route: Route<'a>,
    /// The address at the other end of the connection.
    pub peer: Option<IpAddr>,
    /// The request's headers.
    pub headers: &'a dyn Extract,
}

impl ServerRequest<'_> {
    /// Sets type, resource and tags of the span that stands for this request.
    ///
    /// ```
    /// # use tracehound::integration::http::{Route, ServerRequest};
    /// # let headers: Vec<(String, String)> = Vec::new();
    /// # let request = ServerRequest { method: "GET", scheme: "http", authority: None, path: "/", query: None, route: Route::NotRouted, peer: None, headers: &headers };
    /// let span = tracehound::span("http.request").start();
    /// request.describe(&span);
    /// ```
    pub fn describe(&self, span: &SpanRef) {
        let Some(settings) = settings(span) else { return };
        span.set_type("web").set_measured(true);
        span.set_tag("span.kind", "server").set_tag("http.method", self.method);
        self.route.describe(span, self.method);
        let host = self.authority.map(without_user).map(str::to_owned).or_else(|| first(self.headers, "host"));
        let host = host.unwrap_or_default();
        span.set_tag("http.url", self.url(&host, settings));
        if !host.is_empty() {
            span.set_tag("http.host", host);
        }
        if let Some(agent) = first(self.headers, "user-agent") {
            span.set_tag("http.useragent", agent);
        }
        if settings.config.client_ip {
            self.tag_client_ip(span, &settings.config);
        }
        header_tags::tag_request(span, &settings.config.header_tags, self.headers);
    }

    fn url(&self, host: &str, settings: &Settings) -> String {
        let mut url = if host.is_empty() { String::new() } else { format!("{}://{host}", self.scheme) };
        // The path of `OPTIONS *` is a star.
        if !self.path.starts_with('/') && !self.path.is_empty() {
            url.push('/');
        }
        url.push_str(self.path);
        add_query(&mut url, self.query.filter(|_| settings.config.server_query_string), settings);
        url
    }

    fn tag_client_ip(&self, span: &SpanRef, config: &Config) {
        // A socket of both families shows the peer 10.0.0.1 as ::ffff:10.0.0.1.
        let peer = self.peer.map(|peer| peer.to_canonical());
        if let Some(client) = client_ip::resolve(self.headers, config.client_ip_header.as_deref(), peer) {
            span.set_tag("http.client_ip", client.to_string());
        }
        if let Some(peer) = peer {
            span.set_tag("network.client.ip", peer.to_string());
        }
    }
}

impl Route<'_> {
    /// Sets resource and `http.route`: by [`ServerRequest::describe`], or later, when an inner router found the route.
    ///
    /// ```
    /// # use tracehound::integration::http::Route;
    /// # let span = tracehound::span("http.request").start();
    /// Route::Pattern("/users/{id}").describe(&span, "GET");
    /// ```
    pub fn describe(&self, span: &SpanRef, method: &str) {
        match self {
            Self::Pattern(route) => {
                span.set_resource(&format!("{method} {route}"));
                span.set_tag("http.route", *route);
            }
            Self::Unmatched => {
                span.set_resource(&format!("{method} unknown"));
            }
            Self::NotRouted => {
                span.set_resource(method);
            }
        }
    }
}

/// Tags a server's span with its response: status, error, header tags. `reason` is the status's phrase (`Not Found`).
///
/// An error the application has set on the span already stays.
///
/// ```
/// let span = tracehound::span("http.request").start();
/// let headers: Vec<(String, String)> = Vec::new();
/// tracehound::integration::http::server_response(&span, 503, "Service Unavailable", &headers);
/// // error.message: 503: Service Unavailable
/// ```
pub fn server_response(span: &SpanRef, status: u16, reason: &str, headers: &dyn Extract) {
    let Some(settings) = settings(span) else { return };
    tag_status(span, status, reason, &settings.config.http_server_errors);
    header_tags::tag_response(span, &settings.config.header_tags, headers);
}

fn first(headers: &dyn Extract, name: &str) -> Option<String> {
    let mut found = None;
    headers.get(name, &mut |value| {
        if found.is_none() {
            found = Some(value.to_owned());
        }
    });
    found
}

/// `user:password@host` is allowed in an authority and nothing a trace should hold.
fn without_user(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}
