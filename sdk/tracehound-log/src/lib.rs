//! Writes trace ids into the records of the log crate.
