//! What a power cut leaves of a disk.
//!
//! Of every change since the last sync, each on its own: nothing, all, a prefix, or any of its sectors. Where a file
//! grew, lost bytes are zeros, and now and then anything. Bytes beside those that were written do not change, which is
//! what disks promise and what every database relies on. Of the names, a prefix of the changes in each directory
//! survives, and of the lengths that were set a prefix in each file: file systems keep them in a journal.

use std::collections::BTreeSet;

use super::disk::{Change, Content, Disk, Fate, Names};
use crate::random::Random;

/// Disks write sectors of this many bytes whole. Source: the smallest in use, so that every larger one is covered.
const SECTOR_BYTES: usize = 512;

/// The disk after a power cut.
pub(super) fn after_power_cut(disk: &Disk, random: &mut Random) -> Disk {
    let names = surviving_names(disk, random);
    let contents = names.values().map(|inode| (*inode, surviving_content(&disk.contents[inode], random))).collect();
    Disk {
        contents,
        names: names.clone(),
        safe_names: names,
        name_changes: Vec::new(),
        directories: disk.directories.clone(),
    }
}

fn surviving_names(disk: &Disk, random: &mut Random) -> Names {
    let mut names = disk.safe_names.clone();
    let mut cut_off = BTreeSet::new();
    for change in &disk.name_changes {
        let touched = change.directories();
        if random.one_in(4) || touched.iter().any(|directory| cut_off.contains(directory)) {
            cut_off.extend(touched);
        } else {
            change.apply(&mut names);
        }
    }
    names
}

fn surviving_content(content: &Content, random: &mut Random) -> Content {
    let mut bytes = content.safe.clone();
    let mut lengths_end = false;
    for (change, fate) in &content.changes {
        match change {
            _ if *fate == Fate::Safe => change.apply(&mut bytes),
            Change::Write { offset, bytes: written } => write_partly(&mut bytes, *offset, written, random),
            Change::Resize(_) => {
                lengths_end |= random.one_in(2);
                if !lengths_end {
                    change.apply(&mut bytes);
                }
            }
        }
    }
    Content::settled(bytes)
}

fn write_partly(content: &mut Vec<u8>, offset: usize, written: &[u8], random: &mut Random) {
    let survivor = match random.below(4) {
        0 => return,
        1 => written.to_vec(),
        2 => written[..random.below(written.len() as u64 + 1) as usize].to_vec(),
        _ => some_sectors(content, offset, written, random),
    };
    Change::Write { offset, bytes: survivor }.apply(content);
}

/// `written` with some of its sectors as they were before, zeros beyond the old end, or anything.
fn some_sectors(content: &[u8], offset: usize, written: &[u8], random: &mut Random) -> Vec<u8> {
    let mut survivor = written.to_vec();
    let mut start = 0;
    while start < survivor.len() {
        let end = (start + SECTOR_BYTES - (offset + start) % SECTOR_BYTES).min(survivor.len());
        let sector = &mut survivor[start..end];
        match random.below(16) {
            0..8 => {}
            8..15 => {
                for (position, byte) in (offset + start..).zip(sector) {
                    *byte = content.get(position).copied().unwrap_or(0);
                }
            }
            _ => random.fill(sector),
        }
        start = end;
    }
    survivor
}
