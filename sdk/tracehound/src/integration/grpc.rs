//! gRPC: what servers and clients say about a call and its status.
//!
//! Spans are `grpc.server` or `grpc.client`, of type `rpc`; their resource is the full method. Tags: `rpc.system`,
//! `rpc.service`, `rpc.method`, `rpc.grpc.full_method`, `grpc.method.name`, `grpc.method.package`, `grpc.method.kind` when
//! known, `grpc.code`, `span.kind`. Any code but OK is an error, except Canceled on the server. Source: sdk.md 2.4.

use crate::SpanRef;

/// The names of the status codes 0 to 16, as `grpc.code` holds them. Source: gRPC's list of status codes.
const CODES: [&str; 17] = [
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// The code of a call that was given up before its end.
///
/// ```
/// use tracehound::integration::grpc;
/// assert_eq!(grpc::code_name(grpc::CANCELED), "Canceled");
/// ```
pub const CANCELED: u32 = 1;

/// The code of a call whose time ran out.
///
/// ```
/// use tracehound::integration::grpc;
/// assert_eq!(grpc::code_name(grpc::DEADLINE_EXCEEDED), "DeadlineExceeded");
/// ```
pub const DEADLINE_EXCEEDED: u32 = 4;

/// Which end of a call a span stands for.
///
/// ```
/// use tracehound::integration::grpc::Side;
/// let span = tracehound::span(Side::Client.operation()).start();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The end that answers.
    Server,
    /// The end that asks.
    Client,
}

impl Side {
    /// The operation's name: `grpc.server` or `grpc.client`.
    ///
    /// ```
    /// use tracehound::integration::grpc::Side;
    /// assert_eq!(Side::Server.operation(), "grpc.server");
    /// ```
    pub fn operation(self) -> &'static str {
        match self {
            Self::Server => "grpc.server",
            Self::Client => "grpc.client",
        }
    }

    /// The span's kind: `server` or `client`.
    ///
    /// ```
    /// use tracehound::integration::grpc::Side;
    /// assert_eq!(Side::Client.kind(), "client");
    /// ```
    pub fn kind(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// Which ends of a call send more than one message, for `grpc.method.kind`.
///
/// ```
/// use tracehound::integration::grpc::{self, MethodKind, Side};
/// let span = tracehound::span(Side::Client.operation()).start();
/// grpc::describe(&span, Side::Client, "/shop.Orders/Watch", Some(MethodKind::ServerStreaming));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    /// One message each way.
    Unary,
    /// Many messages from the client, one back.
    ClientStreaming,
    /// One message from the client, many back.
    ServerStreaming,
    /// Many messages both ways.
    BidiStreaming,
}

impl MethodKind {
    /// The tag's value.
    ///
    /// ```
    /// use tracehound::integration::grpc::MethodKind;
    /// assert_eq!(MethodKind::BidiStreaming.as_str(), "bidi_streaming");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unary => "unary",
            Self::ClientStreaming => "client_streaming",
            Self::ServerStreaming => "server_streaming",
            Self::BidiStreaming => "bidi_streaming",
        }
    }
}

/// Sets type, resource and tags of the span that stands for a call of `full_method` (`/shop.Orders/Place`).
///
/// ```
/// use tracehound::integration::grpc::{self, MethodKind, Side};
///
/// let span = tracehound::span(Side::Server.operation()).start();
/// grpc::describe(&span, Side::Server, "/shop.Orders/Place", Some(MethodKind::Unary));
/// grpc::status(&span, Side::Server, 5, "no such order");
/// ```
pub fn describe(span: &SpanRef, side: Side, full_method: &str, kind: Option<MethodKind>) {
    if !span.is_enabled() {
        return;
    }
    let path = full_method.strip_prefix('/').unwrap_or(full_method);
    let (service, method) = path.rsplit_once('/').unwrap_or(("", path));
    span.set_type("rpc").set_resource(full_method).set_measured(true);
    span.set_tag("span.kind", side.kind());
    span.set_tag("rpc.system", "grpc").set_tag("rpc.service", service).set_tag("rpc.method", method);
    span.set_tag("rpc.grpc.full_method", full_method).set_tag("grpc.method.name", full_method);
    span.set_tag("grpc.method.package", service.rsplit_once('.').map(|(package, _)| package));
    span.set_tag("grpc.method.kind", kind.map(MethodKind::as_str));
}

/// Tags a call's span with its status: `grpc.code`, and the error unless it is OK or, on the server, Canceled.
///
/// `message` is the status's own, decoded; codes beyond 16 count as Unknown. An error set before stays.
///
/// ```
/// use tracehound::integration::grpc::{self, Side};
/// let span = tracehound::span("grpc.client").start();
/// grpc::status(&span, Side::Client, 14, "connection refused"); // grpc.code: Unavailable
/// ```
pub fn status(span: &SpanRef, side: Side, code: u32, message: &str) {
    let name = code_name(code);
    span.set_tag("grpc.code", name);
    let fine = code == 0 || (code == CANCELED && side == Side::Server);
    if !fine && span.tag("error.message").is_none() {
        span.set_error_details("grpc.Status", if message.is_empty() { name } else { message }, "");
    }
}

/// The name of a status code.
///
/// ```
/// use tracehound::integration::grpc::code_name;
/// assert_eq!(code_name(5), "NotFound");
/// assert_eq!(code_name(99), "Unknown");
/// ```
pub fn code_name(code: u32) -> &'static str {
    usize::try_from(code).ok().and_then(|code| CODES.get(code)).copied().unwrap_or("Unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FinishedSpan, InMemory};

    fn span(describe: impl FnOnce(&SpanRef)) -> FinishedSpan {
        let memory = InMemory::default();
        let span = memory.tracer().span("grpc.client").start();
        describe(&span);
        span.finish();
        memory.take().spans().remove(0)
    }

    #[test]
    fn a_full_method_is_a_package_a_service_and_a_method() {
        let table = [
            ("/shop.v1.Orders/Place", "shop.v1.Orders", "Place", Some("shop.v1")),
            ("/Orders/Place", "Orders", "Place", None),
            ("shop.Orders/Place", "shop.Orders", "Place", Some("shop")),
            ("/a/b.C/Place", "a/b.C", "Place", Some("a/b")),
            ("/Place", "", "Place", None),
            ("/", "", "", None),
            ("", "", "", None),
        ];
        for (full, service, method, package) in table {
            let span = span(|span| describe(span, Side::Client, full, Some(MethodKind::ClientStreaming)));
            let tag = |key: &str| span.meta.get(key).map(String::as_str);
            assert_eq!((tag("rpc.service"), tag("rpc.method")), (Some(service), Some(method)), "{full}");
            assert_eq!(tag("grpc.method.package"), package, "{full}");
            assert_eq!((tag("rpc.grpc.full_method"), tag("rpc.system")), (Some(full), Some("grpc")));
            assert_eq!(tag("grpc.method.kind"), Some("client_streaming"));
            assert_eq!(span.span_type, "rpc");
        }
    }

    #[test]
    fn a_status_is_a_code_by_name_and_an_error_unless_it_is_ok_or_a_servers_canceled() {
        let table = [
            (Side::Server, 0, "OK", false),
            (Side::Client, 0, "OK", false),
            (Side::Server, 1, "Canceled", false),
            (Side::Client, 1, "Canceled", true),
            (Side::Server, 4, "DeadlineExceeded", true),
            (Side::Client, 14, "Unavailable", true),
            (Side::Client, 16, "Unauthenticated", true),
            (Side::Client, 17, "Unknown", true),
            (Side::Server, u32::MAX, "Unknown", true),
        ];
        for (side, code, name, error) in table {
            let span = span(|span| status(span, side, code, ""));
            assert_eq!((span.meta["grpc.code"].as_str(), span.error), (name, error), "{side:?} {code}");
            assert_eq!(span.meta.get("error.message").map(String::as_str), error.then_some(name));
        }
    }

    #[test]
    fn an_error_that_the_application_has_named_stays() {
        let span = span(|span| {
            span.set_error_details("shop::SoldOut", "no donuts", "");
            status(span, Side::Server, 9, "failed");
        });
        assert_eq!(span.meta["error.message"], "no donuts");
    }
}
