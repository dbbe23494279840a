//! What tests and drills share: the program as a child process, a client to talk to it, traces to send, and the ledger of
//! what it promised to keep.
//!
//! Nothing here is shipped. Randomness and times come in as seeds and numbers, so that a run can be repeated.
#![allow(clippy::disallowed_methods, reason = "runs the real program on real files, beside it and not within")]

mod client;
mod process;
mod server;
#[cfg(feature = "traces")]
pub mod traces;

pub use client::{Answer, Client};
pub use process::{Usage, interrupt, terminate, wait_for_exit};
pub use server::{Ended, Server};
