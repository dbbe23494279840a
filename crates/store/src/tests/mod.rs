//! The store over simulated files, without threads: every step of it is one call.

mod crashes;
mod support;
mod troubles;
