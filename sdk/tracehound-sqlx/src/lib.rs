//! Traces queries made with [sqlx](https://docs.rs/sqlx) 0.9.
//!
//! [`wrap`] the pool; then each statement is a span, a child of the current one, with the rows it gave or changed and the error it met.
//! A [`TracedPool`] is used as the pool was: `&pool` runs queries, `begin` gives a [`TracedTransaction`] and `acquire` a
//! [`TracedConnection`], whose statements are traced as well.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> sqlx::Result<()> {
//! let pool = tracehound_sqlx::wrap(sqlx::SqlitePool::connect("sqlite::memory:").await?);
//!
//! let (two,): (i64,) = sqlx::query_as("SELECT 1 + 1").fetch_one(&pool).await?; // sqlite.query
//!
//! let mut transaction = pool.begin().await?; // Begin
//! sqlx::query("CREATE TABLE donuts (name TEXT)").execute(&mut *transaction).await?;
//! transaction.commit().await?; // Commit
//! # assert_eq!(two, 2);
//! # Ok(())
//! # }
//! ```
//!
//! The features `sqlite`, `postgres`, `mysql` and `any` are for the databases in use. Names and tags are those of
//! [`tracehound::integration::sql`]. The span is current while sqlx works on the statement, and lasts from the moment a query is first
//! awaited, the wait for a free connection included, until its rows are used up or dropped.

mod backend;
mod connection;
mod pool;
mod query;
mod rows;
mod transaction;

pub use backend::Backend;
pub use connection::{Session, TracedConnection, wrap_connection};
pub use pool::{TracedPool, wrap};
pub use transaction::TracedTransaction;

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/sqlx.md")]
mod guide {}
