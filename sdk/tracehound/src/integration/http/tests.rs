//! HTTP spans as they are sent, setting by setting.

use super::*;
use crate::carrier::Extract;
use crate::testing::{FinishedSpan, InMemory};

type Headers = Vec<(String, String)>;
type Pairs<'a> = &'a [(&'a str, &'a str)];

fn headers(pairs: Pairs<'_>) -> Headers {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn server(headers: &dyn Extract) -> ServerRequest<'_> {
    ServerRequest {
        method: "GET",
        scheme: "http",
        authority: None,
        path: "/users/7",
        query: None,
        route: Route::NotRouted,
        peer: None,
        headers,
    }
}

fn client(headers: &dyn Extract) -> ClientRequest<'_> {
    ClientRequest {
        method: "GET",
        scheme: "http",
        host: "api.example",
        port: None,
        path: "/price",
        query: None,
        headers,
    }
}

/// The span that `describe` described under these settings.
fn span(settings: Pairs<'_>, describe: impl FnOnce(&SpanRef)) -> FinishedSpan {
    let memory = InMemory::new(settings);
    let span = memory.tracer().span("http.request").start();
    describe(&span);
    span.finish();
    memory.take().spans().remove(0)
}

fn tag<'a>(span: &'a FinishedSpan, key: &str) -> Option<&'a str> {
    span.meta.get(key).map(String::as_str)
}

#[test]
fn a_request_to_a_server_has_the_tags_of_one() {
    let headers = headers(&[("Host", "shop.example:8080"), ("User-Agent", "Mistake Not ...")]);
    let span = span(&[], |span| server(&headers).describe(span));
    assert_eq!((span.span_type.as_str(), span.resource.as_str()), ("web", "GET"));
    let expected = [
        ("http.method", "GET"),
        ("http.url", "http://shop.example:8080/users/7"),
        ("http.host", "shop.example:8080"),
        ("http.useragent", "Mistake Not ..."),
        ("span.kind", "server"),
    ];
    for (key, value) in expected {
        assert_eq!(tag(&span, key), Some(value), "{key}");
    }
    assert_eq!(span.metrics.get("_dd.measured"), Some(&1.0));
    for absent in ["http.route", "http.client_ip", "network.client.ip", "http.status_code"] {
        assert_eq!(tag(&span, absent), None, "{absent}");
    }
}

#[test]
fn the_resource_is_the_method_and_the_route() {
    let none = headers(&[]);
    let table = [
        (Route::Pattern("/users/{id}"), "GET /users/{id}", Some("/users/{id}")),
        (Route::Unmatched, "GET unknown", None),
        (Route::NotRouted, "GET", None),
    ];
    for (route, resource, tagged) in table {
        let span = span(&[], |span| ServerRequest { route, ..server(&none) }.describe(span));
        assert_eq!((span.resource.as_str(), tag(&span, "http.route")), (resource, tagged), "{route:?}");
    }
}

#[test]
fn the_url_of_a_server_is_made_of_what_the_request_holds() {
    let (host, none) = (headers(&[("host", "h")]), headers(&[]));
    let table = [
        (ServerRequest { query: Some("a=1&b=2"), ..server(&host) }, "http://h/users/7?a=1&b=2"),
        (ServerRequest { query: Some(""), ..server(&host) }, "http://h/users/7"),
        (ServerRequest { scheme: "https", authority: Some("other:1"), ..server(&host) }, "https://other:1/users/7"),
        (ServerRequest { authority: Some("ada:secret@other"), ..server(&host) }, "http://other/users/7"),
        (ServerRequest { method: "OPTIONS", path: "*", ..server(&host) }, "http://h/*"),
        (ServerRequest { method: "CONNECT", path: "", authority: Some("db:5432"), ..server(&none) }, "http://db:5432"),
        (server(&none), "/users/7"),
    ];
    for (request, url) in table {
        let span = span(&[], |span| request.describe(span));
        assert_eq!(tag(&span, "http.url"), Some(url));
    }
}

#[test]
fn what_looks_like_a_secret_is_cut_from_the_query() {
    let (host, query) = (headers(&[("host", "h")]), Some("key1=val1&token=03cb9f67dbbc4cb8b966329951e10934&key3=val3"));
    let table: [(Pairs<'_>, &str, &str); 4] = [
        (&[], "?key1=val1&<redacted>&key3=val3", "?key1=val1&<redacted>&key3=val3"),
        (&[("DD_HTTP_SERVER_TAG_QUERY_STRING", "false")], "", "?key1=val1&<redacted>&key3=val3"),
        (&[("DD_TRACE_HTTP_CLIENT_TAG_QUERY_STRING", "false")], "?key1=val1&<redacted>&key3=val3", ""),
        (
            &[("DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP", "val[0-9]")],
            "?key1=<redacted>&token=03cb9f67dbbc4cb8b966329951e10934&key3=<redacted>",
            "?key1=<redacted>&token=03cb9f67dbbc4cb8b966329951e10934&key3=<redacted>",
        ),
    ];
    for (settings, of_server, of_client) in table {
        let server = span(settings, |span| ServerRequest { query, ..server(&host) }.describe(span));
        assert_eq!(tag(&server, "http.url"), Some(format!("http://h/users/7{of_server}").as_str()), "{settings:?}");
        let client = span(settings, |span| ClientRequest { query, ..client(&host) }.describe(span));
        assert_eq!(
            tag(&client, "http.url"),
            Some(format!("http://api.example/price{of_client}").as_str()),
            "{settings:?}"
        );
    }
}

#[test]
fn a_request_of_a_client_says_where_it_goes() {
    let none = headers(&[]);
    let table = [
        ("http", "api.example", None, "http://api.example/price", 80.0),
        ("https", "api.example", None, "https://api.example/price", 443.0),
        ("https", "api.example", Some(443), "https://api.example/price", 443.0),
        ("http", "[::1]", Some(8080), "http://[::1]:8080/price", 8080.0),
    ];
    for (scheme, host, port, url, tagged) in table {
        let span = span(&[], |span| ClientRequest { scheme, host, port, ..client(&none) }.describe(span));
        assert_eq!((span.span_type.as_str(), span.resource.as_str()), ("http", "GET"));
        assert_eq!(tag(&span, "http.url"), Some(url));
        assert_eq!(tag(&span, "out.host"), Some(host));
        assert_eq!(tag(&span, "network.destination.name"), Some(host));
        assert_eq!(span.metrics.get("network.destination.port"), Some(&tagged));
        assert_eq!(tag(&span, "span.kind"), Some("client"));
        assert_eq!(span.metrics.get("_dd.measured"), Some(&1.0));
    }
}

#[test]
fn which_statuses_are_errors_is_a_setting_of_each_side() {
    let none = headers(&[]);
    let custom: Pairs<'_> =
        &[("DD_TRACE_HTTP_SERVER_ERROR_STATUSES", "404,500-503"), ("DD_TRACE_HTTP_CLIENT_ERROR_STATUSES", "418")];
    let table: [(Pairs<'_>, u16, bool, bool); 8] = [
        (&[], 200, false, false),
        (&[], 404, false, true),
        (&[], 500, true, true),
        (&[], 599, true, true),
        (custom, 404, true, false),
        (custom, 503, true, false),
        (custom, 504, false, false),
        (custom, 418, false, true),
    ];
    for (settings, status, of_server, of_client) in table {
        let server = span(settings, |span| server_response(span, status, "Reason", &none));
        let client = span(settings, |span| client_response(span, status, "Reason", &none));
        for (span, error) in [(server, of_server), (client, of_client)] {
            assert_eq!(span.error, error, "{status}");
            assert_eq!(tag(&span, "http.status_code"), Some(status.to_string().as_str()));
            assert_eq!(tag(&span, "error.message").map(str::to_owned), error.then(|| format!("{status}: Reason")));
        }
    }
}

#[test]
fn an_error_that_the_application_has_named_stays() {
    let none = headers(&[]);
    let span = span(&[], |span| {
        span.set_error_details("shop::Error", "out of stock", "");
        server_response(span, 500, "Internal Server Error", &none);
    });
    assert_eq!(tag(&span, "error.type"), Some("shop::Error"));
    assert_eq!(tag(&span, "error.message"), Some("out of stock"));
}

#[test]
fn headers_become_tags_as_they_are_listed() {
    let asked = headers(&[("X-Custom.Thing", " a "), ("x-custom.thing", "b"), ("X-User", "7")]);
    let answered = headers(&[("x-user", "8")]);
    let settings = [("DD_TRACE_HEADER_TAGS", "X-Custom.Thing,x-user:customer.id,user-agent,:none,none:")];
    let span = span(&settings, |span| {
        ServerRequest { headers: &asked, ..server(&asked) }.describe(span);
        assert_eq!(span.tag("customer.id").map(|value| value.to_string()).as_deref(), Some("7"));
        server_response(span, 200, "OK", &answered);
    });
    assert_eq!(tag(&span, "http.request.headers.x-custom_thing"), Some("a,b"));
    assert_eq!(tag(&span, "customer.id"), Some("8"));
    assert_eq!(tag(&span, "http.request.headers.user-agent"), None);
    assert!(span.meta.keys().all(|key| !key.contains("none")));
}

#[test]
fn the_clients_address_is_tagged_when_it_is_asked_for() {
    let asked = headers(&[("x-forwarded-for", "10.42.42.42, 43.43.43.43")]);
    let request = ServerRequest { peer: "::ffff:127.0.0.1".parse().ok(), ..server(&asked) };
    let span = span(&[("DD_TRACE_CLIENT_IP_ENABLED", "true")], |span| request.describe(span));
    assert_eq!(tag(&span, "http.client_ip"), Some("43.43.43.43"));
    assert_eq!(tag(&span, "network.client.ip"), Some("127.0.0.1"));
}

#[test]
fn a_disabled_span_is_left_alone() {
    let none = headers(&[]);
    let span = SpanRef::default();
    server(&none).describe(&span);
    client(&none).describe(&span);
    server_response(&span, 500, "", &none);
    client_response(&span, 500, "", &none);
    assert_eq!(span.tag("http.url"), None);
}

#[test]
fn what_a_stranger_sends_is_bounded_and_taken_as_it_is() {
    let long = "1.2.3.400, ".repeat(100_000) + "43.43.43.43";
    let asked = headers(&[("host", "h\u{0}\u{7f}é"), ("x-forwarded-for", &long), ("user-agent", "\u{1b}[31m")]);
    let path = format!("/{}", "a%00/".repeat(100_000));
    let request = ServerRequest { path: &path, query: Some("%&=&&?#"), ..server(&asked) };
    let span = span(&[("DD_TRACE_CLIENT_IP_ENABLED", "true")], |span| request.describe(span));
    assert_eq!(tag(&span, "http.client_ip"), Some("43.43.43.43"));
    assert_eq!(tag(&span, "http.useragent"), Some("\u{1b}[31m"));
    assert!(tag(&span, "http.url").is_some_and(|url| url.starts_with("http://h\u{0}\u{7f}é/a%00/")));
}
