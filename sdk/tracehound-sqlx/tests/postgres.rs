//! Queries of a real PostgreSQL through sqlx, and the spans they make. One server, which takes seconds to set up, serves all: each function
//! is a case.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

#[path = "../../tracehound-tokio-postgres/tests/server/mod.rs"]
mod server;

use server::Server;
use sqlx::{ConnectOptions, Executor};
use sqlx_postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use tracehound::InSpan;
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_sqlx::TracedPool;
use tracing_subscriber::prelude::*;

#[test]
fn statements_make_spans() {
    let Some(server) = Server::start() else { return };
    a_query_names_the_database_the_server_and_the_user(&server);
    every_way_to_ask_makes_one_span_with_its_rows(&server);
    what_the_server_refuses_is_an_error_with_its_words(&server);
    transactions_and_savepoints_show_how_they_ended(&server);
    a_connection_of_the_pool_is_traced_like_the_pool(&server);
    a_connection_of_no_pool_is_told_where_it_leads(&server);
    without_a_wrapper_the_events_of_sqlx_make_the_spans(&server);
}

fn options(server: &Server) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(server.port).username("waiter").database("postgres")
}

/// The spans that `work` makes below a span `request`, which comes first. One connection, so that the table is there for all.
fn spans(server: &Server, work: impl AsyncFnOnce(PgPool)) -> Vec<FinishedSpan> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let memory = InMemory::new(&[("DD_SERVICE", "cafe")]);
    runtime.block_on(async {
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options(server)).await.unwrap();
        let setup = "CREATE TEMP TABLE donuts (id SERIAL, name TEXT UNIQUE); \
                     INSERT INTO donuts (name) VALUES ('glazed'), ('jelly'), ('mocha')";
        pool.execute(setup).await.unwrap();
        memory.scope_async(async { work(pool.clone()).in_span(tracehound::span("request").start()).await }).await;
        pool.close().await;
    });
    memory.take().spans()
}

/// The same through a traced pool.
fn traced(server: &Server, work: impl AsyncFnOnce(TracedPool<Postgres>)) -> Vec<FinishedSpan> {
    spans(server, async |pool| work(tracehound_sqlx::wrap(pool)).await)
}

/// Kind, resource and rows of each span but the first.
fn told(spans: &[FinishedSpan]) -> Vec<(&str, &str, Option<f64>)> {
    let rows = |span: &FinishedSpan| span.metrics.get("db.row_count").copied();
    spans.iter().skip(1).map(|span| (&*span.meta["sql.query_type"], &*span.resource, rows(span))).collect()
}

fn a_query_names_the_database_the_server_and_the_user(server: &Server) {
    let spans = traced(server, async |pool| {
        let name: String =
            sqlx::query_scalar("SELECT name FROM donuts WHERE id = $1").bind(2).fetch_one(&pool).await.unwrap();
        assert_eq!(name, "jelly");
    });
    let [request, query] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((&*query.name, &*query.resource), ("postgres.query", "SELECT name FROM donuts WHERE id = $1"));
    assert_eq!((&*query.service, &*query.span_type, query.error), ("cafe", "sql", false));
    assert_eq!((query.parent_id, query.trace_id), (request.span_id, request.trace_id));
    for (key, value) in [
        ("component", "sqlx"),
        ("span.kind", "client"),
        ("db.system", "postgresql"),
        ("db.name", "postgres"),
        ("db.user", "waiter"),
        ("out.host", "127.0.0.1"),
    ] {
        assert_eq!(query.meta.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert_eq!(query.metrics["network.destination.port"], f64::from(server.port));
}

fn every_way_to_ask_makes_one_span_with_its_rows(server: &Server) {
    let spans = traced(server, async |pool| {
        sqlx::query("SELECT 1 WHERE false").fetch_optional(&pool).await.unwrap();
        sqlx::query("SELECT id FROM donuts").fetch_all(&pool).await.unwrap();
        sqlx::query("INSERT INTO donuts (name) VALUES ($1), ('b') RETURNING id")
            .bind("a")
            .fetch_all(&pool)
            .await
            .unwrap();
        sqlx::query("UPDATE donuts SET name = name || '!'").execute(&pool).await.unwrap();
        sqlx::raw_sql("DELETE FROM donuts WHERE id = 1; DELETE FROM donuts").execute(&pool).await.unwrap();
        (&pool).prepare(sqlx::SqlStr::from_static("SELECT $1::int")).await.unwrap();
    });
    let expected = [
        ("Query", "SELECT 1 WHERE false", Some(0.0)),
        ("Query", "SELECT id FROM donuts", Some(3.0)),
        ("Query", "INSERT INTO donuts (name) VALUES ($1), ('b') RETURNING id", Some(2.0)),
        ("Exec", "UPDATE donuts SET name = name || '!'", Some(5.0)),
        ("Exec", "DELETE FROM donuts WHERE id = 1; DELETE FROM donuts", Some(5.0)),
        ("Prepare", "SELECT $1::int", None),
    ];
    assert_eq!(told(&spans), expected);
}

fn what_the_server_refuses_is_an_error_with_its_words(server: &Server) {
    let spans = traced(server, async |pool| {
        sqlx::query("SELECT price FROM donuts").fetch_all(&pool).await.unwrap_err();
        sqlx::query("INSERT INTO donuts (name) VALUES ('jelly')").execute(&pool).await.unwrap_err();
        let missing = sqlx::query("SELECT name FROM donuts WHERE id = 77").fetch_one(&pool).await;
        assert!(matches!(missing, Err(sqlx::Error::RowNotFound)));
    });
    let [_, unknown, duplicate, missing] = &spans[..] else { panic!("{spans:?}") };
    for (span, message) in
        [(unknown, r#"column "price" does not exist"#), (duplicate, "duplicate key value violates unique constraint")]
    {
        assert!(span.error);
        assert_eq!(span.meta["error.type"], "sqlx_core::error::Error");
        assert!(span.meta["error.message"].contains(message), "{}", span.meta["error.message"]);
        assert_eq!(span.metrics.get("db.row_count"), None);
    }
    assert_eq!((missing.error, missing.metrics["db.row_count"]), (false, 0.0), "no row is an answer");
}

fn transactions_and_savepoints_show_how_they_ended(server: &Server) {
    let spans = traced(server, async |pool| {
        let mut sale = pool.begin().await.unwrap();
        sqlx::query("DELETE FROM donuts WHERE id = 1").execute(&mut *sale).await.unwrap();
        let savepoint = sale.begin().await.unwrap();
        savepoint.rollback().await.unwrap();
        sale.commit().await.unwrap();
        drop(pool.begin().await.unwrap());
    });
    let expected = [
        ("Begin", "Begin", None),
        ("Exec", "DELETE FROM donuts WHERE id = 1", Some(1.0)),
        ("Begin", "Begin", None),
        ("Rollback", "Rollback", None),
        ("Commit", "Commit", None),
        ("Begin", "Begin", None),
        ("Rollback", "Rollback", None),
    ];
    assert_eq!(told(&spans), expected);
}

fn a_connection_of_the_pool_is_traced_like_the_pool(server: &Server) {
    let spans = traced(server, async |pool| {
        let mut connection = pool.service("orders-db").acquire().await.unwrap();
        sqlx::query("SELECT 1").execute(&mut *connection).await.unwrap();
    });
    let [_, query] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((&*query.service, &*query.meta["out.host"]), ("orders-db", "127.0.0.1"));
}

fn a_connection_of_no_pool_is_told_where_it_leads(server: &Server) {
    let memory = InMemory::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = options(server).connect().await.unwrap();
        let url = format!("postgres://waiter:s3cret@127.0.0.1:{}/postgres", server.port);
        let mut traced = tracehound_sqlx::wrap_connection(&mut connection).url(&url).tracer(memory.tracer());
        sqlx::query("SELECT 1").execute(&mut *traced).await.unwrap();
    });
    let [query] = &memory.take().spans()[..] else { panic!("one span") };
    assert_eq!(
        (&*query.name, &*query.meta["db.name"], &*query.meta["out.host"]),
        ("postgres.query", "postgres", "127.0.0.1")
    );
    assert!(!format!("{query:?}").contains("s3cret"));
}

fn without_a_wrapper_the_events_of_sqlx_make_the_spans(server: &Server) {
    let database = tracehound::integration::sql::Database::new("sqlx").url("postgres://waiter@127.0.0.1/postgres");
    let layer = tracehound_tracing::builder().sql(database).layer();
    let spans = tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        spans(server, async |pool| {
            sqlx::query("SELECT name\n  FROM donuts\n  WHERE name <> $1").bind("").fetch_all(&pool).await.unwrap();
            sqlx::query("DELETE FROM donuts").execute(&pool).await.unwrap();
            sqlx::query("SELECT 1").fetch_one(&tracehound_sqlx::wrap(pool)).await.unwrap();
        })
    });
    let expected = [
        ("Query", "SELECT name\n  FROM donuts\n  WHERE name <> $1", Some(3.0)),
        ("Query", "DELETE FROM donuts", Some(3.0)),
        // Which has its span from the wrapper, and none from the event.
        ("Query", "SELECT 1", Some(1.0)),
    ];
    assert_eq!(told(&spans), expected);
    assert!(spans.iter().skip(1).all(|span| span.name == "postgres.query" && span.parent_id == spans[0].span_id));
}
