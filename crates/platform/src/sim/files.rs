//! The simulated machine as programs use its files, and its troubles as tests order them.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use super::crash::after_power_cut;
use super::disk::{Change, Disk, Inode};
use super::machine::{Machine, broken};
use crate::files::{File, Files, Lock};
use crate::random::Random;

/// A machine with a disk in memory. Clones are the same machine.
///
/// Every operation that changes something, or syncs, is counted, so that a test can turn the machine off at any of them:
/// run once to learn [`operations`](SimFiles::operations), then once for each with
/// [`crash_after`](SimFiles::crash_after).
#[derive(Clone, Default)]
pub struct SimFiles {
    machine: Arc<Mutex<Machine>>,
}

impl SimFiles {
    /// An empty disk without limit.
    pub fn new() -> SimFiles {
        SimFiles::default()
    }

    /// How many operations there were that change something or sync.
    pub fn operations(&self) -> u64 {
        self.machine().operations
    }

    /// Turns the machine off during the operation after the next `count`: it may have happened or not, wholly or in part,
    /// and it and everything after it fails. [`crash`](SimFiles::crash) then gives the disk, or
    /// [`kill`](SimFiles::kill) if it was only the process.
    pub fn crash_after(&self, count: u64) {
        let mut machine = self.machine();
        machine.crash_after = Some(machine.operations + count);
    }

    /// Lets the sync after the next `count` fail, once: of files and of directories alike. What a file's failed sync was
    /// to write is then forgotten: no later sync makes it safe.
    pub fn fail_sync_after(&self, count: u64) {
        self.machine().syncs_before_failure = Some(count);
    }

    /// Lets every `n`th write fail, after a part of its bytes was written.
    pub fn fail_every_write(&self, n: u64) {
        self.machine().fail_writes = Some((n, 0));
    }

    /// Ends the failing of writes.
    pub fn heal_writes(&self) {
        self.machine().fail_writes = None;
    }

    /// Sets how many bytes fit. Less than there is now means that nothing more fits.
    pub fn set_capacity(&self, bytes: u64) {
        self.machine().capacity = Some(bytes);
    }

    /// Cuts the power: this machine is off, and the one that is returned starts with what its disk still has.
    pub fn crash(&self, random: &mut Random) -> SimFiles {
        self.restart(|disk| after_power_cut(disk, random))
    }

    /// Ends the process alone: everything that was written is there, and what was not synced is still in danger.
    pub fn kill(&self) -> SimFiles {
        self.restart(Disk::clone)
    }

    fn restart(&self, disk: impl FnOnce(&Disk) -> Disk) -> SimFiles {
        let mut machine = self.machine();
        machine.off = true;
        let successor = Machine { disk: disk(&machine.disk), capacity: machine.capacity, ..Machine::default() };
        SimFiles { machine: Arc::new(Mutex::new(successor)) }
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().expect("no operation panics")
    }

    fn open_inode(&self, inode: Inode) -> Arc<dyn File> {
        Arc::new(SimFile { files: self.clone(), inode })
    }
}

impl Files for SimFiles {
    fn create(&self, path: &str) -> io::Result<Arc<dyn File>> {
        let mut machine = self.machine();
        machine.begin()?;
        let created = machine.disk.create(path);
        Ok(self.open_inode(machine.end(created)?))
    }

    fn open(&self, path: &str) -> io::Result<Arc<dyn File>> {
        let machine = self.machine();
        machine.check_on()?;
        Ok(self.open_inode(machine.disk.find(path)?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut machine = self.machine();
        machine.begin()?;
        let renamed = machine.disk.rename(from, to);
        machine.end(renamed)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut machine = self.machine();
        machine.begin()?;
        let removed = machine.disk.remove(path);
        machine.end(removed)
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let machine = self.machine();
        machine.check_on()?;
        machine.disk.check_directory(directory)?;
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let below = machine.disk.names.keys().filter_map(|path| path.strip_prefix(&prefix));
        Ok(below.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        let machine = self.machine();
        machine.check_on()?;
        Ok(machine.disk.find(path).is_ok() || machine.disk.check_directory(path).is_ok())
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        let mut machine = self.machine();
        machine.begin()?;
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        machine.disk.directories.extend(ends.map(|end| path[..end].to_owned()));
        machine.end(Ok(()))
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        let mut machine = self.machine();
        let fails = machine.begin_sync()?;
        if fails { Err(broken()) } else { machine.disk.sync_directory(path) }
    }

    fn lock(&self, path: &str) -> io::Result<Lock> {
        let mut machine = self.machine();
        machine.check_on()?;
        if machine.disk.find(path).is_err() {
            machine.disk.create(path)?;
        }
        if !machine.locks.insert(path.to_owned()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Lock::new(HeldLock { files: self.clone(), path: path.to_owned() }))
    }
}

struct HeldLock {
    files: SimFiles,
    path: String,
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        self.files.machine().locks.remove(&self.path);
    }
}

struct SimFile {
    files: SimFiles,
    inode: Inode,
}

impl File for SimFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let mut machine = self.files.machine();
        machine.check_on()?;
        let content = &machine.disk.content(self.inode).seen;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = content.get(start..start.saturating_add(buffer.len())).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut machine = self.files.machine();
        machine.begin()?;
        let written = machine.write(self.inode, bytes, offset);
        machine.end(written)
    }

    fn sync(&self) -> io::Result<()> {
        let mut machine = self.files.machine();
        let fails = machine.begin_sync()?;
        let content = machine.disk.content(self.inode);
        if fails {
            content.fail_sync();
            return Err(broken());
        }
        content.sync();
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        let mut machine = self.files.machine();
        machine.check_on()?;
        Ok(machine.disk.content(self.inode).seen.len() as u64)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        let mut machine = self.files.machine();
        machine.begin()?;
        let allocated = machine.allocate(self.inode, len);
        machine.end(allocated)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut machine = self.files.machine();
        machine.begin()?;
        let len = usize::try_from(len).map_err(|_| io::ErrorKind::FileTooLarge)?;
        machine.disk.content(self.inode).change(Change::Resize(len));
        machine.end(Ok(()))
    }
}
