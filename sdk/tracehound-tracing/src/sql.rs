//! The zero-code way to spans of SQL statements: sqlx tells of each one in an event when it has ended.
//!
//! ```text
//! sqlx::query  DEBUG  summary="SELECT name FROM donuts …" db.statement="\n\nSELECT name FROM donuts WHERE id = ?\n"
//!                     rows_affected=0 rows_returned=1 elapsed=1.2ms elapsed_secs=0.0012
//! ```
//!
//! A statement of at most four words stands in `summary` alone. A slow one comes with a level of its own.

use std::fmt::Debug;
use std::time::Duration;

use tracehound::integration::sql::{Database, changes_rows};
use tracing::Event;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;

/// The target of sqlx's events, and of the mark that `tracehound-sqlx` leaves.
pub(crate) const TARGET: &str = "sqlx::query";

/// The level of the events, unless the application chose another.
pub(crate) const LEVEL: LevelFilter = LevelFilter::DEBUG;

/// Makes a finished span of an event, below the current span. Statements outside of any trace make none: those are mostly the driver's
/// own, when it opens a connection.
pub(crate) fn record(database: &Database, event: &Event<'_>) {
    if !tracehound::current_span().is_enabled() {
        return;
    }
    let mut told = Told::default();
    event.record(&mut told);
    let statement = match told.statement.trim() {
        "" => told.summary.trim(),
        whole => whole,
    };
    let rows = if changes_rows(statement) { told.rows_affected } else { told.rows_returned };
    database.record(statement, rows, told.elapsed);
}

#[derive(Default)]
struct Told {
    summary: String,
    statement: String,
    rows_affected: Option<u64>,
    rows_returned: Option<u64>,
    elapsed: Duration,
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, text: &str) {
        match field.name() {
            "summary" => text.clone_into(&mut self.summary),
            "db.statement" => text.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, number: u64) {
        match field.name() {
            "rows_affected" => self.rows_affected = Some(number),
            "rows_returned" => self.rows_returned = Some(number),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, number: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed = Duration::try_from_secs_f64(number).unwrap_or_default();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
