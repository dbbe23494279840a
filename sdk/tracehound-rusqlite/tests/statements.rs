//! Statements run through rusqlite, and the spans they make.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, DropBehavior, TransactionBehavior};
use tracehound::testing::{FinishedSpan, InMemory};
use tracehound_rusqlite::{Handle, Traced};

/// A connection to a database with the table `donuts`.
fn cafe() -> Traced<Connection> {
    let connection = Connection::open_in_memory().unwrap();
    let setup = "CREATE TABLE donuts (id INTEGER PRIMARY KEY, name TEXT UNIQUE); \
                 INSERT INTO donuts (name) VALUES ('glazed'), ('jelly'), ('mocha')";
    connection.execute_batch(setup).unwrap();
    tracehound_rusqlite::wrap(connection)
}

/// The spans that `work` makes below a span `request`, which comes first.
fn spans(work: impl FnOnce(Traced<Connection>)) -> Vec<FinishedSpan> {
    let memory = InMemory::new(&[("DD_SERVICE", "shop")]);
    let cafe = cafe();
    memory.scope(|| tracehound::span("request").start().in_scope(|| work(cafe)));
    memory.take().spans()
}

/// Kind, resource and rows of each span but the first.
fn told(spans: &[FinishedSpan]) -> Vec<(&str, &str, Option<f64>)> {
    let rows = |span: &FinishedSpan| span.metrics.get("db.row_count").copied();
    spans.iter().skip(1).map(|span| (&*span.meta["sql.query_type"], &*span.resource, rows(span))).collect()
}

#[test]
fn a_query_is_a_span_with_datadogs_names() {
    let spans = spans(|cafe| {
        let name: String = cafe.query_row("SELECT name FROM donuts WHERE id = ?1", [2], |row| row.get(0)).unwrap();
        assert_eq!(name, "jelly");
    });
    let [request, query] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((&*query.name, &*query.resource), ("sqlite.query", "SELECT name FROM donuts WHERE id = ?1"));
    assert_eq!((&*query.service, &*query.span_type), ("shop", "sql"));
    assert_eq!((query.parent_id, query.error), (request.span_id, false));
    for (key, value) in
        [("component", "rusqlite"), ("span.kind", "client"), ("db.system", "sqlite"), ("db.name", ":memory:")]
    {
        assert_eq!(query.meta.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert_eq!(query.metrics["_dd.measured"], 1.0);
}

#[test]
fn every_way_to_ask_makes_one_span_with_its_rows() {
    let spans = spans(|cafe| {
        cafe.execute("INSERT INTO donuts (name) VALUES ('maple'), ('plain')", []).unwrap();
        // SQLite would still tell the two of before.
        cafe.execute("CREATE TABLE beers (name TEXT)", []).unwrap();
        cafe.execute_batch("DELETE FROM beers; DELETE FROM beers").unwrap();
        cafe.query_one("SELECT 1", [], |row| row.get::<_, i64>(0)).unwrap();
        cafe.query_row_and_then("SELECT 2", [], |row| row.get::<_, i64>(0)).unwrap();

        let mut statement = cafe.prepare("SELECT id FROM donuts WHERE id > ?1").unwrap();
        assert!(statement.exists([0]).unwrap());
        assert_eq!(statement.query_map([2], |row| row.get::<_, i64>(0)).unwrap().count(), 3);
        assert_eq!(statement.query_and_then([3], |row| row.get::<_, i64>(0)).unwrap().count(), 2);
        let mut insert = cafe.prepare_cached("INSERT INTO beers VALUES (?1)").unwrap();
        assert_eq!(insert.insert(["stout"]).unwrap(), 1);
        assert_eq!(insert.execute(["porter"]).unwrap(), 1);
    });
    let expected = [
        ("Exec", "INSERT INTO donuts (name) VALUES ('maple'), ('plain')", Some(2.0)),
        ("Exec", "CREATE TABLE beers (name TEXT)", None),
        ("Exec", "DELETE FROM beers; DELETE FROM beers", None),
        ("Query", "SELECT 1", Some(1.0)),
        ("Query", "SELECT 2", Some(1.0)),
        ("Query", "SELECT id FROM donuts WHERE id > ?1", Some(1.0)),
        ("Query", "SELECT id FROM donuts WHERE id > ?1", Some(3.0)),
        ("Query", "SELECT id FROM donuts WHERE id > ?1", Some(2.0)),
        ("Exec", "INSERT INTO beers VALUES (?1)", Some(1.0)),
        ("Exec", "INSERT INTO beers VALUES (?1)", Some(1.0)),
    ];
    assert_eq!(told(&spans), expected);
    assert!(spans.iter().skip(1).all(|span| span.parent_id == spans[0].span_id));
}

#[test]
fn errors_of_the_database_are_errors_of_the_span() {
    let spans = spans(|cafe| {
        cafe.execute("INSERT INTO donuts (name) VALUES ('jelly')", []).unwrap_err();
        cafe.prepare("SELECT price FROM donuts").err().unwrap();
        cafe.execute("DELETE FROM donuts WHERE id = ?1", []).unwrap_err();
        let mut rows = cafe.prepare("SELECT abs(-9223372036854775808)").unwrap();
        rows.query([]).unwrap().next().unwrap_err();
    });
    let messages =
        ["UNIQUE constraint failed", "no such column: price", "Wrong number of parameters", "integer overflow"];
    assert_eq!(spans.len(), 1 + messages.len());
    for (span, message) in spans.iter().skip(1).zip(messages) {
        assert!(span.error && span.meta["error.message"].contains(message), "{span:?}");
        assert_eq!(span.meta["error.type"], "rusqlite::error::Error");
    }
    assert_eq!(spans[2].meta["sql.query_type"], "Prepare");
}

#[test]
fn rows_too_few_or_too_many_and_values_of_other_types_are_answers() {
    let spans = spans(|cafe| {
        cafe.query_row("SELECT 1 WHERE 0", [], |row| row.get::<_, i64>(0)).unwrap_err();
        cafe.query_one("SELECT id FROM donuts", [], |row| row.get::<_, i64>(0)).unwrap_err();
        cafe.query_row("SELECT 'tea'", [], |row| row.get::<_, i64>(0)).unwrap_err();
    });
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|span| !span.error), "{spans:?}");
}

#[test]
fn a_query_lasts_until_its_rows_are_used_up_or_dropped() {
    let spans = spans(|cafe| {
        let mut statement = cafe.prepare("SELECT id FROM donuts").unwrap();
        let mut rows = statement.query([]).unwrap();
        rows.next().unwrap().unwrap();
        tracehound::span("during").start().finish();
        drop(rows);
        let mut rows = statement.query([]).unwrap();
        while rows.next().unwrap().is_some() {}
        tracehound::span("after").start().finish();
        assert!(rows.next().unwrap().is_none());
    });
    let of = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let queries: Vec<&FinishedSpan> = spans.iter().filter(|span| span.name == "sqlite.query").collect();
    let end = |span: &FinishedSpan| span.start_ns + span.duration_ns;
    assert!(end(queries[0]) >= end(of("during")) && end(queries[1]) <= of("after").start_ns);
    assert_eq!(queries.iter().map(|span| span.metrics["db.row_count"]).collect::<Vec<_>>(), [1.0, 3.0]);
    // The query is current while SQLite works, not while the application does.
    assert_eq!(of("during").parent_id, spans[0].span_id);
}

#[test]
fn functions_of_the_application_are_inside_of_the_query_that_calls_them() {
    let spans = spans(|cafe| {
        cafe.create_scalar_function("price", 1, FunctionFlags::SQLITE_UTF8, |_| {
            tracehound::span("price").start().finish();
            Ok(3)
        })
        .unwrap();
        cafe.query_row("SELECT price(name) FROM donuts", [], |row| row.get::<_, i64>(0)).unwrap();
    });
    let query = spans.iter().find(|span| span.name == "sqlite.query").unwrap();
    let price = spans.iter().find(|span| span.name == "price").unwrap();
    assert_eq!(price.parent_id, query.span_id);
}

#[test]
fn transactions_show_their_beginning_and_how_they_ended() {
    let spans = spans(|mut cafe| {
        let mut transaction = cafe.transaction().unwrap();
        transaction.execute("DELETE FROM donuts", []).unwrap();
        let savepoint = transaction.savepoint().unwrap();
        savepoint.execute("DELETE FROM donuts", []).unwrap();
        savepoint.commit().unwrap();
        transaction.commit().unwrap();

        cafe.transaction_with_behavior(TransactionBehavior::Immediate).unwrap().rollback().unwrap();
        drop(cafe.transaction().unwrap());
        let mut kept = cafe.transaction().unwrap();
        kept.set_drop_behavior(DropBehavior::Commit);
        kept.execute("CREATE TABLE beers (name TEXT)", []).unwrap();
        kept.finish().unwrap();
        cafe.execute("INSERT INTO beers VALUES ('stout')", []).unwrap();
        cafe.unchecked_transaction().unwrap().commit().unwrap();
    });
    let kinds: Vec<&str> = told(&spans).iter().map(|(kind, ..)| *kind).collect();
    let expected =
        "Begin Exec Begin Exec Commit Commit Begin Rollback Begin Rollback Begin Exec Commit Exec Begin Commit";
    assert_eq!(kinds.join(" "), expected);
    assert!(spans.iter().all(|span| !span.error));
}

#[test]
fn a_commit_that_fails_is_an_error_and_then_rolled_back() {
    let spans = spans(|mut cafe| {
        cafe.execute_batch(
            "PRAGMA foreign_keys = 1; CREATE TABLE orders (donut REFERENCES donuts (id) DEFERRABLE INITIALLY DEFERRED)",
        )
        .unwrap();
        let transaction = cafe.transaction().unwrap();
        transaction.execute("INSERT INTO orders VALUES (99)", []).unwrap();
        transaction.commit().unwrap_err();
        assert!(cafe.is_autocommit());
    });
    let ends: Vec<(&str, bool)> = spans.iter().rev().take(2).map(|span| (&*span.resource, span.error)).collect();
    assert_eq!(ends, [("Rollback", false), ("Commit", true)]);
}

#[test]
fn functions_over_any_handle_take_connections_and_transactions() {
    fn count<C: Handle>(cafe: &Traced<C>) -> i64 {
        cafe.query_row("SELECT count(*) FROM donuts", [], |row| row.get(0)).unwrap()
    }
    let spans = spans(|mut cafe| {
        assert_eq!(count(&cafe), 3);
        assert_eq!(count(&cafe.transaction().unwrap()), 3);
        let plain = cafe.into_inner();
        assert_eq!(count(&tracehound_rusqlite::wrap(&plain)), 3);
    });
    assert_eq!(spans.iter().filter(|span| span.resource.starts_with("SELECT count")).count(), 3);
}

#[test]
fn the_service_is_the_applications_unless_the_connection_is_given_one() {
    let spans = spans(|cafe| {
        let mut cafe = cafe.service("cafe-db");
        cafe.transaction().unwrap().execute("DELETE FROM donuts", []).unwrap();
    });
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().skip(1).all(|span| span.service == "cafe-db" && span.meta["_dd.svc_src"] == "rusqlite"));
}

#[test]
fn outside_of_any_trace_a_statement_is_one_of_the_connections_tracer() {
    let memory = InMemory::new(&[]);
    cafe().tracer(memory.tracer()).execute("DELETE FROM donuts", []).unwrap();
    let spans = memory.take().spans();
    assert_eq!((spans.len(), &*spans[0].resource, spans[0].parent_id), (1, "DELETE FROM donuts", 0));
}
