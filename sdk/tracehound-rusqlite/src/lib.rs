//! Traces queries made with rusqlite.
