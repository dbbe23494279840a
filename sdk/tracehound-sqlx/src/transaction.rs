//! A transaction whose statements, beginning and end are traced.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::database::Database;
use sqlx::{Error, Transaction};
use tracehound::integration::sql::{self, Operation};

use crate::connection::Session;
use crate::query;

/// A transaction, or a savepoint, whose statements are traced. As with sqlx, they are run on `&mut *transaction`.
///
/// Committing makes a span `Commit`, rolling back a span `Rollback`; so does dropping it, which leaves the work to sqlx and is not
/// waited for.
///
/// ```
/// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
/// let mut transaction = pool.begin().await?;
/// sqlx::query("INSERT INTO orders VALUES (1)").execute(&mut *transaction).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
pub struct TracedTransaction<'c, DB: Database> {
    session: Session<Transaction<'c, DB>>,
    // After the session, whose end is the rollback that it tells of.
    open: Open,
}

impl<'c, DB: Database> TracedTransaction<'c, DB> {
    pub(crate) fn new(transaction: Transaction<'c, DB>, database: Arc<sql::Database>) -> TracedTransaction<'c, DB> {
        TracedTransaction { open: Open(Some(database.clone())), session: Session::new(transaction, database) }
    }

    /// Commits, with a span `Commit`.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// pool.begin().await?.commit().await
    /// # }
    /// ```
    pub async fn commit(self) -> Result<(), Error> {
        let (transaction, database) = self.close();
        query::run(database.start(Operation::Commit, ""), transaction.commit(), |_, _| ()).await
    }

    /// Rolls back, with a span `Rollback`.
    ///
    /// ```
    /// # async fn traced(pool: tracehound_sqlx::TracedPool<sqlx::Sqlite>) -> sqlx::Result<()> {
    /// pool.begin().await?.rollback().await
    /// # }
    /// ```
    pub async fn rollback(self) -> Result<(), Error> {
        let (transaction, database) = self.close();
        query::run(database.start(Operation::Rollback, ""), transaction.rollback(), |_, _| ()).await
    }

    fn close(self) -> (Transaction<'c, DB>, Arc<sql::Database>) {
        let TracedTransaction { session, mut open } = self;
        open.0 = None;
        session.into_parts()
    }
}

impl<'c, DB: Database> Deref for TracedTransaction<'c, DB> {
    type Target = Session<Transaction<'c, DB>>;

    fn deref(&self) -> &Session<Transaction<'c, DB>> {
        &self.session
    }
}

impl<'c, DB: Database> DerefMut for TracedTransaction<'c, DB> {
    fn deref_mut(&mut self) -> &mut Session<Transaction<'c, DB>> {
        &mut self.session
    }
}

impl<DB: Database> fmt::Debug for TracedTransaction<'_, DB> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.session.fmt(out)
    }
}

/// Tells of the rollback that dropping an open transaction is.
struct Open(Option<Arc<sql::Database>>);

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(database) = self.0.take() {
            database.start(Operation::Rollback, "").finish();
        }
    }
}
