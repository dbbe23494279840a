//! A pool whose statements are traced.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::database::Database;
use sqlx::pool::PoolConnection;
use sqlx::{Error, Execute, Executor, Pool, SqlSafeStr, SqlStr, Transaction};
use tracehound::Tracer;
use tracehound::integration::sql::{self, Operation};

use crate::backend::Backend;
use crate::connection::TracedConnection;
use crate::query::{self, Query};
use crate::rows::{self, Step};
use crate::transaction::TracedTransaction;

/// Traces what is asked through `pool`.
///
/// ```
/// # fn main() -> sqlx::Result<()> {
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let _entered = runtime.enter();
/// let pool = tracehound_sqlx::wrap(sqlx::SqlitePool::connect_lazy("sqlite:cafe.db")?);
/// # Ok(())
/// # }
/// ```
pub fn wrap<DB: Backend>(pool: Pool<DB>) -> TracedPool<DB> {
    let database = DB::describe(&pool.connect_options(), sql::Database::new("sqlx"));
    TracedPool { pool, database: Arc::new(database) }
}

/// A [`Pool`] whose statements are traced. Cloning it is cheap.
///
/// `&TracedPool` is an [`Executor`] as `&Pool` is. It dereferences to the pool for everything else (`size`, `close`, migrations by
/// `run(&*pool)`), which is not traced.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> sqlx::Result<()> {
/// use tracehound_sqlx::TracedPool;
///
/// let pool: TracedPool<sqlx::Sqlite> = tracehound_sqlx::wrap(sqlx::SqlitePool::connect("sqlite::memory:").await?);
/// let row = sqlx::query("SELECT 'tea' AS drink").fetch_one(&pool).await?;
/// assert_eq!(pool.size(), 1);
/// # Ok(())
/// # }
/// ```
pub struct TracedPool<DB: Database> {
    pool: Pool<DB>,
    database: Arc<sql::Database>,
}

impl<DB: Backend> TracedPool<DB> {
    /// Shows the spans under a service of their own instead of the application's.
    ///
    /// ```
    /// # fn traced(pool: sqlx::SqlitePool) {
    /// let pool = tracehound_sqlx::wrap(pool).service("orders-db");
    /// # }
    /// ```
    pub fn service(self, service: impl Into<String>) -> TracedPool<DB> {
        self.describe(|database| database.service(service))
    }

    /// Uses this tracer for statements outside of any trace: others follow the current span's.
    ///
    /// ```
    /// # fn traced(pool: sqlx::SqlitePool, tracer: tracehound::Tracer) {
    /// let pool = tracehound_sqlx::wrap(pool).tracer(&tracer);
    /// # }
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> TracedPool<DB> {
        self.describe(|database| database.tracer(tracer))
    }

    fn describe(self, change: impl FnOnce(sql::Database) -> sql::Database) -> TracedPool<DB> {
        let database = change(Arc::unwrap_or_clone(self.database));
        TracedPool { pool: self.pool, database: Arc::new(database) }
    }

    /// Takes a connection from the pool. Waiting for it makes no span.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// let mut connection = pool.acquire().await?;
    /// sqlx::query("PRAGMA optimize").execute(&mut *connection).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn acquire(&self) -> Result<TracedConnection<PoolConnection<DB>>, Error> {
        Ok(TracedConnection::new(self.pool.acquire().await?, self.database.clone()))
    }

    /// Takes a connection if one is free.
    ///
    /// ```
    /// # fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) {
    /// let free = pool.try_acquire().is_some();
    /// # }
    /// ```
    pub fn try_acquire(&self) -> Option<TracedConnection<PoolConnection<DB>>> {
        Some(TracedConnection::new(self.pool.try_acquire()?, self.database.clone()))
    }

    /// Begins a transaction, with a span `Begin`.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// let mut transaction = pool.begin().await?;
    /// sqlx::query("DELETE FROM orders").execute(&mut *transaction).await?;
    /// transaction.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn begin(&self) -> Result<TracedTransaction<'static, DB>, Error> {
        self.begun("", self.pool.begin()).await
    }

    /// Begins a transaction with a statement of its own.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// let transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn begin_with(&self, statement: impl SqlSafeStr) -> Result<TracedTransaction<'static, DB>, Error> {
        let statement = statement.into_sql_str();
        self.begun(statement.clone().as_str(), self.pool.begin_with(statement)).await
    }

    /// Begins a transaction if a connection is free; makes no span otherwise.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// if let Some(transaction) = pool.try_begin().await? {
    ///     transaction.rollback().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn try_begin(&self) -> Result<Option<TracedTransaction<'static, DB>>, Error> {
        let Some(connection) = self.pool.try_acquire() else { return Ok(None) };
        self.begun("", Transaction::begin(connection, None)).await.map(Some)
    }

    async fn begun<'c>(
        &self,
        statement: &str,
        begin: impl Future<Output = Result<Transaction<'c, DB>, Error>>,
    ) -> Result<TracedTransaction<'c, DB>, Error> {
        let span = self.database.start(Operation::Begin, statement);
        let transaction = query::run(span, begin, |_, _| ()).await?;
        Ok(TracedTransaction::new(transaction, self.database.clone()))
    }
}

impl<'p, DB: Backend> Executor<'p> for &'_ TracedPool<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;

    fn execute_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<DB::QueryResult, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let pool = self.pool.clone();
        rows::executed(self.database.clone(), Query::take_apart(query), move |query| pool.fetch_many(query))
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step<DB>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let pool = self.pool.clone();
        rows::traced(self.database.clone(), Operation::Query, Query::take_apart(query), move |query| {
            pool.fetch_many(query)
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let pool = self.pool.clone();
        query::fetch_optional(self.database.clone(), Query::take_apart(query), move |query| pool.fetch_optional(query))
    }

    fn prepare_with<'e>(
        self,
        statement: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'p: 'e,
    {
        let pool = self.pool.clone();
        query::prepare(self.database.clone(), statement, move |statement| pool.prepare_with(statement, parameters))
    }

    fn describe<'e>(self, statement: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<DB>, Error>>
    where
        'p: 'e,
    {
        self.pool.describe(statement)
    }
}

impl<DB: Database> Deref for TracedPool<DB> {
    type Target = Pool<DB>;

    fn deref(&self) -> &Pool<DB> {
        &self.pool
    }
}

impl<DB: Database> Clone for TracedPool<DB> {
    fn clone(&self) -> TracedPool<DB> {
        TracedPool { pool: self.pool.clone(), database: self.database.clone() }
    }
}

impl<DB: Database> fmt::Debug for TracedPool<DB> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pool.fmt(out)
    }
}
