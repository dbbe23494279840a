//! The one inverted edge: the receiver hands batches over, the store keeps them.

use std::sync::{Arc, OnceLock};

use tokio::sync::oneshot;
use tracehound_model::Batch;
use tracehound_receive::{Accept, Receipt, Refused, Room};
use tracehound_store::{Error, ErrorKind, Store};

/// The store as the receiver sees it, from before it is open.
pub(crate) struct StoreAccept {
    /// Set once recovery is done.
    pub(crate) store: Arc<OnceLock<Arc<Store>>>,
}

impl Accept for StoreAccept {
    fn check(&self) -> Result<(), Refused> {
        let store = self.store.get().ok_or(Refused::Starting)?;
        store.health().map_err(|error| refused(&error))
    }

    async fn accept(&self, batch: Batch, room: Room) -> Result<Receipt, Refused> {
        let store = self.store.get().ok_or(Refused::Starting)?;
        let (done, outcome) = oneshot::channel();
        store.append(batch, move |result| {
            drop(room);
            // Nobody listens if the answer's deadline has passed.
            let _ = done.send(result);
        });
        match outcome.await {
            Ok(Ok(())) => Ok(Receipt),
            Ok(Err(error)) => Err(refused(&error)),
            // The store dropped the batch without a word, as it does when its threads are gone.
            Err(_) => Err(Refused::Closed),
        }
    }
}

/// Which of the receiver's refusals an error of the store is.
fn refused(error: &Error) -> Refused {
    match error.kind() {
        ErrorKind::Busy => Refused::Busy,
        ErrorKind::DiskFull => Refused::DiskFull,
        ErrorKind::Closed => Refused::Closed,
        // The receiver's limits make a batch that is too large impossible, the others are not of one batch.
        ErrorKind::Invalid | ErrorKind::Damaged | ErrorKind::Environment | ErrorKind::Bug => {
            tracing::error!(%error, "cannot keep a batch");
            Refused::Closed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_store_is_a_refusal() {
        for (error, expected) in [
            (Error::Full, Refused::Busy),
            (Error::DiskFull, Refused::DiskFull),
            (Error::Poisoned, Refused::Closed),
            (Error::Closed, Refused::Closed),
            (Error::Damaged("a frame".into()), Refused::Closed),
        ] {
            assert_eq!(refused(&error), expected, "{error}");
        }
    }

    #[test]
    fn before_the_store_is_open_nothing_is_taken() {
        let accept = StoreAccept { store: Arc::default() };
        assert_eq!(accept.check(), Err(Refused::Starting));
    }
}
