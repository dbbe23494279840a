//! Facts of connections and statements as tables.

use std::time::Duration;

use super::url::Target;
use super::{Database, Operation, System, changes_rows};
use crate::testing;

fn target(system: System, name: Option<&str>, user: Option<&str>, host: Option<&str>, port: Option<u16>) -> Target {
    Target {
        system: Some(system),
        name: name.map(str::to_owned),
        user: user.map(str::to_owned),
        host: host.map(str::to_owned),
        port,
    }
}

#[test]
fn the_text_of_a_connection_tells_where_it_leads_and_never_the_password() {
    use System::{MySql, Other, Postgres, Sqlite};
    let table = [
        (
            "postgres://waiter:s3cret@db.example:5432/orders",
            target(Postgres, Some("orders"), Some("waiter"), Some("db.example"), Some(5432)),
        ),
        ("postgresql://db.example", target(Postgres, None, None, Some("db.example"), None)),
        (
            "postgres:///orders?host=/run/postgresql&user=waiter",
            target(Postgres, Some("orders"), Some("waiter"), Some("/run/postgresql"), None),
        ),
        ("postgres://u:p@ss@h/d", target(Postgres, Some("d"), Some("u"), Some("h"), None)),
        ("postgres://one.example:1,two.example:2/d", target(Postgres, Some("d"), None, Some("one.example"), Some(1))),
        ("postgres://waiter%40server:x@h/d", target(Postgres, Some("d"), Some("waiter@server"), Some("h"), None)),
        ("postgres://%2Frun%2Fpostgresql/d", target(Postgres, Some("d"), None, Some("/run/postgresql"), None)),
        ("postgres://[fe80::1%25eth0]/my db", target(Postgres, Some("my db"), None, Some("fe80::1%eth0"), None)),
        ("postgres://h/d?options[geqo]=off&application_name=a", target(Postgres, Some("d"), None, Some("h"), None)),
        ("postgres://::1/d", target(Postgres, Some("d"), None, Some("::1"), None)),
        ("postgres://[::1]:5433/d", target(Postgres, Some("d"), None, Some("::1"), Some(5433))),
        ("postgres://caf%C3%A9:x@h/%64b", target(Postgres, Some("db"), Some("café"), Some("h"), None)),
        ("postgres://h:99999/d", target(Postgres, Some("d"), None, Some("h"), None)),
        ("mysql://root@127.0.0.1:3306/test", target(MySql, Some("test"), Some("root"), Some("127.0.0.1"), Some(3306))),
        ("mariadb://h/d", target(MySql, Some("d"), None, Some("h"), None)),
        ("mssql://h/d", target(Other, Some("d"), None, Some("h"), None)),
        (
            "host=db.example port=5432 user=waiter password=s3cret dbname='orders'",
            target(Postgres, Some("orders"), Some("waiter"), Some("db.example"), Some(5432)),
        ),
        ("sqlite:///var/lib/cafe.db?mode=rwc", target(Sqlite, Some("cafe.db"), None, None, None)),
        ("sqlite:cafe.db", target(Sqlite, Some("cafe.db"), None, None, None)),
        ("sqlite::memory:", target(Sqlite, Some(":memory:"), None, None, None)),
        ("sqlite://file:sqlx-in-memory-0?mode=memory&cache=shared", target(Sqlite, Some(":memory:"), None, None, None)),
        ("file:data/caf%20e.db?mode=ro", target(Sqlite, Some("caf e.db"), None, None, None)),
        (":memory:", target(Sqlite, Some(":memory:"), None, None, None)),
        ("data/cafe.db", target(Sqlite, Some("cafe.db"), None, None, None)),
        ("", target(Sqlite, None, None, None, None)),
    ];
    for (text, expected) in table {
        let parsed = Target::parse(text);
        assert_eq!(parsed, expected, "{text}");
        assert!(!format!("{parsed:?}").contains("s3cret"), "{text}");
    }
}

#[test]
fn nothing_is_taken_where_it_may_be_a_part_of_a_password() {
    use System::{MySql, Other, Postgres};
    let table = [
        ("postgres://waiter:s3@cret/s3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter:s3cret/s3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter:s3cret?s3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter:s3cret#s3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter:123/s3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter:1#user=s3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter:/s3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter:s3cret/orders", Some(Postgres)),
        ("postgres://waiter:s3cret", Some(Postgres)),
        ("postgres://waiter:s3cret:s3cret/orders", Some(Postgres)),
        ("postgres://waiter%3As3cret@db.example/orders", Some(Postgres)),
        ("postgres://waiter%3As3cret%40db.example/orders", Some(Postgres)),
        ("postgres://db.example/waiter:s3cret", Some(Postgres)),
        ("postgres://db.example/orders%3Fpassword=s3cret", Some(Postgres)),
        ("postgres://db.example/orders;password=s3cret", Some(Postgres)),
        ("postgres://db.example/orders?user=waiter:s3cret", Some(Postgres)),
        ("postgres://db.example/orders?host=waiter:s3cret@db.example", Some(Postgres)),
        ("postgres://[::1]s3cret/orders", Some(Postgres)),
        ("postgres://[s3cret!]/orders", Some(Postgres)),
        ("postgres:waiter:s3cret@db.example", Some(Postgres)),
        ("mysql:host=db.example;password=s3cret", Some(MySql)),
        ("sqlserver://db.example:1433;user=waiter;password=s3cret", Some(Other)),
        ("sqlserver://db.example;password=s3cret", Some(Other)),
        ("jdbc:mysql://db.example/orders", None),
        ("jdbc:mysql://db.example/orders?password=s3cret", None),
        ("host=db.example;password=s3cret", None),
        ("dbname=orders;password=s3cret", None),
        ("dbname=postgres://waiter:s3cret@db.example", None),
        ("host=db.example password='s3cret", None),
        ("password=s3cret user", None),
        ("password s3cret dbname=orders", None),
        ("waiter:s3cret@tcp(db.example:3306)", None),
        ("waiter:s3cret@db.example", None),
    ];
    for (text, system) in table {
        assert_eq!(Target::parse(text), Target { system, ..Target::default() }, "{text}");
    }
}

#[test]
fn a_password_that_stays_in_its_place_does_no_harm() {
    let expected = || target(System::Postgres, Some("orders"), Some("waiter"), Some("db.example"), None);
    for text in [
        "postgres://waiter:s3cret@s3cret@db.example/orders",
        "postgres://waiter:s3cret:s3cret@db.example/orders",
        "postgres://waiter:%2Fs3%40cret%23%3F@db.example/orders",
        "postgres://waiter:s3cret%@db.example/orders",
        "postgres://waiter:s3cret,[&=;!@db.example/orders",
        "postgres://waiter@db.example/orders?password=s3cret#s3cret",
        "host=db.example password='s3cret dbname=s3cret host=s3cret' user=waiter dbname=orders",
        r"host=db.example password='it\'s3cret dbname=s3cret' user=waiter dbname=orders",
        r"host=db.example password=s3cret\ dbname=s3cret user=waiter dbname=orders",
        "host=db.example password=x://s3cret user=waiter dbname=orders",
        " host = db.example  password = s3cret=@:/ user = waiter dbname = 'orders' ",
    ] {
        assert_eq!(Target::parse(text), expected(), "{text}");
    }
}

#[test]
fn broken_percent_encoding_stays_as_it_is() {
    for (text, name) in
        [("mysql://h/50%", "50%"), ("mysql://h/%zz", "%zz"), ("mysql://h/%f", "%f"), ("mysql://h/%ff", "\u{fffd}")]
    {
        assert_eq!(Target::parse(text).name.as_deref(), Some(name), "{text}");
    }
}

#[test]
fn statements_that_change_rows_are_told_by_their_first_word() {
    let table = [
        ("INSERT INTO t VALUES (1)", true),
        ("  update t set a = 1", true),
        ("DELETE FROM t", true),
        ("replace into t values (1)", true),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", true),
        ("-- a\n-- b\nINSERT INTO t VALUES (1)", true),
        ("/* a */ /* b */INSERT INTO t VALUES (1)", true),
        ("SELECT 1", false),
        ("CREATE TABLE insert_here (id INTEGER)", false),
        ("INSERTED", false),
        ("-- INSERT", false),
        ("/* INSERT", false),
        ("", false),
        ("(", false),
        ("é", false),
    ];
    for (statement, expected) in table {
        assert_eq!(changes_rows(statement), expected, "{statement}");
    }
}

#[test]
fn a_span_tells_what_is_known_and_nothing_else() {
    let traces = testing::capture(|| {
        drop(Database::new("my-driver").start(Operation::Begin, ""));
        let database = Database::new("my-driver").url("postgres://waiter:s3cret@db.example:5432/orders");
        drop(database.service("orders-db").start(Operation::Query, "SELECT 1"));
    });
    let [bare, full] = &traces.spans()[..] else { panic!("{traces:?}") };
    assert_eq!((&*bare.name, &*bare.resource, &*bare.meta["db.system"]), ("sql.query", "Begin", "other_sql"));
    for key in ["db.name", "db.user", "out.host", "network.destination.port", "db.row_count"] {
        assert!(!bare.meta.contains_key(key) && !bare.metrics.contains_key(key), "{key}");
    }
    assert_eq!((&*full.name, &*full.resource, &*full.service), ("postgres.query", "SELECT 1", "orders-db"));
    assert_eq!(
        (&*full.meta["db.name"], &*full.meta["db.user"], &*full.meta["out.host"]),
        ("orders", "waiter", "db.example")
    );
    assert_eq!(full.metrics["network.destination.port"], 5432.0);
    assert_eq!(full.meta["_dd.svc_src"], "my-driver");
    assert!(!format!("{full:?}").contains("s3cret"));
}

#[test]
fn a_statement_that_somebody_else_timed_is_a_finished_child_of_the_current_span() {
    let traces = testing::capture(|| {
        let _request = crate::span("request").start().entered();
        Database::new("my-driver").record("SELECT 1", Some(2), Duration::from_millis(5));
    });
    let (request, statement) = (traces.find("request").unwrap(), traces.find("sql.query").unwrap());
    assert_eq!((statement.parent_id, statement.duration_ns), (request.span_id, 5_000_000));
    assert_eq!((&*statement.resource, statement.metrics["db.row_count"]), ("SELECT 1", 2.0));
}
