//! Statements to a real server, and the spans they make. One server, which takes seconds to set up, serves all: each function is a case.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod server;

use std::pin::pin;

use futures_util::{SinkExt, TryStreamExt};
use server::Server;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls};
use tracehound::InSpan;
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_tokio_postgres::{Handle, Traced};

#[test]
fn statements_make_spans() {
    let Some(server) = Server::start() else { return };
    a_query_is_a_span_with_datadogs_names(&server);
    every_way_to_ask_makes_one_span_with_its_rows(&server);
    a_prepared_statement_knows_its_text(&server);
    what_the_server_refuses_is_an_error_with_its_words(&server);
    rows_too_few_or_too_many_are_answers(&server);
    streams_and_copies_last_until_they_are_used_up_or_dropped(&server);
    transactions_show_their_beginning_and_how_they_ended(&server);
    functions_over_any_handle_take_clients_and_transactions(&server);
    the_service_is_the_applications_unless_the_client_is_given_one(&server);
    a_query_that_is_given_up_ends_its_span(&server);
    a_server_that_went_away_is_an_error(server);
}

fn config(server: &Server) -> tokio_postgres::Config {
    format!("host=127.0.0.1 port={} user=waiter password=s3cret dbname=postgres", server.port).parse().unwrap()
}

/// The spans that `work` makes below a span `request`, which comes first.
fn spans(server: &Server, work: impl AsyncFnOnce(Traced<Client>)) -> Vec<FinishedSpan> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let memory = InMemory::new(&[("DD_SERVICE", "cafe")]);
    runtime.block_on(async {
        let config = config(server);
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        let setup = "CREATE TEMP TABLE donuts (id SERIAL, name TEXT UNIQUE); \
                     INSERT INTO donuts (name) VALUES ('glazed'), ('jelly'), ('mocha')";
        client.batch_execute(setup).await.unwrap();
        let traced = tracehound_tokio_postgres::wrap(client).config(&config);
        memory.scope_async(async { work(traced).in_span(tracehound::span("request").start()).await }).await;
    });
    memory.take().spans()
}

/// Kind, resource and rows of each span but the first.
fn told(spans: &[FinishedSpan]) -> Vec<(&str, &str, Option<f64>)> {
    let rows = |span: &FinishedSpan| span.metrics.get("db.row_count").copied();
    spans.iter().skip(1).map(|span| (&*span.meta["sql.query_type"], &*span.resource, rows(span))).collect()
}

fn a_query_is_a_span_with_datadogs_names(server: &Server) {
    let spans = spans(server, async |cafe| {
        let row = cafe.query_one("SELECT name FROM donuts WHERE id = $1", &[&2]).await.unwrap();
        assert_eq!(row.get::<_, &str>(0), "jelly");
    });
    let [request, query] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((&*query.name, &*query.resource), ("postgres.query", "SELECT name FROM donuts WHERE id = $1"));
    assert_eq!((&*query.service, &*query.span_type), ("cafe", "sql"));
    assert_eq!((query.parent_id, query.error), (request.span_id, false));
    for (key, value) in [
        ("component", "tokio-postgres"),
        ("span.kind", "client"),
        ("db.system", "postgresql"),
        ("db.name", "postgres"),
        ("db.user", "waiter"),
        ("out.host", "127.0.0.1"),
    ] {
        assert_eq!(query.meta.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert_eq!(query.metrics["network.destination.port"], f64::from(server.port));
    assert_eq!(query.metrics["_dd.measured"], 1.0);
    assert!(!format!("{spans:?}").contains("s3cret"));
}

fn every_way_to_ask_makes_one_span_with_its_rows(server: &Server) {
    let spans = spans(server, async |cafe| {
        assert_eq!(cafe.query("SELECT 1 FROM donuts", &[]).await.unwrap().len(), 3);
        assert!(cafe.query_opt("SELECT 2 WHERE false", &[]).await.unwrap().is_none());
        assert_eq!(cafe.query_one_scalar::<i32, _>("SELECT 3", &[]).await.unwrap(), 3);
        assert_eq!(cafe.query_scalar::<i32, _>("SELECT 4", &[]).await.unwrap(), [4]);
        assert_eq!(cafe.query_opt_scalar::<i32, _>("SELECT 5", &[]).await.unwrap(), Some(5));
        cafe.query_typed("SELECT $1", &[(&"x", Type::TEXT)]).await.unwrap();
        cafe.query_typed_one("SELECT 6", &[]).await.unwrap();
        cafe.query_typed_opt("SELECT 7", &[]).await.unwrap();
        assert_eq!(cafe.execute("UPDATE donuts SET name = name", &[]).await.unwrap(), 3);
        cafe.execute_raw::<_, i32, _>("DELETE FROM donuts WHERE id = 1", []).await.unwrap();
        cafe.execute_typed("DELETE FROM donuts", &[]).await.unwrap();
        cafe.batch_execute("SELECT 8; SELECT 9").await.unwrap();
        cafe.simple_query("SELECT 10; SELECT 11").await.unwrap();
    });
    let expected = [
        ("Query", "SELECT 1 FROM donuts", Some(3.0)),
        ("Query", "SELECT 2 WHERE false", Some(0.0)),
        ("Query", "SELECT 3", Some(1.0)),
        ("Query", "SELECT 4", Some(1.0)),
        ("Query", "SELECT 5", Some(1.0)),
        ("Query", "SELECT $1", Some(1.0)),
        ("Query", "SELECT 6", Some(1.0)),
        ("Query", "SELECT 7", Some(1.0)),
        ("Exec", "UPDATE donuts SET name = name", Some(3.0)),
        ("Exec", "DELETE FROM donuts WHERE id = 1", Some(1.0)),
        ("Exec", "DELETE FROM donuts", Some(2.0)),
        ("Exec", "SELECT 8; SELECT 9", None),
        ("Query", "SELECT 10; SELECT 11", Some(2.0)),
    ];
    assert_eq!(told(&spans), expected);
    assert!(spans.iter().skip(1).all(|span| span.parent_id == spans[0].span_id));
}

fn a_prepared_statement_knows_its_text(server: &Server) {
    let spans = spans(server, async |cafe| {
        let statement = cafe.prepare("SELECT $1::TEXT").await.unwrap();
        assert_eq!(statement.params(), [Type::TEXT]);
        cafe.query(&statement, &[&"x"]).await.unwrap();
        let untold = cafe.client().prepare("SELECT 1").await.unwrap();
        cafe.query(&untold, &[]).await.unwrap();
        cafe.query(&String::from("SELECT 2"), &[]).await.unwrap();
    });
    let expected = [
        ("Prepare", "SELECT $1::TEXT", None),
        ("Query", "SELECT $1::TEXT", Some(1.0)),
        ("Query", "Query", Some(1.0)),
        ("Query", "SELECT 2", Some(1.0)),
    ];
    assert_eq!(told(&spans), expected);
}

fn what_the_server_refuses_is_an_error_with_its_words(server: &Server) {
    let spans = spans(server, async |cafe| {
        cafe.query("SELECT price FROM donuts", &[]).await.unwrap_err();
        cafe.execute("INSERT INTO donuts (name) VALUES ('jelly')", &[]).await.unwrap_err();
        cafe.prepare("SELEKT").await.unwrap_err();
        cafe.copy_out("COPY nowhere TO STDOUT").await.err().unwrap();
        let rows = cafe.query_raw::<_, i32, _>("SELECT 1 / (id - 3) FROM donuts", []).await.unwrap();
        rows.try_collect::<Vec<_>>().await.unwrap_err();
    });
    let messages =
        ["column \"price\" does not exist", "duplicate key", "syntax error", "does not exist", "division by zero"];
    assert_eq!(spans.len(), 1 + messages.len());
    for (span, message) in spans.iter().skip(1).zip(messages) {
        assert!(span.error && span.meta["error.message"].contains(message), "{span:?}");
        assert_eq!(span.meta["error.type"], "tokio_postgres::error::DbError");
    }
}

fn rows_too_few_or_too_many_are_answers(server: &Server) {
    let spans = spans(server, async |cafe| {
        cafe.query_one("SELECT 1 WHERE false", &[]).await.unwrap_err();
        cafe.query_one("SELECT id FROM donuts", &[]).await.unwrap_err();
    });
    assert_eq!(spans.len(), 3);
    assert!(spans.iter().all(|span| !span.error), "{spans:?}");
}

fn streams_and_copies_last_until_they_are_used_up_or_dropped(server: &Server) {
    let spans = spans(server, async |cafe| {
        let rows = cafe.query_raw::<_, i32, _>("SELECT id FROM donuts", []).await.unwrap();
        let mut rows = pin!(rows);
        while rows.try_next().await.unwrap().is_some() {}
        assert_eq!(rows.rows_affected(), Some(3));

        let mut rows = Box::pin(cafe.query_typed_raw::<i32, _>("SELECT name FROM donuts", []).await.unwrap());
        rows.try_next().await.unwrap().unwrap();
        drop(rows);

        let mut sink = pin!(cafe.copy_in("COPY donuts (name) FROM STDIN").await.unwrap());
        sink.send(bytes::Bytes::from_static(b"maple\nplain\n")).await.unwrap();
        assert_eq!(sink.finish().await.unwrap(), 2);
        drop(cafe.copy_in::<_, bytes::Bytes>("COPY donuts (id) FROM STDIN").await.unwrap());

        let data = cafe.copy_out("COPY donuts TO STDOUT").await.unwrap();
        assert_eq!(data.try_collect::<Vec<_>>().await.unwrap().len(), 5);
        let messages = cafe.simple_query_raw("SELECT 1; SELECT 2").await.unwrap();
        messages.try_collect::<Vec<_>>().await.unwrap();
        tracehound::span("postgres.query").tag("sql.query_type", "after").start().finish();
    });
    let expected = [
        ("Query", "SELECT id FROM donuts", Some(3.0)),
        ("Query", "SELECT name FROM donuts", Some(1.0)),
        ("Exec", "COPY donuts (name) FROM STDIN", Some(2.0)),
        ("Exec", "COPY donuts (id) FROM STDIN", None),
        ("Query", "COPY donuts TO STDOUT", Some(5.0)),
        ("Query", "SELECT 1; SELECT 2", Some(2.0)),
        ("after", "postgres.query", None),
    ];
    assert_eq!(told(&spans), expected);
    let after = spans.last().unwrap().start_ns;
    assert!(spans[1..7].iter().all(|span| span.start_ns + span.duration_ns <= after && !span.error), "{spans:?}");
}

fn transactions_show_their_beginning_and_how_they_ended(server: &Server) {
    let spans = spans(server, async |mut cafe| {
        let mut transaction = cafe.transaction().await.unwrap();
        transaction.execute("DELETE FROM donuts", &[]).await.unwrap();
        let savepoint = transaction.savepoint("tea").await.unwrap();
        savepoint.query("SELECT 1", &[]).await.unwrap();
        savepoint.rollback().await.unwrap();
        transaction.transaction().await.unwrap().commit().await.unwrap();
        transaction.commit().await.unwrap();

        drop(cafe.transaction_with(|builder| builder.read_only(true)).await.unwrap());
        assert!(cafe.query("SELECT id FROM donuts", &[]).await.unwrap().is_empty());
    });
    let kinds: Vec<&str> = told(&spans).iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds.join(" "), "Begin Exec Begin Query Rollback Begin Commit Commit Begin Rollback Query");
    assert!(spans.iter().skip(1).all(|span| span.parent_id == spans[0].span_id && !span.error));
}

fn functions_over_any_handle_take_clients_and_transactions(server: &Server) {
    async fn count<C: Handle>(cafe: &Traced<C>) -> i64 {
        cafe.query_one_scalar("SELECT count(*) FROM donuts", &[]).await.unwrap()
    }
    let spans = spans(server, async |mut cafe| {
        assert_eq!(count(&cafe).await, 3);
        assert_eq!(count(&tracehound_tokio_postgres::wrap(cafe.client())).await, 3);
        assert_eq!(count(&cafe.transaction().await.unwrap()).await, 3);
    });
    assert_eq!(spans.iter().filter(|span| span.resource.starts_with("SELECT count")).count(), 3);
}

fn the_service_is_the_applications_unless_the_client_is_given_one(server: &Server) {
    let spans = spans(server, async |cafe| {
        let mut cafe = cafe.service("orders-db");
        cafe.transaction().await.unwrap().query("SELECT 1", &[]).await.unwrap();
    });
    assert_eq!(spans.len(), 4);
    assert!(
        spans.iter().skip(1).all(|span| span.service == "orders-db" && span.meta["_dd.svc_src"] == "tokio-postgres")
    );
}

fn a_query_that_is_given_up_ends_its_span(server: &Server) {
    let spans = spans(server, async |cafe| {
        let query = cafe.batch_execute("SELECT pg_sleep(60)");
        tokio::time::timeout(std::time::Duration::from_millis(20), query).await.unwrap_err();
        tracehound::span("after").start().finish();
        drop(cafe.query("SELECT 1", &[]));
    });
    let [_, query, after] = &spans[..] else { panic!("{spans:?}") };
    assert!(query.start_ns + query.duration_ns <= after.start_ns);
}

/// Compiling it is the test.
#[expect(dead_code)]
fn the_futures_can_be_sent_to_other_threads(mut cafe: Traced<Client>) {
    fn sendable<T: Send>(_: T) {}
    sendable(cafe.query("SELECT 1", &[]));
    sendable(cafe.execute("SELECT 1", &[]));
    sendable(cafe.prepare("SELECT 1"));
    sendable(cafe.query_raw::<_, i32, _>("SELECT 1", []));
    sendable(cafe.copy_in::<_, bytes::Bytes>("COPY donuts FROM STDIN"));
    sendable(async move { cafe.transaction().await?.commit().await });
}

fn a_server_that_went_away_is_an_error(server: Server) {
    let memory = InMemory::new(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = config(&server).connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        drop(server);
        tracehound_tokio_postgres::wrap(client).tracer(memory.tracer()).query("SELECT 1", &[]).await.unwrap_err();
    });
    let spans = memory.take().spans();
    assert!(spans[0].error && !spans[0].meta["error.message"].is_empty(), "{spans:?}");
    assert_eq!((spans.len(), spans[0].parent_id), (1, 0));
}
