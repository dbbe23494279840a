//! Queries of SQLite through sqlx, and the spans they make.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::future::Future;

use futures_util::{StreamExt, TryStreamExt};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Executor, Row, Sqlite};
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_sqlx::TracedPool;

/// A pool with the table `donuts`, opened outside of any trace. One connection, so that the database is the same for all.
async fn pool() -> TracedPool<Sqlite> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    let setup = "CREATE TABLE donuts (id INTEGER PRIMARY KEY, name TEXT UNIQUE); \
                 INSERT INTO donuts (name) VALUES ('glazed'), ('jelly'), ('mocha')";
    pool.execute(setup).await.unwrap();
    tracehound_sqlx::wrap(pool)
}

/// The spans that `work` makes below a span `request`, which comes first.
fn spans<F: Future<Output = ()>>(work: impl FnOnce(TracedPool<Sqlite>) -> F) -> Vec<FinishedSpan> {
    let memory = InMemory::new(&[("DD_SERVICE", "cafe")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let pool = runtime.block_on(pool());
    runtime.block_on(memory.scope_async(async {
        use tracehound::InSpan;
        work(pool).in_span(tracehound::span("request").start()).await;
    }));
    memory.take().spans()
}

/// Name, resource and rows of each span but the first.
fn told(spans: &[FinishedSpan]) -> Vec<(&str, &str, Option<f64>)> {
    spans.iter().skip(1).map(|span| (&*span.name, &*span.resource, span.metrics.get("db.row_count").copied())).collect()
}

#[test]
fn a_query_is_a_span_with_datadogs_names() {
    let spans = spans(async |pool| {
        let name: String =
            sqlx::query_scalar("SELECT name FROM donuts WHERE id = ?").bind(2).fetch_one(&pool).await.unwrap();
        assert_eq!(name, "jelly");
    });
    let [request, query] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((&*query.name, &*query.resource), ("sqlite.query", "SELECT name FROM donuts WHERE id = ?"));
    assert_eq!((&*query.service, &*query.span_type), ("cafe", "sql"));
    assert_eq!(query.parent_id, request.span_id);
    assert!(!query.error);
    for (key, value) in [
        ("component", "sqlx"),
        ("span.kind", "client"),
        ("db.system", "sqlite"),
        ("db.name", ":memory:"),
        ("sql.query_type", "Query"),
    ] {
        assert_eq!(query.meta.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert_eq!(query.metrics["_dd.measured"], 1.0);
    assert_eq!(query.metrics["db.row_count"], 1.0);
}

#[test]
fn every_way_to_ask_makes_one_span_with_its_rows() {
    let spans = spans(async |pool| {
        sqlx::query("SELECT 1 WHERE 0").fetch_optional(&pool).await.unwrap();
        sqlx::query("SELECT 2").fetch_one(&pool).await.unwrap();
        sqlx::query("SELECT id FROM donuts").fetch_all(&pool).await.unwrap();
        sqlx::query("SELECT name FROM donuts").fetch(&pool).try_for_each(async |_| Ok(())).await.unwrap();
        sqlx::query_as::<_, (i64,)>("SELECT 3").fetch_one(&pool).await.unwrap();
        sqlx::query("INSERT INTO donuts (name) VALUES ('maple'), ('plain')").execute(&pool).await.unwrap();
        sqlx::query("INSERT INTO donuts (name) VALUES ('a'), ('b') RETURNING id").fetch_all(&pool).await.unwrap();
        sqlx::query("CREATE TABLE beers (name TEXT)").execute(&pool).await.unwrap();
        sqlx::raw_sql("DELETE FROM donuts WHERE id = 1; DELETE FROM donuts").execute(&pool).await.unwrap();
        pool.execute("SELECT 4").await.unwrap();
    });
    let expected = [
        ("SELECT 1 WHERE 0", 0.0),
        ("SELECT 2", 1.0),
        ("SELECT id FROM donuts", 3.0),
        ("SELECT name FROM donuts", 3.0),
        ("SELECT 3", 1.0),
        ("INSERT INTO donuts (name) VALUES ('maple'), ('plain')", 2.0),
        ("INSERT INTO donuts (name) VALUES ('a'), ('b') RETURNING id", 2.0),
        // SQLite would still tell the two of before.
        ("CREATE TABLE beers (name TEXT)", 0.0),
        ("DELETE FROM donuts WHERE id = 1; DELETE FROM donuts", 7.0),
        ("SELECT 4", 1.0),
    ];
    assert_eq!(told(&spans), expected.map(|(resource, rows)| ("sqlite.query", resource, Some(rows))));
    let types: Vec<&str> = spans.iter().skip(1).map(|span| &*span.meta["sql.query_type"]).collect();
    assert_eq!(types, ["Query", "Query", "Query", "Query", "Query", "Exec", "Query", "Exec", "Exec", "Exec"]);
}

#[test]
fn a_statement_prepared_by_hand_keeps_its_text_and_arguments() {
    let spans = spans(async |pool| {
        let statement = (&pool).prepare(sqlx::SqlStr::from_static("SELECT ? + ?")).await.unwrap();
        let sum: i64 = sqlx::Statement::query(&statement).bind(40).bind(2).fetch_one(&pool).await.unwrap().get(0);
        assert_eq!(sum, 42);
    });
    let types: Vec<(&str, &str)> =
        spans.iter().skip(1).map(|span| (&*span.meta["sql.query_type"], &*span.resource)).collect();
    assert_eq!(types, [("Prepare", "SELECT ? + ?"), ("Query", "SELECT ? + ?")]);
}

#[test]
fn a_failing_query_tells_type_and_message() {
    let spans = spans(async |pool| {
        sqlx::query("SELECT price FROM donuts").fetch_all(&pool).await.unwrap_err();
        sqlx::query("INSERT INTO donuts (name) VALUES ('jelly')").execute(&pool).await.unwrap_err();
    });
    let [_, unknown, duplicate] = &spans[..] else { panic!("{spans:?}") };
    for (span, message) in [(unknown, "no such column: price"), (duplicate, "UNIQUE constraint failed")] {
        assert!(span.error);
        assert_eq!(span.meta["error.type"], "sqlx_core::error::Error");
        assert!(span.meta["error.message"].contains(message), "{}", span.meta["error.message"]);
        assert_eq!(span.metrics.get("db.row_count"), None);
    }
}

#[test]
fn a_missing_row_is_an_answer_and_no_error_of_the_span() {
    let spans = spans(async |pool| {
        let missing = sqlx::query("SELECT 1 WHERE 0").fetch_one(&pool).await;
        assert!(matches!(missing, Err(sqlx::Error::RowNotFound)));
    });
    assert!(!spans[1].error);
}

#[test]
fn a_stream_that_is_given_up_ends_its_span_with_the_rows_so_far() {
    let spans = spans(async |pool| {
        let mut rows = sqlx::query("SELECT id FROM donuts").fetch(&pool);
        rows.next().await.unwrap().unwrap();
        drop(rows);
        tracehound::span("after").start().finish();
    });
    assert_eq!(told(&spans), [("sqlite.query", "SELECT id FROM donuts", Some(1.0)), ("after", "after", None)]);
    assert_eq!(spans[2].parent_id, spans[0].span_id);
    assert!(spans[1].start_ns + spans[1].duration_ns <= spans[2].start_ns);
}

#[test]
fn a_query_that_is_never_awaited_makes_no_span() {
    let spans = spans(async |pool| {
        drop(sqlx::query("SELECT 1").fetch(&pool));
        drop(sqlx::query("SELECT 1").fetch_optional(&pool));
        drop(sqlx::query("SELECT 1").execute(&pool));
    });
    assert_eq!(spans.len(), 1);
}

#[test]
fn transactions_show_their_beginning_and_how_they_ended() {
    let spans = spans(async |pool| {
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query("DELETE FROM donuts").execute(&mut *transaction).await.unwrap();
        let mut savepoint = transaction.begin().await.unwrap();
        sqlx::query("SELECT 1").fetch_one(&mut *savepoint).await.unwrap();
        savepoint.rollback().await.unwrap();
        transaction.commit().await.unwrap();

        drop(pool.begin_with("BEGIN IMMEDIATE").await.unwrap());
        assert!(pool.try_begin().await.is_ok());
    });
    let rows = |span: &FinishedSpan| (span.resource.clone(), span.meta["sql.query_type"].clone());
    let told: Vec<(String, String)> = spans.iter().skip(1).take(8).map(rows).collect();
    let expected = [
        ("Begin", "Begin"),
        ("DELETE FROM donuts", "Exec"),
        ("Begin", "Begin"),
        ("SELECT 1", "Query"),
        ("Rollback", "Rollback"),
        ("Commit", "Commit"),
        ("BEGIN IMMEDIATE", "Begin"),
        ("Rollback", "Rollback"),
    ];
    assert_eq!(told, expected.map(|(resource, kind)| (resource.to_owned(), kind.to_owned())));
    assert!(spans.iter().skip(1).all(|span| span.parent_id == spans[0].span_id));
}

#[test]
fn a_failing_commit_is_an_error_of_its_span() {
    let spans = spans(async |pool| {
        let mut transaction = pool.begin().await.unwrap();
        let deferred = "PRAGMA defer_foreign_keys = 1; \
                        CREATE TABLE orders (donut INTEGER REFERENCES donuts (id)); INSERT INTO orders VALUES (99)";
        sqlx::raw_sql(deferred).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap_err();
    });
    let commit = spans.iter().find(|span| span.resource == "Commit").unwrap();
    assert!(commit.error && commit.meta["error.message"].contains("FOREIGN KEY"), "{commit:?}");
}

#[test]
fn connections_of_the_pool_and_others_are_traced_too() {
    let spans = spans(async |pool| {
        let mut connection = pool.acquire().await.unwrap();
        sqlx::query("SELECT 1").fetch_one(&mut *connection).await.unwrap();
        let transaction = connection.begin().await.unwrap();
        transaction.commit().await.unwrap();
        assert!(pool.try_acquire().is_none());

        let mut plain = connection.into_inner();
        let mut wrapped = tracehound_sqlx::wrap_connection(&mut *plain);
        sqlx::query("SELECT 2").fetch_one(&mut *wrapped).await.unwrap();
    });
    let resources: Vec<&str> = spans.iter().skip(1).map(|span| &*span.resource).collect();
    assert_eq!(resources, ["SELECT 1", "Begin", "Commit", "SELECT 2"]);
    assert!(spans.iter().skip(1).all(|span| span.name == "sqlite.query" && span.meta["db.system"] == "sqlite"));
}

#[test]
fn a_pool_of_any_database_is_named_by_its_url() {
    sqlx::any::install_default_drivers();
    let spans = spans(async |_| {
        let any = tracehound_sqlx::wrap(sqlx::AnyPool::connect("sqlite::memory:").await.unwrap());
        sqlx::query("SELECT 1").fetch_one(&any).await.unwrap();
    });
    assert_eq!(told(&spans), [("sqlite.query", "SELECT 1", Some(1.0))]);
}

#[test]
fn the_service_is_the_applications_unless_the_pool_is_given_one() {
    let spans = spans(async |pool| {
        let pool = pool.service("orders-db");
        sqlx::query("SELECT 1").fetch_one(&pool).await.unwrap();
        pool.begin().await.unwrap().commit().await.unwrap();
    });
    for span in &spans[1..] {
        assert_eq!(span.service, "orders-db");
        assert_eq!(span.meta["_dd.svc_src"], "sqlx");
        assert_eq!(span.meta["_dd.base_service"], "cafe");
    }
}

#[test]
fn outside_of_any_trace_a_query_is_one_of_the_pools_tracer() {
    let memory = InMemory::new(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let pool = pool().await.tracer(memory.tracer());
        sqlx::query("SELECT 1").fetch_one(&pool).await.unwrap();
    });
    let spans = memory.take().spans();
    assert_eq!((spans.len(), &*spans[0].resource, spans[0].parent_id), (1, "SELECT 1", 0));
}

#[test]
fn without_a_tracer_queries_work_as_ever() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let pool = pool().await;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM donuts").fetch_one(&pool).await.unwrap();
        assert_eq!(count, 3);
    });
}

#[test]
fn functions_over_any_executor_take_pool_connection_and_transaction() {
    async fn count(executor: impl Executor<'_, Database = Sqlite>) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM donuts").fetch_one(executor).await.unwrap()
    }
    let spans = spans(async |pool| {
        assert_eq!(count(&pool).await, 3);
        assert_eq!(count(&mut *pool.acquire().await.unwrap()).await, 3);
        let mut transaction = pool.begin().await.unwrap();
        assert_eq!(count(&mut *transaction).await, 3);
        transaction.commit().await.unwrap();
        // What is not traced is there as well.
        assert_eq!(count(&*pool).await, 3);
    });
    let counted = spans.iter().filter(|span| span.resource.starts_with("SELECT count")).count();
    assert_eq!(counted, 3);
}

#[test]
fn the_futures_can_be_sent_to_other_threads() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    let spans = spans(async |pool| {
        sendable(sqlx::query("SELECT 1").execute(&pool)).await.unwrap();
        sendable(pool.begin()).await.unwrap().commit().await.unwrap();
        sendable(sqlx::query("SELECT 1").fetch(&pool)).try_collect::<Vec<_>>().await.unwrap();
    });
    assert_eq!(spans.len(), 5);
}
