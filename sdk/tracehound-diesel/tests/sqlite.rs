//! Queries of SQLite through diesel, and the spans they make.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(missing_docs, reason = "what `table!` makes has none")]

use diesel::prelude::*;
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_diesel::Tracing;

diesel::table! {
    donuts (id) {
        id -> Integer,
        name -> Text,
    }
}

/// A traced connection to a database with the table `donuts`.
fn cafe() -> SqliteConnection {
    let mut cafe = SqliteConnection::establish(":memory:").unwrap();
    diesel::sql_query("CREATE TABLE donuts (id INTEGER PRIMARY KEY, name TEXT UNIQUE)").execute(&mut cafe).unwrap();
    diesel::sql_query("INSERT INTO donuts (name) VALUES ('glazed'), ('jelly')").execute(&mut cafe).unwrap();
    let tracing = Tracing::of(&cafe).url(":memory:");
    cafe.set_instrumentation(tracing);
    cafe
}

/// The spans that `work` makes below a span `request`, which comes first.
fn spans(work: impl FnOnce()) -> Vec<FinishedSpan> {
    let memory = InMemory::new(&[("DD_SERVICE", "shop")]);
    memory.scope(|| {
        let _request = tracehound::span("request").start().entered();
        work();
    });
    memory.take().spans()
}

fn resources(spans: &[FinishedSpan]) -> Vec<(&str, &str)> {
    spans.iter().skip(1).map(|span| (&*span.meta["sql.query_type"], &*span.resource)).collect()
}

#[test]
fn a_query_is_a_span_with_its_statement_and_without_its_values() {
    let spans = spans(|| {
        let found: Vec<String> =
            donuts::table.filter(donuts::name.eq("jelly")).select(donuts::name).load(&mut cafe()).unwrap();
        assert_eq!(found, ["jelly"]);
    });
    let [request, query] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!(query.resource, "SELECT `donuts`.`name` FROM `donuts` WHERE (`donuts`.`name` = ?)");
    assert_eq!((&*query.name, &*query.service, &*query.span_type), ("sqlite.query", "shop", "sql"));
    assert_eq!(query.parent_id, request.span_id);
    assert!(!query.error && !format!("{query:?}").contains("jelly"));
    for (key, value) in
        [("component", "diesel"), ("span.kind", "client"), ("db.system", "sqlite"), ("db.name", ":memory:")]
    {
        assert_eq!(query.meta.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert_eq!(query.metrics["_dd.measured"], 1.0);
}

#[test]
fn each_statement_is_one_span() {
    let spans = spans(|| {
        let mut cafe = cafe();
        diesel::insert_into(donuts::table).values(donuts::name.eq("mocha")).execute(&mut cafe).unwrap();
        donuts::table.count().get_result::<i64>(&mut cafe).unwrap();
        diesel::sql_query("DELETE FROM donuts").execute(&mut cafe).unwrap();
        diesel::connection::SimpleConnection::batch_execute(&mut cafe, "SELECT 1; SELECT 2").unwrap();
        donuts::table.select(donuts::id).first::<i32>(&mut cafe).unwrap_err();
    });
    let expected = [
        ("Query", "INSERT INTO `donuts` (`name`) VALUES (?)"),
        ("Query", "SELECT COUNT(*) FROM `donuts`"),
        ("Query", "DELETE FROM donuts"),
        ("Query", "SELECT 1; SELECT 2"),
        ("Query", "SELECT `donuts`.`id` FROM `donuts` LIMIT ?"),
    ];
    assert_eq!(resources(&spans), expected);
    // That there is no first row is an answer.
    assert!(spans.iter().all(|span| !span.error));
}

#[test]
fn a_failing_query_tells_type_and_message() {
    let spans = spans(|| {
        let mut cafe = cafe();
        diesel::sql_query("SELECT price FROM donuts").execute(&mut cafe).unwrap_err();
        diesel::insert_into(donuts::table).values(donuts::name.eq("jelly")).execute(&mut cafe).unwrap_err();
    });
    for (span, message) in spans.iter().skip(1).zip(["no such column: price", "UNIQUE constraint failed: donuts.name"])
    {
        assert!(span.error);
        assert_eq!(span.meta["error.type"], "diesel::result::Error");
        assert_eq!(span.meta["error.message"], message);
    }
    assert_eq!(spans.len(), 3);
}

#[test]
fn transactions_show_their_beginning_and_how_they_ended() {
    let spans = spans(|| {
        let mut cafe = cafe();
        cafe.transaction(|cafe| {
            diesel::sql_query("SELECT 1").execute(cafe)?;
            cafe.transaction(|_| Err::<(), _>(diesel::result::Error::RollbackTransaction)).unwrap_err();
            QueryResult::Ok(())
        })
        .unwrap();
        cafe.transaction(|_| Err::<(), _>(diesel::result::Error::NotFound)).unwrap_err();
    });
    let expected = [
        ("Begin", "Begin"),
        ("Query", "SELECT 1"),
        ("Begin", "Begin"),
        ("Rollback", "Rollback"),
        ("Commit", "Commit"),
        ("Begin", "Begin"),
        ("Rollback", "Rollback"),
    ];
    assert_eq!(resources(&spans), expected);
    assert!(spans.iter().skip(1).all(|span| span.parent_id == spans[0].span_id));
}

#[test]
fn a_load_that_is_given_up_ends_its_span() {
    let spans = spans(|| {
        let mut cafe = cafe();
        let mut names = donuts::table
            .select(donuts::name)
            .load_iter::<String, diesel::connection::DefaultLoadingMode>(&mut cafe)
            .unwrap();
        names.next().unwrap().unwrap();
        drop(names);
        tracehound::span("after").start().finish();
    });
    assert_eq!(spans.len(), 3);
    assert!(spans[1].start_ns + spans[1].duration_ns <= spans[2].start_ns);
}

#[test]
fn the_service_is_the_applications_unless_the_connection_is_given_one() {
    let spans = spans(|| {
        let mut cafe = cafe();
        let tracing = Tracing::of(&cafe).service("cafe-db");
        cafe.set_instrumentation(tracing);
        diesel::sql_query("SELECT 1").execute(&mut cafe).unwrap();
    });
    assert_eq!((&*spans[1].service, &*spans[1].meta["_dd.svc_src"]), ("cafe-db", "diesel"));
}

#[test]
fn outside_of_any_trace_a_query_is_one_of_the_connections_tracer() {
    let memory = InMemory::new(&[]);
    let mut cafe = cafe();
    let tracing = Tracing::of(&cafe).tracer(memory.tracer());
    cafe.set_instrumentation(tracing);
    diesel::sql_query("SELECT 1").execute(&mut cafe).unwrap();
    let spans = memory.take().spans();
    assert_eq!((spans.len(), &*spans[0].resource, spans[0].parent_id), (1, "SELECT 1", 0));
}
