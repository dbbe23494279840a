//! The real program as a child process, a small HTTP client, and numbered traces.
#![allow(dead_code, reason = "every test file uses another part")]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

pub(crate) mod client;
pub(crate) mod server;
pub(crate) mod traces;
