//! Traces queries made with [tokio-postgres](https://docs.rs/tokio-postgres) 0.7.
//!
//! [`wrap`] the client; then each statement is a span `postgres.query`, a child of the current one, with the rows it gave or changed and
//! the error it met. A [`Traced`] client has the client's methods with the client's signatures, and dereferences to it for all that
//! runs no statement. What `prepare` returns is a [`Prepared`] statement, which knows its text.
//!
//! ```no_run
//! # async fn brew() -> Result<(), Box<dyn std::error::Error>> {
//! let config: tokio_postgres::Config = "host=db.example user=waiter dbname=orders".parse()?;
//! # let (client, connection): (tokio_postgres::Client, std::future::Ready<()>) = unimplemented!();
//! // let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
//! let mut orders = tracehound_tokio_postgres::wrap(client).config(&config);
//!
//! let row = orders.query_one("SELECT count(*) FROM orders WHERE donut = $1", &[&"glazed"]).await?; // postgres.query
//!
//! let transaction = orders.transaction().await?; // Begin
//! transaction.execute("DELETE FROM orders", &[]).await?;
//! transaction.commit().await?; // Commit
//! # Ok(())
//! # }
//! ```
//!
//! Names and tags are those of [`tracehound::integration::sql`]. A span is current while its statement is awaited; that of a stream
//! lasts until the stream is used up or dropped.

mod client;
mod copy;
mod queries;
mod rows;
mod run;
mod statement;
mod transaction;

pub use client::{Handle, Traced, wrap};
pub use copy::TracedCopyIn;
pub use rows::TracedStream;
pub use statement::{AsStatement, Prepared};
pub use transaction::TracedTransaction;

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/tokio-postgres.md")]
mod guide {}
