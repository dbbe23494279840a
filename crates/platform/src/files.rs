//! Files as the store needs them: few operations, each with its promise about power cuts.
//!
//! Paths are relative to one directory and made by our own code, with `/` between their parts; the directory itself is
//! `""`. Nothing that was written is safe before it was synced, and a file's name is a matter of its own: creating,
//! renaming and removing are safe once the directory was synced.

use std::io;
use std::sync::Arc;

/// The files below one directory.
///
/// Errors are the operating system's, with its kinds: `NotFound`, `StorageFull`, `WouldBlock` and so on.
pub trait Files: Send + Sync {
    /// Makes an empty file, readable by nobody else; one that is there is emptied.
    fn create(&self, path: &str) -> io::Result<Arc<dyn File>>;

    /// Opens a file that is there, for reading and writing.
    fn open(&self, path: &str) -> io::Result<Arc<dyn File>>;

    /// Gives a file another name. A file of that name is replaced.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file. Those who have it open can go on using it.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// The names of the regular files directly in a directory, sorted.
    fn list(&self, directory: &str) -> io::Result<Vec<String>>;

    /// Whether there is a file or a directory of this name.
    fn exists(&self, path: &str) -> io::Result<bool>;

    /// Makes a directory and those above it, as far as they are missing. They survive a power cut when this returns.
    fn create_dir(&self, path: &str) -> io::Result<()>;

    /// Makes the names in a directory survive a power cut: those made, changed and removed so far.
    fn sync_dir(&self, path: &str) -> io::Result<()>;

    /// Takes a lock that one holder on the machine can have at a time, making the file that stands for it. `WouldBlock`
    /// if somebody has it. It ends with the guard, or with the process.
    fn lock(&self, path: &str) -> io::Result<Lock>;
}

/// One open file.
pub trait File: Send + Sync {
    /// Fills `buffer` from `offset`. `UnexpectedEof` if the file ends before.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all of `bytes` at `offset`. On an error some of them may have been written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Makes the content and the length survive a power cut.
    ///
    /// After an error nobody knows what the disk holds, and asking again does not tell: the system may have forgotten
    /// which pages it failed to write.
    fn sync(&self) -> io::Result<()>;

    /// Length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file is empty.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Takes space on the disk for `len` bytes and makes the file that long, with zeros at its end, unless it is longer.
    /// `StorageFull` if there is not as much.
    fn allocate(&self, len: u64) -> io::Result<()>;

    /// Makes the file this long, by cutting or by zeros at its end.
    fn set_len(&self, len: u64) -> io::Result<()>;
}

/// A lock that is held until this is dropped.
pub struct Lock {
    _held: Box<dyn Send + Sync>,
}

impl Lock {
    /// A lock that ends when `held` is dropped.
    pub(crate) fn new(held: impl Send + Sync + 'static) -> Lock {
        Lock { _held: Box::new(held) }
    }
}

/// Writes a small file so that after a power cut there is the old one or the new one, whole: under the name
/// `<path>.tmp`, synced, then renamed. When this returns, the new one is safe.
pub fn write_durably(files: &dyn Files, path: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = format!("{path}.tmp");
    let file = files.create(&unfinished)?;
    file.write_at(bytes, 0)?;
    file.sync()?;
    files.rename(&unfinished, path)?;
    files.sync_dir(directory_of(path))
}

/// The directory that holds `path`.
pub(crate) fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}
