//! A client whose statements are traced.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, Error, TransactionBuilder};
use tracehound::Tracer;
use tracehound::integration::sql::{Database, System};

use crate::transaction::TracedTransaction;

/// What gives access to a client: one itself, a reference to one, a transaction. Pools' types can implement it too.
///
/// ```
/// use tracehound_tokio_postgres::Handle;
///
/// struct Pooled(Box<tokio_postgres::Client>);
///
/// impl Handle for Pooled {
///     fn client(&self) -> &tokio_postgres::Client {
///         &self.0
///     }
/// }
/// ```
pub trait Handle {
    /// The client.
    ///
    /// ```
    /// use tracehound_tokio_postgres::Handle;
    ///
    /// fn is_closed(handle: &impl Handle) -> bool {
    ///     handle.client().is_closed()
    /// }
    /// ```
    fn client(&self) -> &Client;
}

impl Handle for Client {
    fn client(&self) -> &Client {
        self
    }
}

impl<C: Handle + ?Sized> Handle for &C {
    fn client(&self) -> &Client {
        (**self).client()
    }
}

impl<C: Handle + ?Sized> Handle for &mut C {
    fn client(&self) -> &Client {
        (**self).client()
    }
}

impl<C: Handle + ?Sized> Handle for Arc<C> {
    fn client(&self) -> &Client {
        (**self).client()
    }
}

/// Traces what is asked through `client`. Give it the configuration too, for the tags that name the server.
///
/// ```
/// fn traced(client: tokio_postgres::Client) -> tracehound_tokio_postgres::Traced<tokio_postgres::Client> {
///     tracehound_tokio_postgres::wrap(client)
/// }
/// ```
pub fn wrap<C: Handle>(client: C) -> Traced<C> {
    Traced { client, database: Database::new("tokio-postgres").system(System::Postgres) }
}

/// A client, or a transaction, whose statements are traced.
///
/// ```
/// use tracehound_tokio_postgres::{Handle, Traced};
///
/// async fn count<C: Handle>(orders: &Traced<C>) -> Result<i64, tokio_postgres::Error> {
///     orders.query_one("SELECT count(*) FROM orders", &[]).await?.try_get(0)
/// }
/// ```
pub struct Traced<C> {
    pub(crate) client: C,
    pub(crate) database: Database,
}

impl<C> Traced<C> {
    /// Takes the database's name, the user and the server's address from the configuration that the client was connected with.
    ///
    /// ```
    /// # fn traced(client: tokio_postgres::Client) -> Result<(), tokio_postgres::Error> {
    /// let config: tokio_postgres::Config = "host=db.example user=waiter dbname=orders".parse()?;
    /// let orders = tracehound_tokio_postgres::wrap(client).config(&config);
    /// # Ok(())
    /// # }
    /// ```
    pub fn config(self, config: &Config) -> Traced<C> {
        let mut database = self.database;
        // As the server does: a database without a name is that of the user's name.
        if let Some(name) = config.get_dbname().or(config.get_user()) {
            database = database.name(name);
        }
        if let Some(user) = config.get_user() {
            database = database.user(user);
        }
        match config.get_hosts().first() {
            Some(Host::Tcp(host)) => database = database.host(host),
            #[cfg(unix)]
            Some(Host::Unix(path)) => database = database.host(path.to_string_lossy()),
            _ => {}
        }
        if let Some(port) = config.get_ports().first() {
            database = database.port(*port);
        }
        Traced { database, ..self }
    }

    /// Shows the spans under a service of their own instead of the application's.
    ///
    /// ```
    /// # fn traced(client: tokio_postgres::Client) {
    /// let orders = tracehound_tokio_postgres::wrap(client).service("orders-db");
    /// # }
    /// ```
    pub fn service(self, service: impl Into<String>) -> Traced<C> {
        Traced { database: self.database.service(service), ..self }
    }

    /// Uses this tracer for statements outside of any trace: others follow the current span's.
    ///
    /// ```
    /// # fn traced(client: tokio_postgres::Client, tracer: tracehound::Tracer) {
    /// let orders = tracehound_tokio_postgres::wrap(client).tracer(&tracer);
    /// # }
    /// ```
    pub fn tracer(self, tracer: &Tracer) -> Traced<C> {
        Traced { database: self.database.tracer(tracer), ..self }
    }

    /// The client itself, no longer traced.
    ///
    /// ```
    /// # fn traced(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) {
    /// let client: tokio_postgres::Client = orders.into_inner();
    /// # }
    /// ```
    pub fn into_inner(self) -> C {
        self.client
    }
}

impl Traced<Client> {
    /// As [`Client::transaction`], with a span `Begin`.
    ///
    /// ```
    /// # async fn brew(mut orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// orders.transaction().await?.commit().await
    /// # }
    /// ```
    pub async fn transaction(&mut self) -> Result<TracedTransaction<'_>, Error> {
        self.transaction_with(|builder| builder).await
    }

    /// Begins a transaction as [`Client::build_transaction`] allows, with a span `Begin`.
    ///
    /// ```
    /// # async fn brew(mut orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let snapshot = orders.transaction_with(|builder| builder.read_only(true)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn transaction_with(
        &mut self,
        build: impl for<'a> FnOnce(TransactionBuilder<'a>) -> TransactionBuilder<'a>,
    ) -> Result<TracedTransaction<'_>, Error> {
        let begin = build(self.client.build_transaction()).start();
        TracedTransaction::begin(self.database.clone(), begin).await
    }
}

impl<C> Deref for Traced<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.client
    }
}

impl<C> DerefMut for Traced<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.client
    }
}

impl<C> std::fmt::Debug for Traced<C> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Traced").field("database", &self.database).finish_non_exhaustive()
    }
}
