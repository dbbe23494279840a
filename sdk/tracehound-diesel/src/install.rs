//! Tracing of all connections, whoever opens them.

use std::sync::{PoisonError, RwLock};

use diesel::connection::{Instrumentation, set_default_instrumentation};

use crate::tracing::Tracing;

/// What new connections are traced like. Diesel asks a plain function, which can only look here.
static MODEL: RwLock<Option<Tracing>> = RwLock::new(None);

/// Traces all connections that are opened from now on.
///
/// ```
/// use diesel::prelude::*;
///
/// tracehound_diesel::install();
/// let cafe = SqliteConnection::establish(":memory:").unwrap();
/// ```
pub fn install() {
    install_with(Tracing::new());
}

/// Traces all connections that are opened from now on, like `model`.
///
/// ```
/// use tracehound_diesel::Tracing;
///
/// tracehound_diesel::install_with(Tracing::new().service("orders-db"));
/// ```
pub fn install_with(model: Tracing) {
    *MODEL.write().unwrap_or_else(PoisonError::into_inner) = Some(model);
    // It fails only if another thread panicked while it did the same; then connections are as they were.
    let _ = set_default_instrumentation(for_a_new_connection);
}

fn for_a_new_connection() -> Option<Box<dyn Instrumentation>> {
    let model = MODEL.read().unwrap_or_else(PoisonError::into_inner);
    model.as_ref().map(|model| Box::new(model.again()) as Box<dyn Instrumentation>)
}
