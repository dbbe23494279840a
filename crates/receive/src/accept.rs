//! The one edge that points out of here: who keeps the rows.

use std::fmt;

use tracehound_model::Batch;

use crate::Room;

/// Keeps batches. The binary implements it over the store.
pub trait Accept: Send + Sync + 'static {
    /// A cheap look before a body is read: whether there is any point in reading it.
    fn check(&self) -> Result<(), Refused>;

    /// Resolves when the batch is durable and visible.
    ///
    /// - `room`: the batch's share of the memory budget; to be held until the batch is published.
    ///
    /// The future is dropped at the deadline of the answer. The batch may become durable all the same.
    fn accept(&self, batch: Batch, room: Room) -> impl Future<Output = Result<Receipt, Refused>> + Send;
}

/// Says that a batch is durable and visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt;

/// Why a batch is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Recovery is not done.
    Starting,
    /// There is no room in memory; there will be.
    Busy,
    /// There is no room on the disk.
    DiskFull,
    /// A sync failed, or the store is stopping: nothing is taken any more.
    Closed,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::Starting => "still reading what was stored before the start",
            Refused::Busy => "no room in memory until a flush is done",
            Refused::DiskFull => "no space left in the data directory",
            Refused::Closed => "the store takes nothing any more",
        })
    }
}

impl std::error::Error for Refused {}
