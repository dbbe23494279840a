//! Traces Redis commands sent with [redis](https://docs.rs/redis) 1.8.
//!
//! [`wrap`] the connection: each command, pipeline or transaction is then a span, a child of the current one. A [`Traced`] connection is
//! a `ConnectionLike`, so all of `redis::Commands` and `redis::AsyncCommands` work on it.
//!
//! ```no_run
//! use redis::AsyncCommands;
//!
//! # async fn brew() -> redis::RedisResult<()> {
//! let client = redis::Client::open("redis://127.0.0.1/")?;
//! let connection = client.get_multiplexed_async_connection().await?;
//! let mut redis = tracehound_redis::wrap(connection).client(&client);
//!
//! let views: u64 = redis.incr("donut:glazed:views", 1).await?; // redis.command, INCRBY
//! # Ok(())
//! # }
//! ```
//!
//! Spans are `redis.command`, of type `redis`, measured; their resource is the command's name, a pipeline's the names of its commands,
//! one per line. Tags: `redis.raw_command` (see [`Traced::raw_command`]), `redis.args_length`, `redis.pipeline_length`, `db.system`,
//! `db.redis.database_index`, `out.host`, `network.destination.port`, `span.kind` (`client`), `component`. A missing key is an answer,
//! not an error. Source: sdk.md 2.4, and the spans that the Python tracer makes.

#[cfg(feature = "aio")]
mod aio;
mod command;
mod operation;
mod packed;
mod server;
mod sync;
mod traced;

pub use traced::{Traced, wrap};

/// Compiles what the guide shows.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sdk/redis.md")]
mod guide {}
