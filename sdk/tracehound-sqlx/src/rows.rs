//! The stream of what a statement gives back, and the span that lasts as long.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::TryStreamExt;
use sqlx::database::Database;
use sqlx::{Either, Error};
use tracehound::Span;
use tracehound::integration::sql::{self, Operation};

use crate::backend::Backend;
use crate::query::{Query, mark};

/// One step of a statement: a row, or the end of one of its parts.
pub(crate) type Step<DB> = Result<Either<<DB as Database>::QueryResult, <DB as Database>::Row>, Error>;

/// The steps of a statement. Nothing happens until the first is asked for; then `open` sends the statement.
pub(crate) fn traced<'e, DB, Open>(
    database: Arc<sql::Database>,
    operation: Operation,
    query: Query<DB>,
    open: Open,
) -> BoxStream<'e, Step<DB>>
where
    DB: Backend,
    Open: FnOnce(Query<DB>) -> BoxStream<'e, Step<DB>> + Send + Unpin + 'e,
{
    Box::pin(Rows::Waiting(Some((database, operation, query, open))))
}

/// What became of a statement's parts, without the rows.
pub(crate) fn executed<'e, DB, Open>(
    database: Arc<sql::Database>,
    query: Query<DB>,
    open: Open,
) -> BoxStream<'e, Result<DB::QueryResult, Error>>
where
    DB: Backend,
    Open: FnOnce(Query<DB>) -> BoxStream<'e, Step<DB>> + Send + Unpin + 'e,
{
    let steps = traced(database, Operation::Exec, query, open);
    Box::pin(steps.try_filter_map(|step| async move { Ok(step.left()) }))
}

enum Rows<'e, DB: Database, Open> {
    /// Not asked yet. `None` only while it changes.
    Waiting(Option<(Arc<sql::Database>, Operation, Query<DB>, Open)>),
    Running(Running<'e, DB>),
    Ended,
}

impl<'e, DB, Open> Rows<'e, DB, Open>
where
    DB: Backend,
    Open: FnOnce(Query<DB>) -> BoxStream<'e, Step<DB>>,
{
    fn running(&mut self) -> Option<&mut Running<'e, DB>> {
        if let Rows::Waiting(waiting) = self {
            let (database, operation, query, open) = waiting.take()?;
            *self = Rows::Running(Running::start(&database, operation, query, open));
        }
        match self {
            Rows::Running(running) => Some(running),
            _ => None,
        }
    }
}

// Nothing is pinned in place: the inner stream is boxed.
impl<DB: Database, Open: Unpin> Unpin for Rows<'_, DB, Open> {}

impl<'e, DB, Open> Stream for Rows<'e, DB, Open>
where
    DB: Backend,
    Open: FnOnce(Query<DB>) -> BoxStream<'e, Step<DB>> + Unpin,
{
    type Item = Step<DB>;

    fn poll_next(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Option<Step<DB>>> {
        let this = self.get_mut();
        let Some(running) = this.running() else { return Poll::Ready(None) };
        let step = running.poll(waker);
        if matches!(step, Poll::Ready(None)) {
            *this = Rows::Ended;
        }
        step
    }
}

/// A statement under way.
struct Running<'e, DB: Database> {
    /// `None` only while it is dropped.
    steps: Option<BoxStream<'e, Step<DB>>>,
    span: Span,
    mark: tracing::Span,
    rows: u64,
    /// Rows that were changed, if the statement is one that changes any.
    changed: Option<u64>,
    failed: bool,
}

impl<'e, DB: Backend> Running<'e, DB> {
    fn start(
        database: &sql::Database,
        operation: Operation,
        query: Query<DB>,
        open: impl FnOnce(Query<DB>) -> BoxStream<'e, Step<DB>>,
    ) -> Running<'e, DB> {
        let span = database.start(operation, query.text());
        let changed = sql::changes_rows(query.text()).then_some(0);
        let steps = span.in_scope(|| open(query));
        Running { steps: Some(steps), mark: mark(&span), span, rows: 0, changed, failed: false }
    }

    fn poll(&mut self, waker: &mut Context<'_>) -> Poll<Option<Step<DB>>> {
        let Some(steps) = &mut self.steps else { return Poll::Ready(None) };
        let step = {
            let _current = self.span.enter();
            let _marked = self.mark.enter();
            steps.as_mut().poll_next(waker)
        };
        match &step {
            Poll::Ready(Some(Ok(Either::Left(result)))) => {
                self.changed = self.changed.map(|changed| changed.saturating_add(DB::rows_affected(result)));
            }
            Poll::Ready(Some(Ok(Either::Right(_)))) => self.rows += 1,
            Poll::Ready(Some(Err(error))) => {
                self.failed = true;
                self.span.set_error(error);
            }
            Poll::Ready(None) | Poll::Pending => {}
        }
        step
    }
}

impl<DB: Database> Drop for Running<'_, DB> {
    fn drop(&mut self) {
        if !self.failed {
            // A statement that changes rows may give some back too (`RETURNING`), and they are the same ones.
            sql::set_rows(&self.span, self.changed.unwrap_or_default().max(self.rows));
        }
        // sqlx tells the statement's end when its stream is dropped, which belongs to this span.
        let _current = self.span.enter();
        let _marked = self.mark.enter();
        self.steps = None;
    }
}
