//! The statements of a client, each in its span.

use bytes::Buf;
use futures_core::Stream;
use tokio_postgres::types::{BorrowToSql, FromSqlOwned, ToSql, Type};
use tokio_postgres::{CopyOutStream, Error, Row, RowStream, SimpleQueryMessage, SimpleQueryStream};
use tracehound::SpanRef;
use tracehound::integration::sql::{self, Operation};

use crate::client::{Handle, Traced};
use crate::copy::TracedCopyIn;
use crate::rows::TracedStream;
use crate::run::{run, watch};
use crate::statement::{AsStatement, Prepared};

/// Parameters of a statement.
type Params<'a> = &'a [&'a (dyn ToSql + Sync)];
/// Parameters with their types.
type TypedParams<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

impl<C: Handle> Traced<C> {
    async fn ask<T>(
        &self,
        operation: Operation,
        text: &str,
        request: impl Future<Output = Result<T, Error>>,
        read: impl FnOnce(&SpanRef, &T),
    ) -> Result<T, Error> {
        run(self.database.start(operation, text), request, read).await
    }

    /// As [`Client::prepare`](tokio_postgres::Client::prepare), in a span. The statement knows its text.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let statement = orders.prepare("SELECT $1::TEXT").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare(&self, query: &str) -> Result<Prepared, Error> {
        self.prepare_typed(query, &[]).await
    }

    /// As [`Client::prepare_typed`](tokio_postgres::Client::prepare_typed), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let statement = orders.prepare_typed("SELECT $1", &[tokio_postgres::types::Type::TEXT]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn prepare_typed(&self, query: &str, parameter_types: &[Type]) -> Result<Prepared, Error> {
        let request = self.client.client().prepare_typed(query, parameter_types);
        let statement = self.ask(Operation::Prepare, query, request, |_, _| ()).await?;
        Ok(Prepared::new(statement, query))
    }

    /// As [`Client::query`](tokio_postgres::Client::query), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let rows = orders.query("SELECT name FROM donuts", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query<S: AsStatement + ?Sized>(&self, statement: &S, params: Params<'_>) -> Result<Vec<Row>, Error> {
        let request = self.client.client().query(statement.statement(), params);
        self.ask(Operation::Query, statement.text(), request, |span, rows| count_all(span, rows.len())).await
    }

    /// As [`Client::query_one`](tokio_postgres::Client::query_one), in a span. That there is no row, or several, is no error of the span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let row = orders.query_one("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_one<S: AsStatement + ?Sized>(&self, statement: &S, params: Params<'_>) -> Result<Row, Error> {
        let request = self.client.client().query_one(statement.statement(), params);
        self.ask(Operation::Query, statement.text(), request, count_row).await
    }

    /// As [`Client::query_opt`](tokio_postgres::Client::query_opt), in a span. That there is no row, or several, is no error of the span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let row = orders.query_opt("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_opt<S: AsStatement + ?Sized>(
        &self,
        statement: &S,
        params: Params<'_>,
    ) -> Result<Option<Row>, Error> {
        let request = self.client.client().query_opt(statement.statement(), params);
        self.ask(Operation::Query, statement.text(), request, count_optional).await
    }

    /// As [`Client::query_scalar`](tokio_postgres::Client::query_scalar), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let names: Vec<String> = orders.query_scalar("SELECT name FROM donuts", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_scalar<R: FromSqlOwned, S: AsStatement + ?Sized>(
        &self,
        statement: &S,
        params: Params<'_>,
    ) -> Result<Vec<R>, Error> {
        let request = self.client.client().query_scalar(statement.statement(), params);
        self.ask(Operation::Query, statement.text(), request, |span, rows| count_all(span, rows.len())).await
    }

    /// As [`Client::query_one_scalar`](tokio_postgres::Client::query_one_scalar), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let one: i32 = orders.query_one_scalar("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_one_scalar<R: FromSqlOwned, S: AsStatement + ?Sized>(
        &self,
        statement: &S,
        params: Params<'_>,
    ) -> Result<R, Error> {
        let request = self.client.client().query_one_scalar(statement.statement(), params);
        self.ask(Operation::Query, statement.text(), request, count_row).await
    }

    /// As [`Client::query_opt_scalar`](tokio_postgres::Client::query_opt_scalar), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let one: Option<i32> = orders.query_opt_scalar("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_opt_scalar<R: FromSqlOwned, S: AsStatement + ?Sized>(
        &self,
        statement: &S,
        params: Params<'_>,
    ) -> Result<Option<R>, Error> {
        let request = self.client.client().query_opt_scalar(statement.statement(), params);
        self.ask(Operation::Query, statement.text(), request, count_optional).await
    }

    /// As [`Client::query_typed`](tokio_postgres::Client::query_typed), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let found = orders.query_typed("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_typed(&self, statement: &str, params: TypedParams<'_>) -> Result<Vec<Row>, Error> {
        let request = self.client.client().query_typed(statement, params);
        self.ask(Operation::Query, statement, request, |span, rows| count_all(span, rows.len())).await
    }

    /// As [`Client::query_typed_one`](tokio_postgres::Client::query_typed_one), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let found = orders.query_typed_one("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_typed_one(&self, statement: &str, params: TypedParams<'_>) -> Result<Row, Error> {
        let request = self.client.client().query_typed_one(statement, params);
        self.ask(Operation::Query, statement, request, count_row).await
    }

    /// As [`Client::query_typed_opt`](tokio_postgres::Client::query_typed_opt), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let found = orders.query_typed_opt("SELECT 1", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_typed_opt(&self, statement: &str, params: TypedParams<'_>) -> Result<Option<Row>, Error> {
        let request = self.client.client().query_typed_opt(statement, params);
        self.ask(Operation::Query, statement, request, count_optional).await
    }

    /// As [`Client::query_raw`](tokio_postgres::Client::query_raw): the span lasts until the stream is used up or dropped.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let rows = orders.query_raw::<_, i32, _>("SELECT 1", []).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_raw<S, P, I>(&self, statement: &S, params: I) -> Result<TracedStream<RowStream>, Error>
    where
        S: AsStatement + ?Sized,
        P: BorrowToSql,
        I: IntoIterator<Item = P>,
        I::IntoIter: ExactSizeIterator,
    {
        let request = self.client.client().query_raw(statement.statement(), params);
        self.stream(statement.text(), request, |_| true).await
    }

    /// As [`Client::query_typed_raw`](tokio_postgres::Client::query_typed_raw): the span lasts until the stream is used up or dropped.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let rows = orders.query_typed_raw::<i32, _>("SELECT 1", []).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_typed_raw<P, I>(&self, statement: &str, params: I) -> Result<TracedStream<RowStream>, Error>
    where
        P: BorrowToSql,
        I: IntoIterator<Item = (P, Type)>,
    {
        let request = self.client.client().query_typed_raw(statement, params);
        self.stream(statement, request, |_| true).await
    }

    /// As [`Client::execute`](tokio_postgres::Client::execute), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let rows = orders.execute("DELETE FROM donuts WHERE name = $1", &[&"jelly"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn execute<S: AsStatement + ?Sized>(&self, statement: &S, params: Params<'_>) -> Result<u64, Error> {
        let request = self.client.client().execute(statement.statement(), params);
        self.ask(Operation::Exec, statement.text(), request, count_changed).await
    }

    /// As [`Client::execute_raw`](tokio_postgres::Client::execute_raw), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let rows = orders.execute_raw::<_, i32, _>("DELETE FROM donuts", []).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn execute_raw<S, P, I>(&self, statement: &S, params: I) -> Result<u64, Error>
    where
        S: AsStatement + ?Sized,
        P: BorrowToSql,
        I: IntoIterator<Item = P>,
        I::IntoIter: ExactSizeIterator,
    {
        let request = self.client.client().execute_raw(statement.statement(), params);
        self.ask(Operation::Exec, statement.text(), request, count_changed).await
    }

    /// As [`Client::execute_typed`](tokio_postgres::Client::execute_typed), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let rows = orders.execute_typed("DELETE FROM donuts", &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn execute_typed(&self, statement: &str, params: TypedParams<'_>) -> Result<u64, Error> {
        let request = self.client.client().execute_typed(statement, params);
        self.ask(Operation::Exec, statement, request, count_changed).await
    }

    /// As [`Client::batch_execute`](tokio_postgres::Client::batch_execute), in a span for all its statements.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// orders.batch_execute("CREATE TABLE donuts (name TEXT); CREATE TABLE beers (name TEXT)").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn batch_execute(&self, query: &str) -> Result<(), Error> {
        self.ask(Operation::Exec, query, self.client.client().batch_execute(query), |_, ()| ()).await
    }

    /// As [`Client::simple_query`](tokio_postgres::Client::simple_query), in a span.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let messages = orders.simple_query("SELECT 1").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn simple_query(&self, query: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        let count = |span: &SpanRef, messages: &Vec<SimpleQueryMessage>| {
            count_all(span, messages.iter().filter(|message| matches!(message, SimpleQueryMessage::Row(_))).count());
        };
        self.ask(Operation::Query, query, self.client.client().simple_query(query), count).await
    }

    /// As [`Client::simple_query_raw`](tokio_postgres::Client::simple_query_raw): the span lasts until the stream is used up or dropped.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let messages = orders.simple_query_raw("SELECT 1").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn simple_query_raw(&self, query: &str) -> Result<TracedStream<SimpleQueryStream>, Error> {
        let is_row = |item: &Result<SimpleQueryMessage, Error>| matches!(item, Ok(SimpleQueryMessage::Row(_)));
        self.stream(query, self.client.client().simple_query_raw(query), is_row).await
    }

    /// As [`Client::copy_in`](tokio_postgres::Client::copy_in): the span lasts until the copying is finished or given up.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let sink = orders.copy_in::<_, bytes::Bytes>("COPY donuts FROM STDIN").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn copy_in<S, U>(&self, statement: &S) -> Result<TracedCopyIn<U>, Error>
    where
        S: AsStatement + ?Sized,
        U: Buf + 'static + Send,
    {
        let span = self.database.start(Operation::Exec, statement.text());
        let sink = watch(&span, self.client.client().copy_in(statement.statement())).await?;
        Ok(TracedCopyIn::new(sink, span))
    }

    /// As [`Client::copy_out`](tokio_postgres::Client::copy_out): the span lasts until the stream is used up or dropped.
    ///
    /// ```
    /// # async fn brew(orders: tracehound_tokio_postgres::Traced<tokio_postgres::Client>) -> Result<(), tokio_postgres::Error> {
    /// let data = orders.copy_out("COPY donuts TO STDOUT").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn copy_out<S: AsStatement + ?Sized>(&self, statement: &S) -> Result<TracedStream<CopyOutStream>, Error> {
        // One item is one row, in every format of `COPY`.
        self.stream(statement.text(), self.client.client().copy_out(statement.statement()), |_| true).await
    }

    async fn stream<S: Stream>(
        &self,
        text: &str,
        request: impl Future<Output = Result<S, Error>>,
        is_row: fn(&S::Item) -> bool,
    ) -> Result<TracedStream<S>, Error> {
        let span = self.database.start(Operation::Query, text);
        let stream = watch(&span, request).await?;
        Ok(TracedStream::new(stream, span, is_row))
    }
}

fn count_row<T>(span: &SpanRef, _: &T) {
    sql::set_rows(span, 1);
}

fn count_optional<T>(span: &SpanRef, row: &Option<T>) {
    sql::set_rows(span, u64::from(row.is_some()));
}

fn count_all(span: &SpanRef, rows: usize) {
    sql::set_rows(span, u64::try_from(rows).unwrap_or(u64::MAX));
}

fn count_changed(span: &SpanRef, rows: &u64) {
    sql::set_rows(span, *rows);
}
