//! A transaction whose statements, beginning and end are traced.

use std::ops::{Deref, DerefMut};

use tokio_postgres::{Client, Error, Transaction};
use tracehound::integration::sql::{Database, Operation};

use crate::client::{Handle, Traced};
use crate::run::run;

impl Handle for Transaction<'_> {
    fn client(&self) -> &Client {
        Transaction::client(self)
    }
}

/// A transaction, or a savepoint, whose statements are traced: all of [`Traced`]'s methods are there.
///
/// Committing makes a span `Commit`, rolling back a span `Rollback`; so does dropping it, which sends the statement but does not wait
/// for it.
///
/// ```
/// # async fn brew(mut orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
/// let transaction = orders.transaction().await?;
/// transaction.execute("DELETE FROM orders", &[]).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
pub struct TracedTransaction<'a> {
    traced: Traced<Transaction<'a>>,
    // After the transaction, whose end is the rollback that it tells of.
    open: Open,
}

impl<'a> TracedTransaction<'a> {
    pub(crate) async fn begin(
        database: Database,
        begin: impl Future<Output = Result<Transaction<'a>, Error>>,
    ) -> Result<TracedTransaction<'a>, Error> {
        let client = run(database.start(Operation::Begin, ""), begin, |_, _| ()).await?;
        Ok(TracedTransaction { open: Open(Some(database.clone())), traced: Traced { client, database } })
    }

    /// As [`Transaction::commit`], with a span `Commit`.
    ///
    /// ```
    /// # async fn brew(transaction: tracehound_tokio_postgres::TracedTransaction<'_>) -> Result<(), tokio_postgres::Error> {
    /// transaction.commit().await
    /// # }
    /// ```
    pub async fn commit(self) -> Result<(), Error> {
        let Traced { client, database } = self.close();
        run(database.start(Operation::Commit, ""), client.commit(), |_, ()| ()).await
    }

    /// As [`Transaction::rollback`], with a span `Rollback`.
    ///
    /// ```
    /// # async fn brew(transaction: tracehound_tokio_postgres::TracedTransaction<'_>) -> Result<(), tokio_postgres::Error> {
    /// transaction.rollback().await
    /// # }
    /// ```
    pub async fn rollback(self) -> Result<(), Error> {
        let Traced { client, database } = self.close();
        run(database.start(Operation::Rollback, ""), client.rollback(), |_, ()| ()).await
    }

    /// As [`Transaction::transaction`]: a savepoint, with a span `Begin`.
    ///
    /// ```
    /// # async fn brew(mut transaction: tracehound_tokio_postgres::TracedTransaction<'_>) -> Result<(), tokio_postgres::Error> {
    /// transaction.transaction().await?.rollback().await
    /// # }
    /// ```
    pub async fn transaction(&mut self) -> Result<TracedTransaction<'_>, Error> {
        let Traced { client, database } = &mut self.traced;
        TracedTransaction::begin(database.clone(), client.transaction()).await
    }

    /// As [`Transaction::savepoint`], with a span `Begin`.
    ///
    /// ```
    /// # async fn brew(mut transaction: tracehound_tokio_postgres::TracedTransaction<'_>) -> Result<(), tokio_postgres::Error> {
    /// transaction.savepoint("before_tea").await?.commit().await
    /// # }
    /// ```
    pub async fn savepoint(&mut self, name: impl Into<String>) -> Result<TracedTransaction<'_>, Error> {
        let Traced { client, database } = &mut self.traced;
        TracedTransaction::begin(database.clone(), client.savepoint(name)).await
    }

    fn close(self) -> Traced<Transaction<'a>> {
        let TracedTransaction { traced, mut open } = self;
        open.0 = None;
        traced
    }
}

impl<'a> Deref for TracedTransaction<'a> {
    type Target = Traced<Transaction<'a>>;

    fn deref(&self) -> &Traced<Transaction<'a>> {
        &self.traced
    }
}

impl<'a> DerefMut for TracedTransaction<'a> {
    fn deref_mut(&mut self) -> &mut Traced<Transaction<'a>> {
        &mut self.traced
    }
}

/// Tells of the rollback that dropping an open transaction is.
struct Open(Option<Database>);

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(database) = self.0.take() {
            database.start(Operation::Rollback, "").finish();
        }
    }
}
