//! Traces queries made with sqlx.
