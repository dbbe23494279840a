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

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_slot_is_free_again_when_it_is_dropped() {
        let admission = Admission::new(1, Budget::new(100, Default::default()), SHORT);
        let slot = admission.slot().await.unwrap();
        assert!(matches!(admission.slot().await, Err(Error::NoSlot { waited: SHORT })));
        drop(slot);
        assert!(admission.slot().await.is_ok());
    }

    #[tokio::test]
    async fn nobody_decodes_while_the_budget_is_overdrawn() {
        let budget = Budget::new(100, Default::default());
        let admission = Admission::new(1, budget.clone(), SHORT);
        let mut room = budget.room();
        room.resize(101);
        assert!(matches!(admission.slot().await, Err(Error::NoSlot { .. })));
        room.resize(100);
        assert!(admission.slot().await.is_ok());
    }
}
