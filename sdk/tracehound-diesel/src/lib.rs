//! Traces queries made with [diesel](https://docs.rs/diesel) 2.3, through diesel's own door for it.
//!
//! [`install`] once, before connections are opened; then each statement of each connection, those of pools included, is a span, a child
//! of the current one, with the error it met. Opening a connection is a span too.
//!
//! ```
//! use diesel::prelude::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! tracehound_diesel::install();
//! let mut cafe = SqliteConnection::establish(":memory:")?; // sqlite.query, Connect
//! diesel::sql_query("CREATE TABLE donuts (name TEXT)").execute(&mut cafe)?; // sqlite.query
//! # Ok(())
//! # }
//! ```
//!
//! [`Tracing`] traces one connection alone, and says under which service. Names and tags are those of
//! [`tracehound::integration::sql`]. Diesel does not tell how many rows a statement gave or changed. A statement's span lasts until
//! diesel is done with it, which for a streaming load is when its iterator is dropped.

mod install;
mod statement;
mod tracing;

pub use install::{install, install_with};
pub use tracing::Tracing;

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/diesel.md")]
mod guide {}
