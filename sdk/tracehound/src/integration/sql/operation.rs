//! What is asked of a database.

/// One request to a database, for `sql.query_type` and, where there is no statement, the resource.
///
/// ```
/// use tracehound::integration::sql::{Database, Operation};
/// let span = Database::new("my-driver").start(Operation::Commit, "");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Opening a connection.
    Connect,
    /// Having a statement parsed for later.
    Prepare,
    /// A statement run for its rows.
    Query,
    /// A statement run for its effect.
    Exec,
    /// Beginning a transaction or a savepoint.
    Begin,
    /// Committing a transaction or a savepoint.
    Commit,
    /// Rolling back a transaction or a savepoint.
    Rollback,
    /// Asking whether the connection lives.
    Ping,
}

impl Operation {
    /// The name: `Query`, `Exec`, …
    ///
    /// ```
    /// use tracehound::integration::sql::Operation;
    /// assert_eq!(Operation::Begin.name(), "Begin");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Operation::Connect => "Connect",
            Operation::Prepare => "Prepare",
            Operation::Query => "Query",
            Operation::Exec => "Exec",
            Operation::Begin => "Begin",
            Operation::Commit => "Commit",
            Operation::Rollback => "Rollback",
            Operation::Ping => "Ping",
        }
    }
}
