//! What all spans of one database have in common.

use std::time::{Duration, SystemTime};

use super::url::Target;
use super::{Operation, System, set_rows};
use crate::integration::SpanTemplate;
use crate::{Span, Tracer};

/// A database as its spans describe it: made once for each pool or connection, asked for a span with each statement.
///
/// ```
/// use tracehound::integration::sql::{Database, Operation, System};
///
/// let database = Database::new("my-driver").system(System::Sqlite).name("cafe.db").service("cafe-db");
/// let span = database.start(Operation::Begin, "");
/// ```
#[derive(Debug, Clone)]
pub struct Database {
    spans: SpanTemplate,
    system: System,
    name: Option<String>,
    user: Option<String>,
    host: Option<String>,
    port: Option<u16>,
}

impl Database {
    /// A database of which nothing is known but the library that asks it, for `component`.
    ///
    /// ```
    /// let database = tracehound::integration::sql::Database::new("my-driver");
    /// ```
    pub fn new(component: &'static str) -> Database {
        let spans = SpanTemplate::new(component);
        Database { spans, system: System::Other, name: None, user: None, host: None, port: None }
    }

    /// Takes system, name, user, host and port from a URL, from pairs as libpq knows them, or from the path of an SQLite database; what
    /// is not told there stays. The password is not kept.
    ///
    /// ```
    /// use tracehound::integration::sql::{Database, System};
    /// let database = Database::new("my-driver").url("mysql://waiter:secret@db.example/orders");
    /// assert_eq!(database.which(), System::MySql);
    /// ```
    pub fn url(self, url: &str) -> Database {
        let target = Target::parse(url);
        Database {
            system: target.system.unwrap_or(self.system),
            name: target.name.or(self.name),
            user: target.user.or(self.user),
            host: target.host.or(self.host),
            port: target.port.or(self.port),
            ..self
        }
    }

    /// Sets the system.
    ///
    /// ```
    /// use tracehound::integration::sql::{Database, System};
    /// let database = Database::new("my-driver").system(System::Postgres);
    /// ```
    pub fn system(self, system: System) -> Database {
        Database { system, ..self }
    }

    /// Sets the database's name, for `db.name`.
    ///
    /// ```
    /// let database = tracehound::integration::sql::Database::new("my-driver").name("orders");
    /// ```
    pub fn name(self, name: impl Into<String>) -> Database {
        Database { name: Some(name.into()), ..self }
    }

    /// Sets who asks, for `db.user`.
    ///
    /// ```
    /// let database = tracehound::integration::sql::Database::new("my-driver").user("waiter");
    /// ```
    pub fn user(self, user: impl Into<String>) -> Database {
        Database { user: Some(user.into()), ..self }
    }

    /// Sets the server's host, for `out.host`.
    ///
    /// ```
    /// let database = tracehound::integration::sql::Database::new("my-driver").host("db.example");
    /// ```
    pub fn host(self, host: impl Into<String>) -> Database {
        Database { host: Some(host.into()), ..self }
    }

    /// Sets the server's port, for `network.destination.port`.
    ///
    /// ```
    /// let database = tracehound::integration::sql::Database::new("my-driver").port(5432);
    /// ```
    pub fn port(self, port: u16) -> Database {
        Database { port: Some(port), ..self }
    }

    /// Shows the spans under a service of their own instead of the application's.
    ///
    /// ```
    /// let database = tracehound::integration::sql::Database::new("my-driver").service("orders-db");
    /// ```
    pub fn service(mut self, service: impl Into<String>) -> Database {
        self.spans.set_service(service);
        self
    }

    /// Uses this tracer for statements outside of any trace: others follow the current span's.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let database = tracehound::integration::sql::Database::new("my-driver").tracer(&tracer);
    /// ```
    pub fn tracer(mut self, tracer: &Tracer) -> Database {
        self.spans.set_tracer(tracer);
        self
    }

    /// The system.
    ///
    /// ```
    /// use tracehound::integration::sql::{Database, System};
    /// assert_eq!(Database::new("my-driver").which(), System::Other);
    /// ```
    pub fn which(&self) -> System {
        self.system
    }

    /// Starts the span of an operation as a child of the current one. `statement` is empty where there is none.
    ///
    /// ```
    /// use tracehound::integration::sql::{Database, Operation};
    /// let span = Database::new("my-driver").start(Operation::Query, "SELECT 1");
    /// ```
    pub fn start(&self, operation: Operation, statement: &str) -> Span {
        self.begin(operation, statement, None)
    }

    /// Makes the finished span of a statement that somebody else timed and that has just ended.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tracehound::integration::sql::Database;
    /// Database::new("my-driver").record("SELECT 1", Some(1), Duration::from_micros(250));
    /// ```
    pub fn record(&self, statement: &str, rows: Option<u64>, elapsed: Duration) {
        let end = SystemTime::now();
        let span = self.begin(Operation::Query, statement, end.checked_sub(elapsed));
        if let Some(rows) = rows {
            set_rows(&span, rows);
        }
        span.finish_at(end);
    }

    fn begin(&self, operation: Operation, statement: &str, start: Option<SystemTime>) -> Span {
        let mut builder = self.spans.span(self.system.operation());
        if let Some(start) = start {
            builder = builder.start_time(start);
        }
        let span = builder.start();
        if span.is_enabled() {
            self.describe(&span, operation, statement);
        }
        span
    }

    fn describe(&self, span: &Span, operation: Operation, statement: &str) {
        span.set_type("sql").set_measured(true);
        span.set_resource(if statement.is_empty() { operation.name() } else { statement });
        span.set_tag("component", self.spans.component())
            .set_tag("span.kind", "client")
            .set_tag("db.system", self.system.tag())
            .set_tag("sql.query_type", operation.name())
            .set_tag("db.name", self.name.as_deref())
            .set_tag("db.user", self.user.as_deref())
            .set_tag("out.host", self.host.as_deref())
            .set_tag("network.destination.port", self.port);
    }
}
