//! Streams of rows and of copied data, and the span that lasts as long.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;
use tokio_postgres::{Error, RowStream};
use tracehound::Span;
use tracehound::integration::sql;

use crate::run::set_error;

pin_project! {
    /// A stream of a query. Its span ends when the stream is used up or dropped.
    ///
    /// ```
    /// use tokio_postgres::RowStream;
    /// use tracehound_tokio_postgres::TracedStream;
    ///
    /// fn affected(rows: &TracedStream<RowStream>) -> Option<u64> {
    ///     rows.rows_affected()
    /// }
    /// ```
    #[must_use = "streams do nothing unless polled"]
    pub struct TracedStream<S: Stream> {
        #[pin]
        stream: S,
        // After the stream, whose end belongs to it.
        query: Query<S::Item>,
    }
}

/// The span of a stream under way.
struct Query<Item> {
    span: Option<Span>,
    items: u64,
    /// Whether an item is a row.
    is_row: fn(&Item) -> bool,
}

impl<S: Stream> TracedStream<S> {
    pub(crate) fn new(stream: S, span: Span, is_row: fn(&S::Item) -> bool) -> TracedStream<S> {
        TracedStream { stream, query: Query { span: Some(span), items: 0, is_row } }
    }
}

impl TracedStream<RowStream> {
    /// As [`RowStream::rows_affected`].
    ///
    /// ```
    /// # use tokio_postgres::RowStream;
    /// # use tracehound_tokio_postgres::TracedStream;
    /// fn affected(rows: &TracedStream<RowStream>) -> Option<u64> {
    ///     rows.rows_affected()
    /// }
    /// ```
    pub fn rows_affected(&self) -> Option<u64> {
        self.stream.rows_affected()
    }
}

impl<T, S: Stream<Item = Result<T, Error>>> Stream for TracedStream<S> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let item = match &this.query.span {
            Some(span) => span.in_scope(|| this.stream.poll_next(waker)),
            None => this.stream.poll_next(waker),
        };
        match &item {
            Poll::Ready(Some(Err(error))) => this.query.fail(error),
            Poll::Ready(Some(item)) => this.query.items += u64::from((this.query.is_row)(item)),
            Poll::Ready(None) => this.query.end(),
            Poll::Pending => {}
        }
        item
    }
}

impl<Item> Query<Item> {
    fn fail(&mut self, error: &Error) {
        if let Some(span) = self.span.take() {
            set_error(&span, error);
        }
    }

    fn end(&mut self) {
        if let Some(span) = self.span.take() {
            sql::set_rows(&span, self.items);
        }
    }
}

impl<Item> Drop for Query<Item> {
    fn drop(&mut self) {
        self.end();
    }
}
