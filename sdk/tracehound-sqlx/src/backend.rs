//! What has to be known of a database beyond sqlx's own traits.

use sqlx::Connection;
use sqlx::database::Database;
use tracehound::integration::sql::{self, System};

/// How a connection to the database is opened.
type Options<DB> = <<DB as Database>::Connection as Connection>::Options;

/// A database whose statements can be traced: `Sqlite`, `Postgres`, `MySql` and `Any`, with the features of these names. Drivers from
/// elsewhere can implement it.
///
/// ```
/// use tracehound::integration::sql;
/// use tracehound_sqlx::Backend;
///
/// let options = sqlx::sqlite::SqliteConnectOptions::new().filename("data/cafe.db");
/// let database = sqlx::Sqlite::describe(&options, sql::Database::new("sqlx"));
/// assert_eq!(database.which(), sql::System::Sqlite);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be traced without the feature of tracehound-sqlx that has its name",
    note = "the features are `sqlite`, `postgres`, `mysql` and `any`"
)]
pub trait Backend: Database {
    /// The number of rows that a statement changed.
    ///
    /// ```
    /// use tracehound_sqlx::Backend;
    /// assert_eq!(sqlx::Sqlite::rows_affected(&Default::default()), 0);
    /// ```
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// Describes the database that a connection with these options leads to; of one it knows nothing about, the system.
    ///
    /// ```
    /// use tracehound::integration::sql;
    /// use tracehound_sqlx::Backend;
    /// let options = sqlx::sqlite::SqliteConnectOptions::new().filename("cafe.db");
    /// let database = sqlx::Sqlite::describe(&options, sql::Database::new("sqlx"));
    /// ```
    fn describe(options: &Options<Self>, database: sql::Database) -> sql::Database {
        // sqlx can turn options into URLs, but panics over some of its own: SQLite's in memory.
        let _ = options;
        database.system(Self::system())
    }

    #[doc(hidden)]
    fn system() -> System {
        System::from_scheme(Self::URL_SCHEMES.first().copied().unwrap_or_default())
    }
}

#[cfg(feature = "any")]
impl Backend for sqlx::Any {
    fn rows_affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }

    fn describe(options: &Options<Self>, database: sql::Database) -> sql::Database {
        database.url(options.database_url.as_str())
    }
}

#[cfg(feature = "sqlite")]
impl Backend for sqlx_sqlite::Sqlite {
    fn rows_affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }

    fn describe(options: &Options<Self>, database: sql::Database) -> sql::Database {
        let path = options.get_filename().to_string_lossy();
        // What sqlx names databases in memory, of which each has a number.
        let in_memory = path.starts_with("file:sqlx-in-memory-");
        database.url(if in_memory { ":memory:" } else { &path }).system(System::Sqlite)
    }
}

#[cfg(feature = "postgres")]
impl Backend for sqlx_postgres::Postgres {
    fn rows_affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }

    fn describe(options: &Options<Self>, database: sql::Database) -> sql::Database {
        let user = options.get_username();
        let host = options.get_socket().map_or(options.get_host().into(), |path| path.to_string_lossy());
        // As the server does: a database without a name is that of the user's name.
        let name = options.get_database().unwrap_or(user);
        database.system(System::Postgres).name(name).user(user).host(host).port(options.get_port())
    }
}

#[cfg(feature = "mysql")]
impl Backend for sqlx_mysql::MySql {
    fn rows_affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }

    fn describe(options: &Options<Self>, database: sql::Database) -> sql::Database {
        let host = options.get_socket().map_or(options.get_host().into(), |path| path.to_string_lossy());
        let database = database.system(System::MySql).user(options.get_username()).host(host).port(options.get_port());
        match options.get_database() {
            Some(name) => database.name(name),
            None => database,
        }
    }
}
