//! The agent's front door: what tracers talk to on port 8126.
//!
//! A request meets, in this order:
//!
//! ```text
//! listener      accepts, within a limit of connections and of time
//! routes        few and exact; the rest is 404 and counted
//! body          at most the cap, its bytes taken from the budget as they arrive
//! admission     a decode slot, once the body is whole
//! process       decode and pipeline, on a thread that may block
//! Accept        durable and visible: the one edge that points out of here
//! answer        one table of statuses
//! ```
//!
//! The promise is that 200 means kept. Whoever cannot be served in time is told so within 1.5 s of its last byte, because
//! clients give up at 2 s and send again; a batch that was refused for lateness may still become durable.
//!
//! [`serve`] knows nothing of traces and serves other doors as well.

mod accept;
mod activity;
mod admission;
mod answer;
mod body;
mod budget;
mod clean_path;
mod connection;
mod error;
mod headers;
mod listener;
mod media_type;
mod options;
mod process;
mod receiver;
mod record;
mod routes;

pub use crate::accept::{Accept, Receipt, Refused};
pub use crate::budget::Room;
pub use crate::error::{Error, ErrorKind};
pub use crate::listener::{Limits, serve};
pub use crate::options::Options;
pub use crate::receiver::Receiver;
