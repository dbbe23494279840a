//! What sqlx logs of a traced statement leads to that statement's span. In a process of its own: SQLite's lines come from threads that only
//! a global subscriber hears.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use support::Lines;
use tracehound::testing::InMemory;
use tracehound_tracing::correlated;
use tracing::level_filters::LevelFilter;
use tracing::{Instrument, info_span};
use tracing_subscriber::fmt::{format, layer};
use tracing_subscriber::prelude::*;

#[test]
fn the_line_of_a_slow_statement_has_the_ids_of_its_span() {
    let (lines, full, compact) = (Lines::default(), Lines::default(), Lines::default());
    let json = layer().with_writer(lines.clone()).event_format(tracehound_tracing::json());
    let full_text = layer().with_ansi(false).with_writer(full.clone());
    let full_text = full_text.event_format(correlated(format().without_time()));
    let compact_text = layer().with_ansi(false).with_writer(compact.clone());
    let compact_text = compact_text.event_format(correlated(format().without_time().compact()));
    tracing_subscriber::registry()
        .with(tracehound_tracing::layer())
        .with(json.with_filter(LevelFilter::INFO))
        .with(full_text.with_filter(LevelFilter::INFO))
        .with(compact_text.with_filter(LevelFilter::INFO))
        .init();
    let memory = InMemory::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(memory.scope_async(async {
        let options = SqliteConnectOptions::new().log_slow_statements("warn".parse().unwrap(), Duration::ZERO);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        let traced = tracehound_sqlx::wrap(pool.clone());
        let request = async {
            sqlx::query("SELECT 1").fetch_one(&traced).await.unwrap();
            sqlx::query("SELECT 2").fetch_all(&traced).await.unwrap();
        };
        request.instrument(info_span!("request")).await;
        sqlx::query("SELECT 3").fetch_one(&traced).await.unwrap();
        // Whoever closes a connection waits for its thread, and that for what it told.
        pool.close().await;
    }));

    let spans = memory.take().spans();
    let lines = lines.json();
    for statement in ["SELECT 1", "SELECT 2"] {
        let span = spans.iter().find(|span| span.resource == statement).unwrap();
        let line = lines.iter().find(|line| line["summary"] == statement).unwrap();
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["dd.span_id"], span.span_id.to_string());
        assert!(line["dd.trace_id"].as_str().unwrap().ends_with(&format!("{:016x}", span.trace_id)), "{line}");
    }
    // The mark of a statement that has its span is nothing to tell.
    for text in [full.text(), compact.text()] {
        let of = |statement: &str| text.lines().find(|line| line.contains(statement)).unwrap();
        assert!(of("SELECT 1").contains("]  WARN request: sqlx::query: slow statement"), "{text}");
        assert!(of("SELECT 3").contains("]  WARN sqlx::query: slow statement"), "{text}");
        assert!(!text.contains("tracehound.sql"), "{text}");
    }
    assert!(!lines.iter().any(|line| line.to_string().contains("tracehound.sql")), "{lines:?}");
}
