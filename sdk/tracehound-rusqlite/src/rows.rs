//! The rows of a query, and the span that lasts as long.

use rusqlite::{Error, Result, Row, Rows};
use tracehound::Span;
use tracehound::integration::sql;

use crate::connection::set_error;

/// The rows of a query. Its span ends when they are used up or dropped.
///
/// ```
/// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
/// let mut statement = cafe.prepare("SELECT 1 UNION SELECT 2").unwrap();
/// let mut rows = statement.query([]).unwrap();
/// while let Some(row) = rows.next().unwrap() {
///     let number: i64 = row.get(0).unwrap();
/// }
/// ```
pub struct TracedRows<'stmt> {
    rows: Rows<'stmt>,
    query: Query,
}

impl<'stmt> TracedRows<'stmt> {
    pub(crate) fn new(rows: Rows<'stmt>, span: Span) -> TracedRows<'stmt> {
        TracedRows { rows, query: Query { span: Some(span), rows: 0 } }
    }

    /// As [`Rows::next`].
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare("SELECT 1").unwrap();
    /// assert!(statement.query([]).unwrap().next().unwrap().is_some());
    /// ```
    // Not an iterator, as rusqlite's is none: a row lives until the next is asked for.
    #[expect(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<&Row<'stmt>>> {
        let rows = &mut self.rows;
        let row = match &self.query.span {
            Some(span) => span.in_scope(|| rows.next()),
            None => rows.next(),
        };
        self.query.record(&row);
        row
    }

    /// As [`Rows::mapped`].
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare("SELECT 1").unwrap();
    /// assert_eq!(statement.query([]).unwrap().mapped(|row| row.get::<_, i64>(0)).count(), 1);
    /// ```
    pub fn mapped<T, F: FnMut(&Row<'_>) -> Result<T>>(self, map: F) -> TracedMapped<'stmt, F> {
        TracedMapped { rows: self, map }
    }

    /// As [`Rows::and_then`].
    ///
    /// ```
    /// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
    /// let mut statement = cafe.prepare("SELECT 1").unwrap();
    /// assert_eq!(statement.query([]).unwrap().and_then(|row| row.get::<_, i64>(0)).count(), 1);
    /// ```
    pub fn and_then<T, E, F: FnMut(&Row<'_>) -> Result<T, E>>(self, map: F) -> TracedAndThen<'stmt, F> {
        TracedAndThen { rows: self, map }
    }
}

/// The span of a query under way.
struct Query {
    /// `None` once the rows are used up.
    span: Option<Span>,
    rows: u64,
}

impl Query {
    fn record(&mut self, row: &Result<Option<&Row<'_>>>) {
        match row {
            Ok(Some(_)) => self.rows += 1,
            Ok(None) => self.end(),
            Err(error) => {
                if let Some(span) = self.span.take() {
                    set_error(&span, error);
                }
            }
        }
    }

    fn end(&mut self) {
        if let Some(span) = self.span.take() {
            sql::set_rows(&span, self.rows);
        }
    }
}

impl Drop for Query {
    fn drop(&mut self) {
        self.end();
    }
}

/// Rows turned into values: see [`TracedStatement::query_map`](crate::TracedStatement::query_map).
///
/// ```
/// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
/// let mut statement = cafe.prepare("SELECT 1").unwrap();
/// for number in statement.query_map([], |row| row.get::<_, i64>(0)).unwrap() {
///     assert_eq!(number.unwrap(), 1);
/// }
/// ```
#[must_use = "rows are read as they are asked for"]
pub struct TracedMapped<'stmt, F> {
    rows: TracedRows<'stmt>,
    map: F,
}

impl<T, F: FnMut(&Row<'_>) -> Result<T>> Iterator for TracedMapped<'_, F> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let row = self.rows.next().transpose()?;
        Some(row.and_then(&mut self.map))
    }
}

/// Rows turned into values with errors of the application's: see
/// [`TracedStatement::query_and_then`](crate::TracedStatement::query_and_then).
///
/// ```
/// # let cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory().unwrap());
/// let mut statement = cafe.prepare("SELECT 1").unwrap();
/// for number in statement.query_and_then([], |row| row.get::<_, i64>(0)).unwrap() {
///     assert_eq!(number.unwrap(), 1);
/// }
/// ```
#[must_use = "rows are read as they are asked for"]
pub struct TracedAndThen<'stmt, F> {
    rows: TracedRows<'stmt>,
    map: F,
}

impl<T, E: From<Error>, F: FnMut(&Row<'_>) -> Result<T, E>> Iterator for TracedAndThen<'_, F> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Result<T, E>> {
        match self.rows.next().transpose()? {
            Ok(row) => Some((self.map)(row)),
            Err(error) => Some(Err(error.into())),
        }
    }
}
