//! Traces queries made with tokio-postgres.
