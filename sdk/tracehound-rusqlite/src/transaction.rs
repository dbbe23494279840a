//! Transactions whose statements, beginning and end are traced.

use std::ops::{Deref, DerefMut};

use rusqlite::{DropBehavior, Result, Savepoint, Transaction};
use tracehound::integration::sql::{Database, Operation};

use crate::connection::{Traced, run};

/// A transaction whose statements are traced: all of [`Traced`]'s methods are there.
///
/// Committing makes a span `Commit`, rolling back, also by dropping it, a span `Rollback`.
///
/// ```
/// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
/// let transaction = cafe.transaction().unwrap();
/// transaction.execute("CREATE TABLE donuts (name TEXT)", []).unwrap();
/// transaction.commit().unwrap();
/// ```
#[derive(Debug)]
pub struct TracedTransaction<'conn> {
    traced: Traced<Transaction<'conn>>,
}

impl<'conn> TracedTransaction<'conn> {
    pub(crate) fn begin(
        database: &Database,
        begin: impl FnOnce() -> Result<Transaction<'conn>>,
    ) -> Result<TracedTransaction<'conn>> {
        let connection = run(database, Operation::Begin, "", begin, |_, _| ())?;
        Ok(TracedTransaction { traced: Traced { connection, database: database.clone() } })
    }

    /// As [`Transaction::commit`], with a span `Commit`.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.transaction().unwrap().commit().unwrap();
    /// ```
    pub fn commit(self) -> Result<()> {
        self.end(Operation::Commit)
    }

    /// As [`Transaction::rollback`], with a span `Rollback`.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.transaction().unwrap().rollback().unwrap();
    /// ```
    pub fn rollback(self) -> Result<()> {
        self.end(Operation::Rollback)
    }

    /// As [`Transaction::finish`]: what dropping it does, with the error.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.transaction().unwrap().finish().unwrap();
    /// ```
    pub fn finish(self) -> Result<()> {
        self.end_as_dropped()
    }

    /// As [`Transaction::savepoint`], with a span `Begin`.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut transaction = cafe.transaction().unwrap();
    /// transaction.savepoint().unwrap().commit().unwrap();
    /// ```
    pub fn savepoint(&mut self) -> Result<TracedSavepoint<'_>> {
        let Traced { connection, database } = &mut self.traced;
        TracedSavepoint::begin(database, || connection.savepoint())
    }

    /// By the statement that rusqlite uses; with the transaction over, dropping it does nothing more.
    fn end(&self, operation: Operation) -> Result<()> {
        let connection = &self.traced.connection;
        let statement = if operation == Operation::Commit { "COMMIT" } else { "ROLLBACK" };
        run(&self.traced.database, operation, "", || connection.execute_batch(statement), |_, ()| ())
    }

    fn end_as_dropped(&self) -> Result<()> {
        if self.traced.connection.is_autocommit() {
            return Ok(());
        }
        match self.traced.connection.drop_behavior() {
            DropBehavior::Commit => self.end(Operation::Commit).or_else(|_| self.end(Operation::Rollback)),
            DropBehavior::Rollback => self.end(Operation::Rollback),
            // What else there is makes no statement.
            _ => Ok(()),
        }
    }
}

impl Drop for TracedTransaction<'_> {
    fn drop(&mut self) {
        // As with rusqlite: a drop cannot tell.
        let _ = self.end_as_dropped();
    }
}

impl<'conn> Deref for TracedTransaction<'conn> {
    type Target = Traced<Transaction<'conn>>;

    fn deref(&self) -> &Traced<Transaction<'conn>> {
        &self.traced
    }
}

impl<'conn> DerefMut for TracedTransaction<'conn> {
    fn deref_mut(&mut self) -> &mut Traced<Transaction<'conn>> {
        &mut self.traced
    }
}

/// A savepoint whose statements are traced: all of [`Traced`]'s methods are there. Dropping it makes no span.
///
/// ```
/// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
/// let savepoint = cafe.savepoint().unwrap();
/// savepoint.execute("CREATE TABLE donuts (name TEXT)", []).unwrap();
/// savepoint.commit().unwrap();
/// ```
#[derive(Debug)]
pub struct TracedSavepoint<'conn> {
    traced: Traced<Savepoint<'conn>>,
}

impl<'conn> TracedSavepoint<'conn> {
    pub(crate) fn begin(
        database: &Database,
        begin: impl FnOnce() -> Result<Savepoint<'conn>>,
    ) -> Result<TracedSavepoint<'conn>> {
        let connection = run(database, Operation::Begin, "", begin, |_, _| ())?;
        Ok(TracedSavepoint { traced: Traced { connection, database: database.clone() } })
    }

    /// As [`Savepoint::commit`], with a span `Commit`.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.savepoint().unwrap().commit().unwrap();
    /// ```
    pub fn commit(self) -> Result<()> {
        let Traced { connection, database } = self.traced;
        run(&database, Operation::Commit, "", || connection.commit(), |_, ()| ())
    }

    /// As [`Savepoint::rollback`], with a span `Rollback`: the savepoint stays open.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut savepoint = cafe.savepoint().unwrap();
    /// savepoint.rollback().unwrap();
    /// ```
    pub fn rollback(&mut self) -> Result<()> {
        let Traced { connection, database } = &mut self.traced;
        run(database, Operation::Rollback, "", || connection.rollback(), |_, ()| ())
    }

    /// As [`Savepoint::savepoint`], with a span `Begin`.
    ///
    /// ```
    /// # let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut savepoint = cafe.savepoint().unwrap();
    /// savepoint.savepoint().unwrap().commit().unwrap();
    /// ```
    pub fn savepoint(&mut self) -> Result<TracedSavepoint<'_>> {
        let Traced { connection, database } = &mut self.traced;
        TracedSavepoint::begin(database, || connection.savepoint())
    }
}

impl<'conn> Deref for TracedSavepoint<'conn> {
    type Target = Traced<Savepoint<'conn>>;

    fn deref(&self) -> &Traced<Savepoint<'conn>> {
        &self.traced
    }
}

impl<'conn> DerefMut for TracedSavepoint<'conn> {
    fn deref_mut(&mut self) -> &mut Traced<Savepoint<'conn>> {
        &mut self.traced
    }
}
