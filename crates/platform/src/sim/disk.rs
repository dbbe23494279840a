//! What is on a simulated disk: what programs see, what is safe, and what stands between the two.
//!
//! A file is what its last sync made safe and, in order, the changes since. The names are kept in the same way: a map
//! that is safe and the changes since, which a directory's sync makes safe. Programs see everything applied.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::files::directory_of;

/// One file's number. Never used again, so that a file that lost its name can still be read by those who have it open.
pub(super) type Inode = usize;

/// A change of a file's content or length.
#[derive(Clone)]
pub(super) enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize(usize),
}

impl Change {
    pub(super) fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
            Change::Resize(len) => content.resize(*len, 0),
        }
    }
}

/// What became of a change so far.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// No sync since.
    Unsynced,
    /// A sync after it succeeded. It still waits in the list because of an older one that was forgotten.
    Safe,
    /// The sync after it failed: as on Linux the system believes that it is written, so no later sync writes it.
    Forgotten,
}

/// The content of one file.
#[derive(Clone, Default)]
pub(super) struct Content {
    pub(super) seen: Vec<u8>,
    pub(super) safe: Vec<u8>,
    pub(super) changes: Vec<(Change, Fate)>,
}

impl Content {
    /// A file that is the same to programs and on the disk.
    pub(super) fn settled(bytes: Vec<u8>) -> Content {
        Content { seen: bytes.clone(), safe: bytes, changes: Vec::new() }
    }

    pub(super) fn change(&mut self, change: Change) {
        change.apply(&mut self.seen);
        self.changes.push((change, Fate::Unsynced));
    }

    pub(super) fn sync(&mut self) {
        self.settle(Fate::Safe);
        let forgotten = self.changes.iter().position(|(_, fate)| *fate == Fate::Forgotten);
        for (change, _) in self.changes.drain(..forgotten.unwrap_or(self.changes.len())) {
            change.apply(&mut self.safe);
        }
    }

    pub(super) fn fail_sync(&mut self) {
        self.settle(Fate::Forgotten);
    }

    fn settle(&mut self, new: Fate) {
        self.changes.iter_mut().filter(|(_, fate)| *fate == Fate::Unsynced).for_each(|(_, fate)| *fate = new);
    }
}

/// The files by their paths.
pub(super) type Names = BTreeMap<String, Inode>;

/// A change of the names.
#[derive(Clone)]
pub(super) enum NameChange {
    Create(String, Inode),
    Rename(String, String),
    Remove(String),
}

impl NameChange {
    pub(super) fn apply(&self, names: &mut Names) {
        match self {
            NameChange::Create(path, inode) => {
                names.insert(path.clone(), *inode);
            }
            NameChange::Rename(from, to) => {
                if let Some(inode) = names.remove(from) {
                    names.insert(to.clone(), inode);
                }
            }
            NameChange::Remove(path) => {
                names.remove(path);
            }
        }
    }

    /// The directories it touches.
    pub(super) fn directories(&self) -> Vec<&str> {
        match self {
            NameChange::Create(path, _) | NameChange::Remove(path) => vec![directory_of(path)],
            NameChange::Rename(from, to) => vec![directory_of(from), directory_of(to)],
        }
    }
}

/// The disk.
#[derive(Clone, Default)]
pub(super) struct Disk {
    pub(super) contents: BTreeMap<Inode, Content>,
    /// As programs see them.
    pub(super) names: Names,
    pub(super) safe_names: Names,
    pub(super) name_changes: Vec<NameChange>,
    /// All but the root. Made safe as they are made, which is what [`Files::create_dir`](crate::Files) promises.
    pub(super) directories: BTreeSet<String>,
}

impl Disk {
    pub(super) fn find(&self, path: &str) -> io::Result<Inode> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn check_directory(&self, path: &str) -> io::Result<()> {
        if path.is_empty() || self.directories.contains(path) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    pub(super) fn create(&mut self, path: &str) -> io::Result<Inode> {
        self.check_directory(directory_of(path))?;
        if let Ok(inode) = self.find(path) {
            self.content(inode).change(Change::Resize(0));
            return Ok(inode);
        }
        let inode = self.contents.last_key_value().map_or(0, |(last, _)| last + 1);
        self.contents.insert(inode, Content::default());
        self.change_names(NameChange::Create(path.to_owned(), inode));
        Ok(inode)
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.find(from)?;
        self.check_directory(directory_of(to))?;
        self.change_names(NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &str) -> io::Result<()> {
        self.find(path)?;
        self.change_names(NameChange::Remove(path.to_owned()));
        Ok(())
    }

    fn change_names(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.name_changes.push(change);
    }

    /// Makes the names in a directory safe, and with a file that came from or went to another directory, what happened
    /// there before: a file system's journal does not know half a rename.
    pub(super) fn sync_directory(&mut self, path: &str) -> io::Result<()> {
        self.check_directory(path)?;
        let mut reached = BTreeSet::from([path.to_owned()]);
        let mut chosen = vec![false; self.name_changes.len()];
        for (change, chosen) in self.name_changes.iter().zip(&mut chosen).rev() {
            let touched = change.directories();
            if touched.iter().any(|directory| reached.contains(*directory)) {
                reached.extend(touched.into_iter().map(str::to_owned));
                *chosen = true;
            }
        }
        for (change, chosen) in std::mem::take(&mut self.name_changes).into_iter().zip(chosen) {
            if chosen {
                change.apply(&mut self.safe_names);
            } else {
                self.name_changes.push(change);
            }
        }
        Ok(())
    }

    pub(super) fn content(&mut self, inode: Inode) -> &mut Content {
        self.contents.get_mut(&inode).expect("a file's content stays as long as its disk")
    }

    /// Bytes of all files that have a name.
    pub(super) fn used(&self) -> usize {
        self.names.values().map(|inode| self.contents[inode].seen.len()).sum()
    }
}
