//! Tracing of all connections of the process: in a process of its own, since other tests open connections too.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use diesel::prelude::*;
use tracehound::testing::{self, FinishedSpan};
use tracehound_diesel::Tracing;

fn told(spans: &[FinishedSpan]) -> Vec<(&str, &str, Option<&str>)> {
    spans.iter().map(|span| (&*span.name, &*span.resource, span.meta.get("db.name").map(String::as_str))).collect()
}

#[test]
fn every_connection_opened_later_is_traced_from_its_opening_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cafe.db");
    let mut before = SqliteConnection::establish(":memory:").unwrap();

    tracehound_diesel::install();
    let traces = testing::capture(|| {
        diesel::sql_query("SELECT 0").execute(&mut before).unwrap();
        let mut cafe = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        diesel::sql_query("SELECT 1").execute(&mut cafe).unwrap();
    });
    let expected = [("sqlite.query", "Connect", Some("cafe.db")), ("sqlite.query", "SELECT 1", Some("cafe.db"))];
    assert_eq!(told(&traces.spans()), expected);

    tracehound_diesel::install_with(Tracing::new().service("cafe-db"));
    let traces = testing::capture(|| {
        SqliteConnection::establish("/nowhere/to/be/found/cafe.db").err().unwrap();
    });
    let [failed] = &traces.spans()[..] else { panic!("{traces:?}") };
    assert_eq!((&*failed.service, &*failed.resource, failed.error), ("cafe-db", "Connect", true));
    assert_eq!(failed.meta["error.type"], "diesel::result::ConnectionError");
    assert!(failed.meta["error.message"].contains("unable to open"), "{failed:?}");
}
