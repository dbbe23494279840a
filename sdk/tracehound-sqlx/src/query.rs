//! One statement on its way: taken apart to read its text, put together again for sqlx, and run in its span.

use std::sync::Arc;

use futures_core::future::BoxFuture;
use sqlx::database::Database;
use sqlx::error::BoxDynError;
use sqlx::{Error, Execute, SqlStr};
use tracehound::integration::observe;
use tracehound::integration::sql::{self, Operation};
use tracehound::{Span, SpanRef};
use tracing::Instrument;

/// A query in its parts. Those who implement [`Execute`] give their text away only together with all the rest.
pub(crate) struct Query<DB: Database> {
    sql: SqlStr,
    statement: Option<DB::Statement>,
    arguments: Option<Result<Option<DB::Arguments>, BoxDynError>>,
    persistent: bool,
}

impl<DB: Database> Query<DB> {
    pub(crate) fn take_apart<'q>(mut query: impl Execute<'q, DB>) -> Query<DB> {
        Query {
            arguments: Some(query.take_arguments()),
            statement: query.statement().cloned(),
            persistent: query.persistent(),
            sql: query.sql(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        self.sql.as_str()
    }
}

impl<'q, DB: Database> Execute<'q, DB> for Query<DB> {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&DB::Statement> {
        self.statement.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        self.arguments.take().unwrap_or(Ok(None))
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}

/// The span that tells `tracehound-tracing` that sqlx's event about a statement is about one that has its span already. It stands at the
/// events' own target and the most urgent level, so that no filter lets them through without it. It is made inside of the statement's
/// span, so that the layer knows whose it is on whatever thread sqlx enters it.
pub(crate) fn mark(span: &SpanRef) -> tracing::Span {
    // Without a subscriber, `tracing` may write new spans to the `log` crate's logger, as lines of their own.
    if tracing::dispatcher::has_been_set() {
        span.in_scope(|| tracing::span!(target: "sqlx::query", tracing::Level::ERROR, sql::MARK))
    } else {
        tracing::Span::none()
    }
}

/// Awaits a request in its span; `read` looks at what came of it before the span ends.
pub(crate) async fn run<T>(
    span: Span,
    request: impl Future<Output = Result<T, Error>>,
    read: impl FnOnce(&SpanRef, &T),
) -> Result<T, Error> {
    let request = request.instrument(mark(&span));
    observe(span, request, |span, outcome| match outcome {
        Ok(value) => read(span, value),
        Err(error) => {
            span.set_error(error);
        }
    })
    .await
}

/// Asks for at most one row.
pub(crate) fn fetch_optional<'e, DB, Asked>(
    database: Arc<sql::Database>,
    query: Query<DB>,
    ask: impl FnOnce(Query<DB>) -> Asked + Send + 'e,
) -> BoxFuture<'e, Asked::Output>
where
    DB: Database,
    Asked: Future<Output = Result<Option<DB::Row>, Error>> + Send + 'e,
{
    Box::pin(async move {
        let span = database.start(Operation::Query, query.text());
        run(span, ask(query), |span, row| sql::set_rows(span, u64::from(row.is_some()))).await
    })
}

/// Prepares a statement.
pub(crate) fn prepare<'e, Statement, Asked>(
    database: Arc<sql::Database>,
    statement: SqlStr,
    ask: impl FnOnce(SqlStr) -> Asked + Send + 'e,
) -> BoxFuture<'e, Asked::Output>
where
    Asked: Future<Output = Result<Statement, Error>> + Send + 'e,
    Statement: Send + 'e,
{
    Box::pin(async move {
        let span = database.start(Operation::Prepare, statement.as_str());
        run(span, ask(statement), |_, _| ()).await
    })
}
