//! Which database answers.

/// A database system, as far as its name matters to spans.
///
/// ```
/// use tracehound::integration::sql::{Database, System};
/// let database = Database::new("my-driver").system(System::MySql);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum System {
    /// PostgreSQL, and what speaks its protocol.
    Postgres,
    /// MySQL or MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// Any other.
    Other,
}

impl System {
    /// The system that a URL with this scheme leads to.
    ///
    /// ```
    /// use tracehound::integration::sql::System;
    /// assert_eq!(System::from_scheme("postgresql"), System::Postgres);
    /// assert_eq!(System::from_scheme("mariadb"), System::MySql);
    /// ```
    pub fn from_scheme(scheme: &str) -> System {
        match scheme {
            "postgres" | "postgresql" => System::Postgres,
            "mysql" | "mariadb" => System::MySql,
            "sqlite" | "file" => System::Sqlite,
            _ => System::Other,
        }
    }

    /// The operation's name: `postgres.query` and so on, the names that the Go tracer made familiar.
    ///
    /// ```
    /// use tracehound::integration::sql::System;
    /// assert_eq!(System::Postgres.operation(), "postgres.query");
    /// ```
    pub fn operation(self) -> &'static str {
        match self {
            System::Postgres => "postgres.query",
            System::MySql => "mysql.query",
            System::Sqlite => "sqlite.query",
            System::Other => "sql.query",
        }
    }

    /// The value of `db.system`. Source: OpenTelemetry's list of database systems.
    ///
    /// ```
    /// use tracehound::integration::sql::System;
    /// assert_eq!(System::Postgres.tag(), "postgresql");
    /// ```
    pub fn tag(self) -> &'static str {
        match self {
            System::Postgres => "postgresql",
            System::MySql => "mysql",
            System::Sqlite => "sqlite",
            System::Other => "other_sql",
        }
    }
}
