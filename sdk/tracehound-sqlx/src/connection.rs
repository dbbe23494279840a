//! A connection whose statements are traced.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::{Connection, Error, Execute, Executor, SqlStr};
use tracehound::Tracer;
use tracehound::integration::sql::{self, Operation};

use crate::backend::Backend;
use crate::query::{self, Query};
use crate::rows::{self, Step};
use crate::transaction::TracedTransaction;

/// The database that a holder of a connection is connected to.
type DatabaseOf<C> = <<C as Deref>::Target as Connection>::Database;

/// Traces what is asked through a connection that comes from no pool.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> sqlx::Result<()> {
/// use sqlx::{Connection, SqliteConnection};
///
/// let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
/// let mut traced = tracehound_sqlx::wrap_connection(&mut connection);
/// sqlx::query("SELECT 1").execute(&mut *traced).await?;
/// # Ok(())
/// # }
/// ```
pub fn wrap_connection<C>(connection: C) -> TracedConnection<C>
where
    C: DerefMut<Target: Connection<Database: Backend> + Sized>,
{
    // A connection does not tell where it leads: see `url`.
    let database = sql::Database::new("sqlx").system(DatabaseOf::<C>::system());
    TracedConnection::new(connection, Arc::new(database))
}

/// What holds a connection, such as sqlx's `PoolConnection` or `&mut SqliteConnection`, with its statements traced.
///
/// As with sqlx, statements are run on `&mut *connection`.
///
/// ```
/// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
/// let mut connection = pool.acquire().await?;
/// let donuts = sqlx::query("SELECT name FROM donuts").fetch_all(&mut *connection).await?;
/// # Ok(())
/// # }
/// ```
pub struct TracedConnection<C> {
    session: Session<C>,
}

/// A traced connection as queries see it: `&mut Session` is an [`Executor`]. It is what [`TracedConnection`] and
/// [`TracedTransaction`] dereference to.
///
/// ```
/// use sqlx::sqlite::SqliteConnection;
/// use tracehound_sqlx::Session;
///
/// async fn count(session: &mut Session<&mut SqliteConnection>) -> sqlx::Result<i64> {
///     sqlx::query_scalar("SELECT count(*) FROM donuts").fetch_one(session).await
/// }
/// ```
pub struct Session<C> {
    connection: C,
    database: Arc<sql::Database>,
}

impl<C> TracedConnection<C> {
    pub(crate) fn new(connection: C, database: Arc<sql::Database>) -> TracedConnection<C> {
        TracedConnection { session: Session::new(connection, database) }
    }

    /// Shows the spans under a service of their own instead of the application's.
    ///
    /// ```
    /// # fn traced(connection: &mut sqlx::SqliteConnection) {
    /// let connection = tracehound_sqlx::wrap_connection(connection).service("orders-db");
    /// # }
    /// ```
    pub fn service(self, service: impl Into<String>) -> TracedConnection<C> {
        self.describe(|database| database.service(service))
    }

    /// Uses this tracer for statements outside of any trace: others follow the current span's.
    ///
    /// ```
    /// # fn traced(connection: &mut sqlx::SqliteConnection, tracer: tracehound::Tracer) {
    /// let connection = tracehound_sqlx::wrap_connection(connection).tracer(&tracer);
    /// # }
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> TracedConnection<C> {
        self.describe(|database| database.tracer(tracer))
    }

    /// Tells where the connection leads, which those of no pool do not do themselves: by the URL it was opened with, of which the password
    /// is not kept.
    ///
    /// ```
    /// # fn traced(connection: &mut sqlx::SqliteConnection) {
    /// let connection = tracehound_sqlx::wrap_connection(connection).url("sqlite:data/cafe.db"); // db.name: cafe.db
    /// # }
    /// ```
    pub fn url(self, url: &str) -> TracedConnection<C> {
        self.describe(|database| database.url(url))
    }

    fn describe(self, change: impl FnOnce(sql::Database) -> sql::Database) -> TracedConnection<C> {
        let database = change(Arc::unwrap_or_clone(self.session.database));
        TracedConnection::new(self.session.connection, Arc::new(database))
    }

    /// The connection itself, no longer traced.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// let connection = pool.acquire().await?.into_inner();
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_inner(self) -> C {
        self.session.connection
    }
}

impl<C> Session<C> {
    pub(crate) fn new(connection: C, database: Arc<sql::Database>) -> Session<C> {
        Session { connection, database }
    }

    pub(crate) fn into_parts(self) -> (C, Arc<sql::Database>) {
        (self.connection, self.database)
    }

    /// What holds the connection, for what sqlx offers beyond queries; that is not traced.
    ///
    /// ```
    /// use sqlx::Connection;
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// let mut connection = pool.acquire().await?;
    /// connection.inner_mut().ping().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn inner_mut(&mut self) -> &mut C {
        &mut self.connection
    }
}

impl<C> Session<C>
where
    C: DerefMut<Target: Connection<Database: Backend> + Sized>,
{
    /// Begins a transaction, or a savepoint inside of one, with a span `Begin`.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// let mut transaction = pool.begin().await?;
    /// let savepoint = transaction.begin().await?;
    /// savepoint.rollback().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn begin(&mut self) -> Result<TracedTransaction<'_, DatabaseOf<C>>, Error> {
        let span = self.database.start(Operation::Begin, "");
        let transaction = query::run(span, self.connection.begin(), |_, _| ()).await?;
        Ok(TracedTransaction::new(transaction, self.database.clone()))
    }
}

impl<'c, C, DB> Executor<'c> for &'c mut Session<C>
where
    C: DerefMut<Target = DB::Connection> + Send,
    C::Target: Connection<Database = DB>,
    DB: Backend,
    for<'e> &'e mut DB::Connection: Executor<'e, Database = DB>,
{
    type Database = DB;

    fn execute_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<DB::QueryResult, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let connection = &mut *self.connection;
        rows::executed(self.database.clone(), Query::take_apart(query), move |query| connection.fetch_many(query))
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step<DB>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let connection = &mut *self.connection;
        rows::traced(self.database.clone(), Operation::Query, Query::take_apart(query), move |query| {
            connection.fetch_many(query)
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let connection = &mut *self.connection;
        query::fetch_optional(self.database.clone(), Query::take_apart(query), move |query| {
            connection.fetch_optional(query)
        })
    }

    fn prepare_with<'e>(
        self,
        statement: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'c: 'e,
    {
        let connection = &mut *self.connection;
        query::prepare(self.database.clone(), statement, move |statement| {
            connection.prepare_with(statement, parameters)
        })
    }

    fn describe<'e>(self, statement: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<DB>, Error>>
    where
        'c: 'e,
    {
        self.connection.describe(statement)
    }
}

impl<C> Deref for TracedConnection<C> {
    type Target = Session<C>;

    fn deref(&self) -> &Session<C> {
        &self.session
    }
}

impl<C> DerefMut for TracedConnection<C> {
    fn deref_mut(&mut self) -> &mut Session<C> {
        &mut self.session
    }
}

impl<C> fmt::Debug for TracedConnection<C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.session.fmt(out)
    }
}

impl<C> fmt::Debug for Session<C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Session").field("database", &self.database).finish_non_exhaustive()
    }
}
