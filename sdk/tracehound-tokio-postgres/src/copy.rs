//! Data copied into a table, and the span that lasts as long.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use futures_sink::Sink;
use pin_project_lite::pin_project;
use tokio_postgres::{CopyInSink, Error};
use tracehound::integration::sql;
use tracehound::{Span, SpanRef};

use crate::run::set_error;

pin_project! {
    /// Where the data of a `COPY … FROM STDIN` goes. Its span ends with [`finish`](TracedCopyIn::finish), or when it is dropped, by
    /// which the copying is given up.
    ///
    /// ```
    /// use tokio_postgres::CopyInSink;
    /// use tracehound_tokio_postgres::TracedCopyIn;
    ///
    /// async fn end(sink: TracedCopyIn<std::io::Cursor<Vec<u8>>>) -> Result<u64, tokio_postgres::Error> {
    ///     std::pin::pin!(sink).finish().await
    /// }
    /// ```
    #[must_use = "sinks do nothing unless polled"]
    pub struct TracedCopyIn<T> {
        #[pin]
        sink: CopyInSink<T>,
        // After the sink, whose end belongs to it.
        span: Span,
    }
}

impl<T: Buf + 'static + Send> TracedCopyIn<T> {
    pub(crate) fn new(sink: CopyInSink<T>, span: Span) -> TracedCopyIn<T> {
        TracedCopyIn { sink, span }
    }

    /// As [`CopyInSink::finish`]: ends the copying and tells how many rows it made.
    ///
    /// ```
    /// # use tracehound_tokio_postgres::TracedCopyIn;
    /// async fn end(sink: TracedCopyIn<std::io::Cursor<Vec<u8>>>) -> Result<u64, tokio_postgres::Error> {
    ///     std::pin::pin!(sink).finish().await
    /// }
    /// ```
    pub async fn finish(mut self: Pin<&mut Self>) -> Result<u64, Error> {
        let rows = poll_fn(|waker| self.as_mut().watch(|sink| sink.poll_finish(waker))).await?;
        sql::set_rows(&self.span, rows);
        SpanRef::finish(&self.span);
        Ok(rows)
    }

    /// Asks the sink with the span current, and marks the span if that failed.
    fn watch<R>(
        self: Pin<&mut Self>,
        ask: impl FnOnce(Pin<&mut CopyInSink<T>>) -> Poll<Result<R, Error>>,
    ) -> Poll<Result<R, Error>> {
        let this = self.project();
        let answer = this.span.in_scope(|| ask(this.sink));
        if let Poll::Ready(Err(error)) = &answer {
            set_error(this.span, error);
            SpanRef::finish(this.span);
        }
        answer
    }
}

impl<T: Buf + 'static + Send> Sink<T> for TracedCopyIn<T> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.watch(|sink| sink.poll_ready(waker))
    }

    fn start_send(self: Pin<&mut Self>, item: T) -> Result<(), Error> {
        self.project().sink.start_send(item)
    }

    fn poll_flush(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.watch(|sink| sink.poll_flush(waker))
    }

    fn poll_close(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.watch(|sink| sink.poll_close(waker))
    }
}
