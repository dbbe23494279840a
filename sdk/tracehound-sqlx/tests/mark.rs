//! sqlx tells each statement in a `tracing` event as well. Those of traced statements must be known as such, on whatever thread they are
//! told. In a process of its own: SQLite's events come from threads that only a global subscriber hears.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, Mutex};

use tracehound::integration::sql;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The statements that sqlx told, and whether each stood in the mark.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(String, bool)>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Told {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut summary = Summary::default();
            event.record(&mut summary);
            let mut scope = context.event_scope(event).into_iter().flatten();
            self.0.lock().unwrap().push((summary.0, scope.any(|span| span.name() == sql::MARK)));
        }
    }
}

#[derive(Default)]
struct Summary(String);

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.0 = value.to_owned();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[test]
fn what_sqlx_tells_of_a_traced_statement_stands_in_the_mark() {
    let told = Told::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(told.clone())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
        let plain = options.connect("sqlite::memory:").await.unwrap();
        let traced = tracehound_sqlx::wrap(plain.clone());
        told.0.lock().unwrap().clear();

        sqlx::query("SELECT 1").fetch_one(&traced).await.unwrap();
        sqlx::query("SELECT 2").fetch_all(&traced).await.unwrap();
        sqlx::query("SELECT 3").execute(&traced).await.unwrap();
        drop(sqlx::query("SELECT 4 UNION SELECT 5").fetch(&traced));
        let mut transaction = traced.begin().await.unwrap();
        sqlx::query("SELECT 6").fetch_optional(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        sqlx::query("SELECT 7").fetch_one(&plain).await.unwrap();
        // Whoever closes a connection waits for its thread, and that for what it told.
        plain.close().await;
    });
    let told: Vec<(String, bool)> = told.0.lock().unwrap().clone();
    let (plain, marked): (Vec<_>, Vec<_>) = told.iter().partition(|(statement, _)| statement == "SELECT 7");
    assert_eq!(plain, [&("SELECT 7".to_owned(), false)]);
    assert!(marked.len() >= 4 && marked.iter().all(|(_, marked)| *marked), "{told:?}");
}
