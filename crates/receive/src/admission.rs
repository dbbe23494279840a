//! Who may decode: a few at a time, so that decoding leaves cores and memory for the rest of the work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::Error;
use crate::budget::Budget;

/// Hands out decode slots.
#[derive(Debug)]
pub(crate) struct Admission {
    slots: Arc<Semaphore>,
    budget: Arc<Budget>,
    wait: Duration,
}

/// The right to decode one body, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Admission {
    pub(crate) fn new(slots: usize, budget: Arc<Budget>, wait: Duration) -> Admission {
        Admission { slots: Arc::new(Semaphore::new(slots)), budget, wait }
    }

    /// Waits for a slot, and for memory that the bodies before may have overdrawn.
    pub(crate) async fn slot(&self) -> Result<Slot, Error> {
        let admitted = async {
            let slot = self.slots.clone().acquire_owned().await;
            self.budget.until_paid().await;
            slot
        };
        match timeout(self.wait, admitted).await {
            Ok(Ok(permit)) => Ok(Slot(permit)),
            Ok(Err(_)) | Err(_) => Err(Error::NoSlot { waited: self.wait }),
        }
    }
}
