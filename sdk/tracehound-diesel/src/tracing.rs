//! What diesel tells of a connection, turned into spans.

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::{Connection, result::Error};
use tracehound::integration::sql::{Database, Operation, System};
use tracehound::{Span, Tracer};

use crate::statement;

/// Traces one connection: an [`Instrumentation`] for `Connection::set_instrumentation`.
///
/// ```
/// use diesel::prelude::*;
/// use tracehound_diesel::Tracing;
///
/// # fn main() -> ConnectionResult<()> {
/// let mut cafe = SqliteConnection::establish(":memory:")?;
/// cafe.set_instrumentation(Tracing::of(&cafe).service("cafe-db"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Tracing {
    database: Database,
    /// The span of the statement, or of the connecting, under way. Diesel does one thing at a time.
    running: Option<Span>,
    /// Set when the next statement is one that diesel makes for a transaction.
    transaction: Option<Operation>,
}

impl Default for Tracing {
    fn default() -> Tracing {
        Tracing::new()
    }
}

impl Tracing {
    /// Traces a connection about which nothing is known until it is opened.
    ///
    /// ```
    /// let tracing = tracehound_diesel::Tracing::new().url("postgres://waiter@db.example/orders");
    /// ```
    pub fn new() -> Tracing {
        Tracing { database: Database::new("diesel"), running: None, transaction: None }
    }

    /// Traces this connection, or one like it: the system is that of its type.
    ///
    /// ```
    /// use diesel::prelude::*;
    /// let mut cafe = SqliteConnection::establish(":memory:").unwrap();
    /// let tracing = tracehound_diesel::Tracing::of(&cafe);
    /// cafe.set_instrumentation(tracing);
    /// ```
    pub fn of<C: Connection>(_: &C) -> Tracing {
        // By the name of its type, since the types are there only with diesel's features.
        let backend = std::any::type_name::<C::Backend>();
        let system = match backend.rsplit("::").next() {
            Some("Pg") => System::Postgres,
            Some("Mysql") => System::MySql,
            Some("Sqlite") => System::Sqlite,
            _ => System::Other,
        };
        let tracing = Tracing::new();
        Tracing { database: tracing.database.system(system), ..tracing }
    }

    /// Takes the system, the database's name, the user and the server's address from the URL that connections are opened with. The
    /// password is not kept.
    ///
    /// ```
    /// let tracing = tracehound_diesel::Tracing::new().url("postgres://waiter:secret@db.example/orders");
    /// ```
    pub fn url(self, url: &str) -> Tracing {
        Tracing { database: self.database.url(url), ..self }
    }

    /// Shows the spans under a service of their own instead of the application's.
    ///
    /// ```
    /// let tracing = tracehound_diesel::Tracing::new().service("orders-db");
    /// ```
    pub fn service(self, service: impl Into<String>) -> Tracing {
        Tracing { database: self.database.service(service), ..self }
    }

    /// Uses this tracer for statements outside of any trace: others follow the current span's.
    ///
    /// ```
    /// # let tracer = tracehound::Tracer::disabled();
    /// let tracing = tracehound_diesel::Tracing::new().tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Tracing {
        Tracing { database: self.database.tracer(tracer), ..self }
    }

    /// The same for another connection.
    pub(crate) fn again(&self) -> Tracing {
        Tracing { database: self.database.clone(), running: None, transaction: None }
    }

    fn connect(&mut self, url: &str) {
        self.database = self.database.clone().url(url);
        self.running = Some(self.database.start(Operation::Connect, ""));
    }

    fn start(&mut self, query: &dyn std::fmt::Display) {
        let span = match self.transaction.take() {
            Some(operation) => self.database.start(operation, ""),
            None => {
                let span = self.database.start(Operation::Query, "");
                if span.is_enabled() {
                    span.set_resource(&statement::text(query));
                }
                span
            }
        };
        self.running = Some(span);
    }

    fn finish(&mut self, error: Option<&Error>) {
        if let (Some(span), Some(error)) = (self.running.take(), error) {
            span.set_error(error);
        }
    }
}

impl Instrumentation for Tracing {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.connect(url),
            InstrumentationEvent::FinishEstablishConnection { error, .. } => {
                if let (Some(span), Some(error)) = (self.running.take(), error) {
                    span.set_error(error);
                }
            }
            InstrumentationEvent::StartQuery { query, .. } => self.start(query),
            InstrumentationEvent::FinishQuery { error, .. } => self.finish(error),
            // Each is followed by the statement that does it.
            InstrumentationEvent::BeginTransaction { .. } => self.transaction = Some(Operation::Begin),
            InstrumentationEvent::CommitTransaction { .. } => self.transaction = Some(Operation::Commit),
            InstrumentationEvent::RollbackTransaction { .. } => self.transaction = Some(Operation::Rollback),
            _ => {}
        }
    }
}
