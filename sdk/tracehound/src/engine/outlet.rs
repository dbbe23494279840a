//! Where finished chunks go: to the sender, or into memory for tests.

use std::sync::{Arc, PoisonError};

use crate::agent::{Sender, SenderOptions};
use crate::sync::Mutex;

pub(crate) enum Outlet {
    Agent(Arc<Sender>),
    /// Chunks as they would be sent, each an array of spans.
    Memory(Mutex<Vec<Vec<u8>>>),
}

impl Outlet {
    pub(super) fn agent(options: SenderOptions) -> Outlet {
        Outlet::Agent(Sender::start(options))
    }

    pub(super) fn memory() -> Outlet {
        Outlet::Memory(Mutex::default())
    }

    pub(crate) fn sender(&self) -> Option<&Arc<Sender>> {
        match self {
            Outlet::Agent(sender) => Some(sender),
            Outlet::Memory(_) => None,
        }
    }

    /// Hands over one encoded chunk, in pieces.
    pub(crate) fn push(&self, pieces: &[&[u8]], spans: u32) {
        match self {
            // What does not fit is counted there.
            Outlet::Agent(sender) => {
                sender.push(pieces, spans);
            }
            Outlet::Memory(chunks) => chunks.lock().unwrap_or_else(PoisonError::into_inner).push(pieces.concat()),
        }
    }

    pub(crate) fn push_stats(&self, records: &[u8]) {
        if let (Outlet::Agent(sender), false) = (self, records.is_empty()) {
            sender.push_stats(records);
        }
    }

    /// Calls for the sender, so that it asks the agent what that wishes. False if it never will, because it was stopped.
    pub(crate) fn call(&self) -> bool {
        match self {
            Outlet::Agent(sender) => sender.call(),
            Outlet::Memory(_) => true,
        }
    }

    /// Starts the sender if it was called for. For callers that lock no trace.
    #[inline]
    pub(crate) fn begin(&self) {
        if let Outlet::Agent(sender) = self {
            sender.begin();
        }
    }

    /// Counts a trace that there was no room for.
    pub(crate) fn count_lost(&self, spans: u32) {
        if let Outlet::Agent(sender) = self {
            sender.count_lost(1, spans);
        }
    }

    /// Counts spans of a rejected trace that are not sent, and the trace if they are all it has.
    pub(crate) fn count_rejected(&self, whole: bool, spans: u32) {
        if let Outlet::Agent(sender) = self {
            sender.dropped_p0(u32::from(whole), spans);
        }
    }

    /// What was kept in memory so far.
    pub(crate) fn take_memory(&self) -> Vec<Vec<u8>> {
        match self {
            Outlet::Agent(_) => Vec::new(),
            Outlet::Memory(chunks) => std::mem::take(&mut *chunks.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}
