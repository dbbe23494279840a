//! Group commit: everything that waits is appended, synced once, published in order, and then acknowledged.
//!
//! Here is the group alone, without thread or queue, so that a simulation can drive it.

use crate::{Error, Writer};

/// A frame that waits for its commit.
pub struct Entry<T> {
    /// What the log keeps.
    pub payload: Vec<u8>,
    /// What is published once the frame is safe.
    pub item: T,
    /// Called once, with the frame's sequence number after it was published, or with the reason why it is not in the log.
    pub on_done: OnDone,
}

/// Hears how a commit ended.
pub(crate) type OnDone = Box<dyn FnOnce(Result<u64, Error>) + Send>;

/// Commits a group. A frame that the disk has no room for fails alone; after a failed sync all of them have failed.
pub fn commit_group<T>(writer: &mut Writer, group: Vec<Entry<T>>, publish: &mut impl FnMut(Vec<(u64, T)>)) {
    let mut items = Vec::with_capacity(group.len());
    let mut waiting = Vec::with_capacity(group.len());
    for entry in group {
        match writer.append(&[&entry.payload]) {
            Ok(sequence) => {
                items.push((sequence, entry.item));
                waiting.push((sequence, entry.on_done));
            }
            Err(error) => (entry.on_done)(Err(error)),
        }
    }
    if waiting.is_empty() {
        return;
    }
    let synced = writer.sync();
    if synced.is_ok() {
        publish(items);
    }
    for (sequence, on_done) in waiting {
        on_done(synced.clone().map(|()| sequence));
    }
}
