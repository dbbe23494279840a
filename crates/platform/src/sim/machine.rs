//! A simulated machine: a disk, whether it is on, and the troubles that a test ordered.

use std::collections::BTreeSet;
use std::io;

use super::disk::{Change, Disk, Inode};

/// The machine.
#[derive(Default)]
pub(super) struct Machine {
    pub(super) disk: Disk,
    pub(super) locks: BTreeSet<String>,
    pub(super) off: bool,
    pub(super) operations: u64,
    pub(super) crash_after: Option<u64>,
    /// Syncs that still succeed before one fails.
    pub(super) syncs_before_failure: Option<u64>,
    /// Every how many writes one fails, and how many there were since.
    pub(super) fail_writes: Option<(u64, u64)>,
    pub(super) capacity: Option<u64>,
}

fn off() -> io::Error {
    io::Error::other("the simulated machine is off")
}

/// The error of an operation that a test ordered to fail.
pub(super) fn broken() -> io::Error {
    io::Error::other("simulated failure of the disk")
}

impl Machine {
    pub(super) fn check_on(&self) -> io::Result<()> {
        if self.off { Err(off()) } else { Ok(()) }
    }

    /// Begins an operation that changes something or syncs.
    pub(super) fn begin(&mut self) -> io::Result<()> {
        self.check_on()?;
        self.operations += 1;
        Ok(())
    }

    /// Ends one, or the machine with it.
    pub(super) fn end<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if self.crash_after.is_some_and(|last| self.operations > last) {
            self.off = true;
            return Err(off());
        }
        result
    }

    /// Begins a sync. One during which the machine goes off makes nothing safe: the power cut decides.
    pub(super) fn begin_sync(&mut self) -> io::Result<bool> {
        self.begin()?;
        self.end(Ok(()))?;
        let fails = self.syncs_before_failure == Some(0);
        self.syncs_before_failure = match self.syncs_before_failure {
            Some(0) | None => None,
            Some(count) => Some(count - 1),
        };
        Ok(fails)
    }

    pub(super) fn write(&mut self, inode: Inode, bytes: &[u8], offset: u64) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let (fits, result) = self.what_fits(inode, bytes.len(), offset);
        self.disk.content(inode).change(Change::Write { offset, bytes: bytes[..fits].to_vec() });
        result
    }

    /// How many of a write's bytes get to the disk, and what the writer hears.
    fn what_fits(&mut self, inode: Inode, count: usize, offset: usize) -> (usize, io::Result<()>) {
        if let Some((every, since)) = &mut self.fail_writes {
            *since += 1;
            if *since >= *every {
                *since = 0;
                return (count / 2, Err(broken()));
            }
        }
        let growth = (offset + count).saturating_sub(self.disk.content(inode).seen.len());
        let missing = growth.saturating_sub(self.free());
        match missing {
            0 => (count, Ok(())),
            _ => (count.saturating_sub(missing), Err(io::ErrorKind::StorageFull.into())),
        }
    }

    pub(super) fn allocate(&mut self, inode: Inode, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let growth = len.saturating_sub(self.disk.content(inode).seen.len());
        if growth > self.free() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if growth > 0 {
            self.disk.content(inode).change(Change::Resize(len));
        }
        Ok(())
    }

    fn free(&self) -> usize {
        self.capacity.map_or(usize::MAX, |capacity| (capacity as usize).saturating_sub(self.disk.used()))
    }
}
