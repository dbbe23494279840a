//! The connection that makes the spans.

use std::sync::Arc;

use redis::{Arg, Client, Cmd};
use tracehound::Tracer;

use crate::server::Server;

/// Traces what is sent over `connection`. Give it the client too, for the tags that name the server.
///
/// ```no_run
/// # fn brew() -> redis::RedisResult<()> {
/// let client = redis::Client::open("redis://127.0.0.1/")?;
/// let mut redis = tracehound_redis::wrap(client.get_connection()?).client(&client);
/// redis::Commands::set::<_, _, ()>(&mut redis, "donut", "glazed")?;
/// # Ok(())
/// # }
/// ```
pub fn wrap<C>(connection: C) -> Traced<C> {
    Traced { connection, server: Arc::new(Server::unknown()) }
}

/// A connection whose commands are traced. It can be cloned if the connection can.
///
/// ```no_run
/// use redis::aio::{ConnectionManager, ConnectionLike};
/// use redis::AsyncCommands;
/// use tracehound_redis::Traced;
///
/// async fn views(redis: &mut Traced<ConnectionManager>) -> redis::RedisResult<Option<u64>> {
///     redis.get("views").await
/// }
/// ```
#[derive(Clone)]
pub struct Traced<C> {
    pub(crate) connection: C,
    pub(crate) server: Arc<Server>,
}

impl<C> Traced<C> {
    /// Takes the server's address from the client that the connection was opened with.
    ///
    /// ```no_run
    /// # fn brew() -> redis::RedisResult<()> {
    /// let client = redis::Client::open("redis://127.0.0.1/")?;
    /// let redis = tracehound_redis::wrap(client.get_connection()?).client(&client);
    /// # Ok(())
    /// # }
    /// ```
    pub fn client(self, client: &Client) -> Traced<C> {
        self.change(|server| server.set_address(client))
    }

    /// Sets the server's address, for `out.host` and `network.destination.port`.
    ///
    /// ```no_run
    /// # fn brew(connection: redis::Connection) {
    /// let redis = tracehound_redis::wrap(connection).address("cache.example", 6379);
    /// # }
    /// ```
    pub fn address(self, host: impl Into<String>, port: u16) -> Traced<C> {
        self.change(|server| (server.host, server.port) = (Some(host.into()), Some(port)))
    }

    /// Shows the spans under a service of their own instead of the application's.
    ///
    /// ```no_run
    /// # fn brew(connection: redis::Connection) {
    /// let redis = tracehound_redis::wrap(connection).service("sessions");
    /// # }
    /// ```
    pub fn service(self, service: impl Into<String>) -> Traced<C> {
        self.change(|server| server.spans.set_service(service))
    }

    /// Uses this tracer for commands outside of any trace: others follow the current span's.
    ///
    /// ```no_run
    /// # fn brew(connection: redis::Connection, tracer: tracehound::Tracer) {
    /// let redis = tracehound_redis::wrap(connection).tracer(&tracer);
    /// # }
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Traced<C> {
        self.change(|server| server.spans.set_tracer(tracer))
    }

    /// Whether spans carry the commands with their arguments, as the tag `redis.raw_command`. They do unless this says otherwise; of an
    /// argument at most 100 characters, of a command or pipeline at most 1,000 bytes, and `?` for passwords.
    ///
    /// ```no_run
    /// # fn brew(connection: redis::Connection) {
    /// let redis = tracehound_redis::wrap(connection).raw_command(false);
    /// # }
    /// ```
    pub fn raw_command(self, shown: bool) -> Traced<C> {
        self.change(|server| server.raw_command = shown)
    }

    /// The connection itself, for what it offers beyond commands; that is not traced.
    ///
    /// ```no_run
    /// # fn brew(connection: redis::Connection) -> redis::RedisResult<()> {
    /// let mut redis = tracehound_redis::wrap(connection);
    /// let mut messages = redis.inner_mut().as_pubsub();
    /// messages.subscribe("orders")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn inner_mut(&mut self) -> &mut C {
        &mut self.connection
    }

    /// The connection itself, no longer traced.
    ///
    /// ```no_run
    /// # fn brew(connection: redis::Connection) {
    /// let connection: redis::Connection = tracehound_redis::wrap(connection).into_inner();
    /// # }
    /// ```
    pub fn into_inner(self) -> C {
        self.connection
    }

    fn change(self, change: impl FnOnce(&mut Server)) -> Traced<C> {
        let mut server = Arc::unwrap_or_clone(self.server);
        change(&mut server);
        Traced { connection: self.connection, server: Arc::new(server) }
    }
}

impl<C> std::fmt::Debug for Traced<C> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Traced").field("server", &self.server).finish_non_exhaustive()
    }
}

/// The words of a command. A cursor that is still to be filled in is 0.
pub(crate) fn words(command: &Cmd) -> impl Iterator<Item = &[u8]> {
    command.args_iter().map(|word| match word {
        Arg::Simple(word) => word,
        Arg::Cursor => b"0",
        _ => b"?",
    })
}
