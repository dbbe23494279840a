//! SQL: the span of a statement, whichever library sent it and whichever server runs it.
//!
//! Spans are `postgres.query`, `mysql.query` or `sqlite.query`, of type `sql`, measured. Their resource is the statement; an operation
//! without one (connecting, a transaction's begin and end) has its own name as resource. Tags: `db.system`, `db.name`, `db.user`,
//! `out.host`, `network.destination.port`, `sql.query_type`, `db.row_count`, `span.kind` (`client`), `component`. Values in statements
//! are left as they are: agents replace them by `?`. Source: sdk.md 2.4.
//!
//! ```
//! use tracehound::integration::sql::{self, Database, Operation};
//!
//! let orders = Database::new("my-driver").url("postgres://waiter:secret@db.example:5432/orders");
//! let span = orders.start(Operation::Query, "SELECT * FROM orders WHERE id = $1");
//! // … send it, then:
//! sql::set_rows(&span, 1);
//! ```

mod database;
mod operation;
mod statement;
mod system;
mod url;

pub use database::Database;
pub use operation::Operation;
pub use statement::changes_rows;
pub use system::System;

use crate::SpanRef;

/// The name of the `tracing` span that `tracehound-sqlx` keeps entered while a statement of its own is under way.
///
/// sqlx tells each statement in a `tracing` event, which `tracehound-tracing` turns into a span. Where such an event stands inside of a
/// span of this name, the statement has its span already. The mark is a `tracing` span because sqlx carries those, and nothing else,
/// to the threads on which it runs SQLite.
///
/// ```
/// assert_eq!(tracehound::integration::sql::MARK, "tracehound.sql");
/// ```
pub const MARK: &str = "tracehound.sql";

/// Tags a statement's span with the number of rows that it gave back or changed.
///
/// ```
/// tracehound::integration::sql::set_rows(&tracehound::current_span(), 3);
/// ```
pub fn set_rows(span: &SpanRef, rows: u64) {
    span.set_tag("db.row_count", rows);
}

#[cfg(test)]
mod tests;
