//! A prepared statement whose runs are traced.

use std::ops::{Deref, DerefMut};

use rusqlite::{Error, Params, Result, Row, Statement};
use tracehound::integration::sql::{self, Database, Operation};

use crate::connection::{run, set_changes, set_error};
use crate::rows::{TracedAndThen, TracedMapped, TracedRows};

/// A statement, the application's or the cache's.
pub(crate) enum Prepared<'conn> {
    Own(Statement<'conn>),
    #[cfg(feature = "cache")]
    Cached(rusqlite::CachedStatement<'conn>),
}

/// A prepared statement whose runs are traced. It dereferences to rusqlite's for everything else.
///
/// ```
/// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
/// let mut statement = cafe.prepare("SELECT ?1 + 1").unwrap();
/// for number in 1..=3 {
///     statement.query_row([number], |row| row.get::<_, i64>(0)).unwrap(); // sqlite.query
/// }
/// ```
pub struct TracedStatement<'conn> {
    statement: Prepared<'conn>,
    sql: Box<str>,
    database: &'conn Database,
}

impl<'conn> TracedStatement<'conn> {
    pub(crate) fn new(statement: Prepared<'conn>, sql: &str, database: &'conn Database) -> TracedStatement<'conn> {
        TracedStatement { statement, sql: sql.into(), database }
    }

    /// As [`Statement::execute`], in a span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.prepare("CREATE TABLE donuts (name TEXT)").unwrap().execute([]).unwrap();
    /// ```
    pub fn execute<P: Params>(&mut self, params: P) -> Result<usize> {
        let (sql, statement) = (&self.sql, &mut self.statement);
        run(
            self.database,
            Operation::Exec,
            sql,
            || statement.execute(params),
            |span, rows| set_changes(span, sql, *rows),
        )
    }

    /// As [`Statement::insert`], in a span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// cafe.execute("CREATE TABLE donuts (name TEXT)", []).unwrap();
    /// let row = cafe.prepare("INSERT INTO donuts VALUES (?1)").unwrap().insert(["glazed"]).unwrap();
    /// assert_eq!(row, 1);
    /// ```
    pub fn insert<P: Params>(&mut self, params: P) -> Result<i64> {
        let (sql, statement) = (&self.sql, &mut self.statement);
        run(self.database, Operation::Exec, sql, || statement.insert(params), |span, _| sql::set_rows(span, 1))
    }

    /// As [`Statement::query`]: the span lasts until the rows are used up or dropped.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare("SELECT 1 UNION SELECT 2").unwrap();
    /// let mut rows = statement.query([]).unwrap();
    /// while let Some(row) = rows.next().unwrap() {
    ///     let number: i64 = row.get(0).unwrap();
    /// }
    /// ```
    pub fn query<P: Params>(&mut self, params: P) -> Result<TracedRows<'_>> {
        let span = self.database.start(Operation::Query, &self.sql);
        match span.in_scope(|| self.statement.query(params)) {
            Ok(rows) => Ok(TracedRows::new(rows, span)),
            Err(error) => {
                set_error(&span, &error);
                Err(error)
            }
        }
    }

    /// As [`Statement::query_map`]: the span lasts until the rows are used up or dropped.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare("SELECT 1 UNION SELECT 2").unwrap();
    /// let numbers = statement.query_map([], |row| row.get(0)).unwrap();
    /// assert_eq!(numbers.collect::<Result<Vec<i64>, _>>().unwrap(), [1, 2]);
    /// ```
    pub fn query_map<T, P, F>(&mut self, params: P, map: F) -> Result<TracedMapped<'_, F>>
    where
        P: Params,
        F: FnMut(&Row<'_>) -> Result<T>,
    {
        Ok(self.query(params)?.mapped(map))
    }

    /// As [`Statement::query_and_then`]: the span lasts until the rows are used up or dropped.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare("SELECT 1").unwrap();
    /// let numbers = statement.query_and_then([], |row| row.get::<_, i64>(0)).unwrap();
    /// assert_eq!(numbers.count(), 1);
    /// ```
    pub fn query_and_then<T, E, P, F>(&mut self, params: P, map: F) -> Result<TracedAndThen<'_, F>>
    where
        P: Params,
        E: From<Error>,
        F: FnMut(&Row<'_>) -> Result<T, E>,
    {
        Ok(self.query(params)?.and_then(map))
    }

    /// As [`Statement::query_row`], in a span. That there is no row is an answer, not an error of the span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let two: i64 = cafe.prepare("SELECT 2").unwrap().query_row([], |row| row.get(0)).unwrap();
    /// ```
    pub fn query_row<T, P: Params>(&mut self, params: P, map: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        self.query_row_and_then(params, map)
    }

    pub(crate) fn query_row_and_then<T, E, P, F>(&mut self, params: P, map: F) -> Result<T, E>
    where
        P: Params,
        E: From<Error>,
        F: FnOnce(&Row<'_>) -> Result<T, E>,
    {
        let mut rows = self.query(params)?;
        match rows.next()? {
            Some(row) => map(row),
            None => Err(Error::QueryReturnedNoRows.into()),
        }
    }

    /// As [`Statement::query_one`], in a span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let two: i64 = cafe.prepare("SELECT 2").unwrap().query_one([], |row| row.get(0)).unwrap();
    /// ```
    pub fn query_one<T, P: Params>(&mut self, params: P, map: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        let mut rows = self.query(params)?;
        let value = map(rows.next()?.ok_or(Error::QueryReturnedNoRows)?)?;
        if rows.next()?.is_some() {
            return Err(Error::QueryReturnedMoreThanOneRow);
        }
        Ok(value)
    }

    /// As [`Statement::exists`], in a span.
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// assert!(cafe.prepare("SELECT 1").unwrap().exists([]).unwrap());
    /// ```
    pub fn exists<P: Params>(&mut self, params: P) -> Result<bool> {
        let mut rows = self.query(params)?;
        Ok(rows.next()?.is_some())
    }
}

impl<'conn> Deref for Prepared<'conn> {
    type Target = Statement<'conn>;

    fn deref(&self) -> &Statement<'conn> {
        match self {
            Prepared::Own(statement) => statement,
            #[cfg(feature = "cache")]
            Prepared::Cached(statement) => statement,
        }
    }
}

impl<'conn> DerefMut for Prepared<'conn> {
    fn deref_mut(&mut self) -> &mut Statement<'conn> {
        match self {
            Prepared::Own(statement) => statement,
            #[cfg(feature = "cache")]
            Prepared::Cached(statement) => statement,
        }
    }
}

impl<'conn> Deref for TracedStatement<'conn> {
    type Target = Statement<'conn>;

    fn deref(&self) -> &Statement<'conn> {
        &self.statement
    }
}

impl<'conn> DerefMut for TracedStatement<'conn> {
    fn deref_mut(&mut self) -> &mut Statement<'conn> {
        &mut self.statement
    }
}

impl std::fmt::Debug for TracedStatement<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(out)
    }
}
