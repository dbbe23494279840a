//! Somebody who keeps batches in memory, and refuses, is slow or panics as told.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tracehound_model::Batch;
use tracehound_receive::{Accept, Receipt, Refused, Room};

/// What it was told to do, and what it has.
#[derive(Default)]
pub(crate) struct Keeper(Mutex<State>);

#[derive(Default)]
struct State {
    refuse_at_check: Option<Refused>,
    refuse: Option<Refused>,
    panic: bool,
    delay: Duration,
    hold_rooms: bool,
    batches: Vec<Batch>,
    rooms: Vec<Room>,
}

impl Keeper {
    pub(crate) fn refuse_at_check(&self, reason: Option<Refused>) {
        self.0.lock().refuse_at_check = reason;
    }

    pub(crate) fn refuse(&self, reason: Option<Refused>) {
        self.0.lock().refuse = reason;
    }

    pub(crate) fn panic(&self, panic: bool) {
        self.0.lock().panic = panic;
    }

    /// Takes so long to accept.
    pub(crate) fn delay(&self, delay: Duration) {
        self.0.lock().delay = delay;
    }

    /// Holds the room of batches from now on, as if they were never published.
    pub(crate) fn hold_rooms(&self) {
        self.0.lock().hold_rooms = true;
    }

    /// Gives back what it held.
    pub(crate) fn give_rooms_back(&self) {
        self.0.lock().rooms.clear();
    }

    /// Number of spans it has.
    pub(crate) fn spans(&self) -> usize {
        self.0.lock().batches.iter().map(|batch| batch.rows() as usize).sum()
    }

    /// Number of batches it has.
    pub(crate) fn batches(&self) -> usize {
        self.0.lock().batches.len()
    }

    /// Services of the spans it has, in order.
    pub(crate) fn services(&self) -> Vec<String> {
        let state = self.0.lock();
        let spans = state.batches.iter().flat_map(|batch| (0..batch.rows()).map(|row| batch.span(row)));
        spans.map(|span| span.service().to_owned()).collect()
    }
}

/// A keeper that the test still knows. `Accept` is foreign here, so the door takes this.
pub(crate) struct Shared(pub(crate) Arc<Keeper>);

impl Accept for Shared {
    fn check(&self) -> Result<(), Refused> {
        self.0.0.lock().refuse_at_check.map_or(Ok(()), Err)
    }

    async fn accept(&self, batch: Batch, room: Room) -> Result<Receipt, Refused> {
        let delay = self.0.0.lock().delay;
        tokio::time::sleep(delay).await;
        let mut state = self.0.0.lock();
        if let Some(reason) = state.refuse {
            return Err(reason);
        }
        assert!(!state.panic, "told to");
        assert_eq!(room.bytes(), batch.bytes(), "the room is that of the batch");
        if state.hold_rooms {
            state.rooms.push(room);
        }
        state.batches.push(batch);
        Ok(Receipt)
    }
}
