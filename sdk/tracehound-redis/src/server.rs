//! What all spans of one connection have in common.

use redis::{Client, ConnectionAddr};
use tracehound::Span;
use tracehound::integration::SpanTemplate;

use crate::command::Description;

/// Where commands go, and how their spans are to look.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) spans: SpanTemplate,
    pub(crate) raw_command: bool,
}

impl Server {
    pub(crate) fn unknown() -> Server {
        Server { host: None, port: None, spans: SpanTemplate::new("redis"), raw_command: true }
    }

    pub(crate) fn set_address(&mut self, client: &Client) {
        (self.host, self.port) = match client.get_connection_info().addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                (Some(host.clone()), Some(*port))
            }
            ConnectionAddr::Unix(path) => (Some(path.to_string_lossy().into_owned()), None),
            _ => (None, None),
        };
    }

    /// Starts the span of a command, as a child of the current one.
    pub(crate) fn start(&self, database: i64, describe: impl FnOnce(&mut Description, bool)) -> Span {
        let span = self.spans.span("redis.command").start();
        if span.is_enabled() {
            let mut description = Description::default();
            describe(&mut description, self.raw_command);
            self.describe(&span, database, &description);
        }
        span
    }

    fn describe(&self, span: &Span, database: i64, command: &Description) {
        span.set_type("redis").set_measured(true).set_resource(command.resource.as_str());
        span.set_tag("component", self.spans.component())
            .set_tag("span.kind", "client")
            .set_tag("db.system", "redis")
            .set_tag("db.redis.database_index", database)
            .set_tag("redis.args_length", command.words)
            .set_tag("redis.raw_command", Some(command.raw.as_str()).filter(|raw| !raw.is_empty()))
            .set_tag("out.host", self.host.as_deref())
            .set_tag("network.destination.port", self.port);
    }
}
