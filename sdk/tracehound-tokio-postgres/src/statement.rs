//! What can be run: text, or a statement that was prepared.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use tokio_postgres::{Statement, ToStatement};

/// A statement as the client takes it, with its text as the span shows it: text itself, a [`Prepared`] statement, or a
/// [`Statement`] prepared elsewhere, whose text is not known.
///
/// ```
/// use tracehound_tokio_postgres::AsStatement;
/// assert_eq!(AsStatement::text("SELECT 1"), "SELECT 1");
/// ```
pub trait AsStatement {
    /// What the client is given.
    type Target: ToStatement + fmt::Debug + ?Sized;

    /// The statement for the client.
    ///
    /// ```
    /// use tracehound_tokio_postgres::AsStatement;
    /// assert_eq!("SELECT 1".statement(), "SELECT 1");
    /// ```
    fn statement(&self) -> &Self::Target;

    /// The text; empty if it is not known.
    ///
    /// ```
    /// use tracehound_tokio_postgres::AsStatement;
    /// assert_eq!(String::from("SELECT 1").text(), "SELECT 1");
    /// ```
    fn text(&self) -> &str;
}

impl AsStatement for str {
    type Target = str;

    fn statement(&self) -> &str {
        self
    }

    fn text(&self) -> &str {
        self
    }
}

impl AsStatement for String {
    type Target = String;

    fn statement(&self) -> &String {
        self
    }

    fn text(&self) -> &str {
        self
    }
}

impl AsStatement for Statement {
    type Target = Statement;

    fn statement(&self) -> &Statement {
        self
    }

    fn text(&self) -> &str {
        ""
    }
}

impl AsStatement for Prepared {
    type Target = Statement;

    fn statement(&self) -> &Statement {
        &self.statement
    }

    fn text(&self) -> &str {
        &self.text
    }
}

/// A prepared statement that knows its text. It dereferences to the [`Statement`], and cloning it is cheap.
///
/// ```
/// # use tracehound_tokio_postgres::{Prepared, Traced};
/// async fn count(orders: &Traced<tokio_postgres::Client>, statement: &Prepared) -> Result<i64, tokio_postgres::Error> {
///     orders.query_one(statement, &[&"glazed"]).await?.try_get(0)
/// }
/// ```
#[derive(Clone)]
pub struct Prepared {
    statement: Statement,
    text: Arc<str>,
}

impl Prepared {
    pub(crate) fn new(statement: Statement, text: &str) -> Prepared {
        Prepared { statement, text: text.into() }
    }
}

impl Deref for Prepared {
    type Target = Statement;

    fn deref(&self) -> &Statement {
        &self.statement
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Prepared").field(&self.text).finish()
    }
}
