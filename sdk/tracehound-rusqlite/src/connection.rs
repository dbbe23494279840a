//! A connection whose statements are traced.

use std::ops::{Deref, DerefMut};

use rusqlite::{Connection, Error, Params, Result, Row, Savepoint, Transaction, TransactionBehavior};
use tracehound::integration::sql::{self, Database, Operation, System};
use tracehound::{SpanRef, Tracer};

use crate::statement::{Prepared, TracedStatement};
use crate::transaction::{TracedSavepoint, TracedTransaction};

/// What gives access to a connection: one itself, a reference to one, a transaction. Pools' types can implement it too.
///
/// ```
/// use tracehound_rusqlite::Handle;
///
/// struct Pooled(Box<rusqlite::Connection>);
///
/// impl Handle for Pooled {
///     fn connection(&self) -> &rusqlite::Connection {
///         &self.0
///     }
/// }
/// ```
pub trait Handle {
    /// The connection.
    ///
    /// ```
    /// use tracehound_rusqlite::Handle;
    /// let connection = rusqlite::Connection::open_in_memory().unwrap();
    /// assert!(Handle::connection(&connection).is_autocommit());
    /// ```
    fn connection(&self) -> &Connection;
}

/// What gives access to a connection that nobody else has, as transactions ask for.
///
/// ```
/// use tracehound_rusqlite::{HandleMut, Traced};
///
/// fn clear<C: HandleMut>(cafe: &mut Traced<C>) -> rusqlite::Result<()> {
///     let transaction = cafe.transaction()?;
///     transaction.execute("DELETE FROM donuts", [])?;
///     transaction.commit()
/// }
/// ```
pub trait HandleMut: Handle {
    /// The connection.
    ///
    /// ```
    /// use tracehound_rusqlite::HandleMut;
    /// let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    /// assert!(connection.connection_mut().is_autocommit());
    /// ```
    fn connection_mut(&mut self) -> &mut Connection;
}

impl HandleMut for Connection {
    fn connection_mut(&mut self) -> &mut Connection {
        self
    }
}

impl<C: HandleMut + ?Sized> HandleMut for &mut C {
    fn connection_mut(&mut self) -> &mut Connection {
        (**self).connection_mut()
    }
}

impl Handle for Connection {
    fn connection(&self) -> &Connection {
        self
    }
}

impl Handle for Transaction<'_> {
    fn connection(&self) -> &Connection {
        self
    }
}

impl Handle for Savepoint<'_> {
    fn connection(&self) -> &Connection {
        self
    }
}

impl<C: Handle + ?Sized> Handle for &C {
    fn connection(&self) -> &Connection {
        (**self).connection()
    }
}

impl<C: Handle + ?Sized> Handle for &mut C {
    fn connection(&self) -> &Connection {
        (**self).connection()
    }
}

/// Traces what is asked through `connection`.
///
/// ```
/// let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
/// ```
pub fn wrap<C: Handle>(connection: C) -> Traced<C> {
    let path = connection.connection().path().unwrap_or_default();
    // A database without a file has an empty path.
    let database =
        Database::new("rusqlite").url(if path.is_empty() { ":memory:" } else { path }).system(System::Sqlite);
    Traced { connection, database }
}

/// A connection, or a transaction, whose statements are traced.
///
/// ```
/// use tracehound_rusqlite::{Handle, Traced};
///
/// fn count<C: Handle>(cafe: &Traced<C>) -> rusqlite::Result<i64> {
///     cafe.query_row("SELECT count(*) FROM donuts", [], |row| row.get(0))
/// }
/// ```
#[derive(Debug)]
pub struct Traced<C> {
    pub(crate) connection: C,
    pub(crate) database: Database,
}

impl<C> Traced<C> {
    /// Shows the spans under a service of their own instead of the application's.
    ///
    /// ```
    /// # let connection = rusqlite::Connection::open_in_memory().unwrap();
    /// let cafe = tracehound_rusqlite::wrap(connection).service("cafe-db");
    /// ```
    pub fn service(self, service: impl Into<String>) -> Traced<C> {
        Traced { database: self.database.service(service), ..self }
    }

    /// Uses this tracer for statements outside of any trace: others follow the current span's.
    ///
    /// ```
    /// # let connection = rusqlite::Connection::open_in_memory().unwrap();
    /// # let tracer = tracehound::Tracer::disabled();
    /// let cafe = tracehound_rusqlite::wrap(connection).tracer(&tracer);
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Traced<C> {
        Traced { database: self.database.tracer(tracer), ..self }
    }

    /// The connection itself, no longer traced.
    ///
    /// ```
    /// # let connection = rusqlite::Connection::open_in_memory().unwrap();
    /// let connection: rusqlite::Connection = tracehound_rusqlite::wrap(connection).into_inner();
    /// ```
    pub fn into_inner(self) -> C {
        self.connection
    }
}

impl<C: Handle> Traced<C> {
    /// As [`Connection::execute`], in a span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.execute("CREATE TABLE donuts (name TEXT)", []).unwrap();
    /// ```
    pub fn execute<P: Params>(&self, sql: &str, params: P) -> Result<usize> {
        let connection = self.connection.connection();
        run(
            &self.database,
            Operation::Exec,
            sql,
            || connection.execute(sql, params),
            |span, rows| {
                set_changes(span, sql, *rows);
            },
        )
    }

    /// As [`Connection::execute_batch`], in a span for all its statements.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.execute_batch("CREATE TABLE donuts (name TEXT); CREATE TABLE beers (name TEXT);").unwrap();
    /// ```
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        let connection = self.connection.connection();
        run(&self.database, Operation::Exec, sql, || connection.execute_batch(sql), |_, ()| ())
    }

    /// As [`Connection::query_row`], in a span. That there is no row is an answer, not an error of the span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let two: i64 = cafe.query_row("SELECT 1 + 1", [], |row| row.get(0)).unwrap();
    /// assert_eq!(two, 2);
    /// ```
    pub fn query_row<T, P: Params>(&self, sql: &str, params: P, map: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        self.prepare(sql)?.query_row(params, map)
    }

    /// As [`Connection::query_one`], in a span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// assert!(cafe.query_one("SELECT 1 UNION SELECT 2", [], |row| row.get::<_, i64>(0)).is_err());
    /// ```
    pub fn query_one<T, P: Params>(&self, sql: &str, params: P, map: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        self.prepare(sql)?.query_one(params, map)
    }

    /// As [`Connection::query_row_and_then`], in a span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let two = cafe.query_row_and_then("SELECT 2", [], |row| row.get::<_, i64>(0)).unwrap();
    /// ```
    pub fn query_row_and_then<T, E, P, F>(&self, sql: &str, params: P, map: F) -> Result<T, E>
    where
        P: Params,
        E: From<Error>,
        F: FnOnce(&Row<'_>) -> Result<T, E>,
    {
        self.prepare(sql)?.query_row_and_then(params, map)
    }

    /// As [`Connection::prepare`]: the statement's runs are traced.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare("SELECT ?1").unwrap();
    /// assert!(statement.exists(["tea"]).unwrap());
    /// ```
    pub fn prepare(&self, sql: &str) -> Result<TracedStatement<'_>> {
        self.prepared(sql, self.connection.connection().prepare(sql).map(Prepared::Own))
    }

    /// As [`Connection::prepare_cached`]: the statement's runs are traced.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare_cached("SELECT ?1").unwrap();
    /// assert!(statement.exists(["tea"]).unwrap());
    /// ```
    #[cfg(feature = "cache")]
    pub fn prepare_cached(&self, sql: &str) -> Result<TracedStatement<'_>> {
        self.prepared(sql, self.connection.connection().prepare_cached(sql).map(Prepared::Cached))
    }

    fn prepared<'a>(&'a self, sql: &str, outcome: Result<Prepared<'a>>) -> Result<TracedStatement<'a>> {
        match outcome {
            Ok(statement) => Ok(TracedStatement::new(statement, sql, &self.database)),
            Err(error) => {
                set_error(&self.database.start(Operation::Prepare, sql), &error);
                Err(error)
            }
        }
    }

    /// As [`Connection::unchecked_transaction`], with a span `Begin`.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.unchecked_transaction().unwrap().commit().unwrap();
    /// ```
    pub fn unchecked_transaction(&self) -> Result<TracedTransaction<'_>> {
        let connection = self.connection.connection();
        TracedTransaction::begin(&self.database, || connection.unchecked_transaction())
    }
}

impl<C: HandleMut> Traced<C> {
    /// As [`Connection::transaction`], with a span `Begin`.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.transaction().unwrap().commit().unwrap();
    /// ```
    pub fn transaction(&mut self) -> Result<TracedTransaction<'_>> {
        TracedTransaction::begin(&self.database, || self.connection.connection_mut().transaction())
    }

    /// As [`Connection::transaction_with_behavior`], with a span `Begin`.
    ///
    /// ```
    /// use rusqlite::TransactionBehavior;
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.transaction_with_behavior(TransactionBehavior::Immediate).unwrap().commit().unwrap();
    /// ```
    pub fn transaction_with_behavior(&mut self, behavior: TransactionBehavior) -> Result<TracedTransaction<'_>> {
        TracedTransaction::begin(&self.database, || {
            self.connection.connection_mut().transaction_with_behavior(behavior)
        })
    }

    /// As [`Connection::savepoint`], with a span `Begin`.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.savepoint().unwrap().commit().unwrap();
    /// ```
    pub fn savepoint(&mut self) -> Result<TracedSavepoint<'_>> {
        TracedSavepoint::begin(&self.database, || self.connection.connection_mut().savepoint())
    }
}

impl<C> Deref for Traced<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.connection
    }
}

impl<C> DerefMut for Traced<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.connection
    }
}

/// Runs an operation in its span; `read` looks at what came of it.
pub(crate) fn run<T>(
    database: &Database,
    operation: Operation,
    sql: &str,
    act: impl FnOnce() -> Result<T>,
    read: impl FnOnce(&SpanRef, &T),
) -> Result<T> {
    let span = database.start(operation, sql);
    let outcome = span.in_scope(act);
    match &outcome {
        Ok(value) => read(&span, value),
        Err(error) => set_error(&span, error),
    }
    outcome
}

/// Marks the span as failed, unless the error is but the absence of a row.
pub(crate) fn set_error(span: &SpanRef, error: &Error) {
    if !matches!(error, Error::QueryReturnedNoRows) {
        span.set_error(error);
    }
}

pub(crate) fn set_changes(span: &SpanRef, statement: &str, rows: usize) {
    if sql::changes_rows(statement) {
        sql::set_rows(span, u64::try_from(rows).unwrap_or(u64::MAX));
    }
}
