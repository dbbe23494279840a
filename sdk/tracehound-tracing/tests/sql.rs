//! Spans of statements from the events that sqlx makes of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::Once;

use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use support::spans_with;
use tracehound::integration::sql::Database;
use tracehound::testing::{FinishedSpan, InMemory};
use tracing::{Instrument, info_span};
use tracing_subscriber::prelude::*;

/// The spans of `work` on a pool of SQLite, below a span `request`, which comes first. The pool is opened, and the table `donuts` made,
/// outside of it.
fn spans<F: Future<Output = ()>>(work: impl FnOnce(SqlitePool) -> F) -> Vec<FinishedSpan> {
    static SUBSCRIBER: Once = Once::new();
    // SQLite runs on a thread of its own, which knows no other subscriber than the program's.
    SUBSCRIBER.call_once(|| tracing_subscriber::registry().with(tracehound_tracing::layer()).init());
    let memory = InMemory::new(&[("DD_SERVICE", "cafe")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(memory.scope_async(async {
        // One connection, so that the database is the same for all.
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        sqlx::query("CREATE TABLE donuts (name TEXT)").execute(&pool).await.unwrap();
        work(pool.clone()).instrument(info_span!("request")).await;
        // SQLite's thread holds a span for a moment longer than whoever asked. To close a connection is to wait for its thread.
        pool.close().await;
    }));
    memory.take().spans()
}

/// Name, resource and rows of each span but the first.
fn told(spans: &[FinishedSpan]) -> Vec<(&str, &str, Option<f64>)> {
    spans.iter().skip(1).map(|span| (&*span.name, &*span.resource, span.metrics.get("db.row_count").copied())).collect()
}

#[test]
fn every_statement_of_a_trace_is_a_span_without_code() {
    let spans = spans(async |pool| {
        sqlx::query("INSERT INTO donuts VALUES ('glazed'), ('jelly')").execute(&pool).await.unwrap();
        sqlx::query("SELECT name\n  FROM donuts\n  WHERE name <> ?").bind("").fetch_all(&pool).await.unwrap();
        sqlx::query("SELECT 1").fetch_one(&pool).await.unwrap();
        sqlx::query("SELECT price FROM donuts").fetch_all(&pool).await.unwrap_err();
    });
    assert_eq!(
        told(&spans),
        [
            ("sql.query", "INSERT INTO donuts VALUES ('glazed'), ('jelly')", Some(2.0)),
            ("sql.query", "SELECT name\n  FROM donuts\n  WHERE name <> ?", Some(2.0)),
            ("sql.query", "SELECT 1", Some(1.0)),
            ("sql.query", "SELECT price FROM donuts", Some(0.0)),
        ]
    );
    let (request, statements) = spans.split_first().unwrap();
    for statement in statements {
        assert_eq!((statement.parent_id, statement.trace_id), (request.span_id, request.trace_id));
        assert_eq!((&*statement.service, &*statement.span_type), ("cafe", "sql"));
        assert_eq!((statement.text("component"), statement.text("span.kind")), ("sqlx", "client"));
        assert!(statement.start_ns >= request.start_ns);
    }
    assert!(request.events.is_empty(), "a statement is told once");
}

#[test]
fn a_statement_of_a_traced_pool_has_its_span_already() {
    let spans = spans(async |pool| {
        let traced = tracehound_sqlx::wrap(pool.clone());
        sqlx::query("SELECT 1").fetch_one(&traced).await.unwrap();
        sqlx::query("SELECT 2").fetch_one(&pool).await.unwrap();
    });
    assert_eq!(told(&spans), [("sqlite.query", "SELECT 1", Some(1.0)), ("sql.query", "SELECT 2", Some(1.0))]);
}

#[test]
fn statements_outside_of_any_trace_make_no_spans() {
    let memory = InMemory::default();
    memory.scope(|| {
        let subscriber = tracing_subscriber::registry().with(tracehound_tracing::layer());
        tracing::subscriber::with_default(subscriber, short_statement);
    });
    assert!(memory.take().spans().is_empty());
}

/// The event of `SELECT 1`, as sqlx makes it.
fn short_statement() {
    tracing::debug!(
        target: "sqlx::query",
        summary = "SELECT 1",
        db.statement = "",
        rows_affected = 0_u64,
        rows_returned = 1_u64,
        elapsed_secs = 0.002,
    );
}

/// The span `name` that the event makes under a layer, with the events of the span around it.
fn of_event(builder: tracehound_tracing::Builder, name: &str) -> (Option<FinishedSpan>, usize) {
    let mut spans = spans_with(builder, || info_span!("request").in_scope(short_statement));
    (spans.remove(name), spans["request"].events.len())
}

#[test]
fn the_database_is_told_by_the_application() {
    let database = Database::new("sqlx").url("postgres://waiter:secret@db.example:5433/orders").service("orders-db");
    let (span, _) = of_event(tracehound_tracing::builder().sql(database), "postgres.query");
    let span = span.unwrap();
    assert_eq!((&*span.service, &*span.resource, span.duration_ns), ("orders-db", "SELECT 1", 2_000_000));
    for (key, expected) in [("db.system", "postgresql"), ("db.name", "orders"), ("out.host", "db.example")] {
        assert_eq!(span.text(key), expected, "{key}");
    }
}

#[test]
fn it_can_be_turned_off() {
    let everything = "trace".parse::<tracing_subscriber::filter::Targets>().unwrap();
    for (builder, events) in [
        (tracehound_tracing::builder().without_sql(), 0),
        (tracehound_tracing::builder().without_sql().filter(everything), 1),
    ] {
        assert_eq!(of_event(builder, "sql.query"), (None, events), "an event like others, if the filter lets it in");
    }
}
