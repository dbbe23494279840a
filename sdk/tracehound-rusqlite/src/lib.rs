//! Traces queries made with [rusqlite](https://docs.rs/rusqlite) 0.39.
//!
//! [`wrap`] the connection; then each statement is a span, a child of the current one, with the rows it gave or changed and the error it
//! met. A [`Traced`] connection has rusqlite's methods with rusqlite's signatures, and dereferences to the connection for all that runs
//! no statement of the application's.
//!
//! ```
//! # fn main() -> rusqlite::Result<()> {
//! let mut cafe = tracehound_rusqlite::wrap(rusqlite::Connection::open_in_memory()?);
//! cafe.execute("CREATE TABLE donuts (name TEXT)", [])?; // sqlite.query
//!
//! let transaction = cafe.transaction()?; // Begin
//! transaction.execute("INSERT INTO donuts VALUES (?1)", ["glazed"])?;
//! transaction.commit()?; // Commit
//!
//! let mut statement = cafe.prepare("SELECT name FROM donuts")?;
//! let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?; // sqlite.query
//! # assert_eq!(names, ["glazed"]);
//! # Ok(())
//! # }
//! ```
//!
//! Names and tags are those of [`tracehound::integration::sql`]. A query's span lasts until its rows are used up or dropped. Preparing a
//! statement makes a span only if it fails. SQLite's own hook for statements is not used: it tells neither errors nor rows.

mod connection;
mod rows;
mod statement;
mod transaction;

pub use connection::{Handle, HandleMut, Traced, wrap};
pub use rows::{TracedAndThen, TracedMapped, TracedRows};
pub use statement::TracedStatement;
pub use transaction::{TracedSavepoint, TracedTransaction};

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/rusqlite.md")]
mod guide {}
