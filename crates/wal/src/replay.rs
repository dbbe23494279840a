//! Takes account of a log as it is read: tells what a crash cut off from what got damaged later.
//!
//! A power cut may leave any of the unsynced frames, so frames can be missing before others that are whole. Those were
//! never acknowledged. Frames can also be missing because a disk changed or lost what had been synced, and that must not
//! pass in silence. Three facts tell the two apart:
//!
//! - Sequence numbers have no gaps when they are written, so bytes that are no frame matter only where numbers are
//!   missing.
//! - Every frame says through which number the log was synced when it was written. A missing number that a later frame
//!   calls synced is damage; any other one is torn.
//! - After a recovery the numbers go on and are synced beyond the torn ones. So each segment's header names those that
//!   the recovery before it found torn: they stay torn for every later recovery.

use std::ops::Range;

use tracehound_platform::Files;

use crate::quarantine::{Stretch, set_aside};
use crate::reader::{Frame, SegmentReader};
use crate::segment::Segment;

/// How many damages are listed and set aside; more are only counted. As many as a person would look at.
pub const MAX_DAMAGE_LISTED: usize = 256;

/// What a recovery found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Frames that were given back.
    pub frames: u64,
    /// Frames known to have been cut off by a crash before they were synced. None of them was acknowledged.
    pub torn_frames: u64,
    /// Frames that had been synced and are no longer there.
    pub damaged_frames: u64,
    /// Where they were, the first [`MAX_DAMAGE_LISTED`] places.
    pub damage: Vec<Damage>,
}

/// Frames that had been synced and are no longer there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Their sequence numbers.
    pub missing: Range<u64>,
    /// The bytes that are in their place; none if a whole segment is missing.
    pub stretches: Vec<Stretch>,
}

/// A reading of the whole log.
pub(crate) struct Replay<'a> {
    files: &'a dyn Files,
    floor: u64,
    synced_through: u64,
    /// Numbers that an earlier recovery found torn.
    known_torn: Vec<Range<u64>>,
    /// The last number of a whole frame.
    pub(crate) seen: u64,
    /// The highest number that was ever given, as far as the log shows.
    highest: u64,
    first_torn: Option<u64>,
    /// What is no frame since the last whole one. At most two per segment.
    stretches: Vec<(&'a Segment, Range<u64>)>,
    tails: Vec<Tail>,
    pub(crate) report: Report,
}

/// How a segment ends.
pub(crate) struct Tail {
    /// Size that the file is to have.
    pub(crate) bytes: u64,
    /// The last number of a whole frame, in this segment or before.
    pub(crate) last_sequence: u64,
    /// Where the last whole frame ends.
    end: u64,
}

impl<'a> Replay<'a> {
    pub(crate) fn new(files: &'a dyn Files, segments: &[Segment], synced_through: u64, floor: u64) -> Replay<'a> {
        let headers = segments.iter().filter_map(|segment| segment.header.as_ref());
        let known_torn: Vec<_> = headers.map(|header| header.torn.clone()).collect();
        let highest = known_torn.iter().map(|torn| torn.end.saturating_sub(1)).fold(floor, u64::max);
        Replay {
            files,
            floor,
            synced_through,
            known_torn,
            seen: 0,
            highest,
            first_torn: None,
            stretches: Vec::new(),
            tails: Vec::new(),
            report: Report::default(),
        }
    }

    /// Takes note of a whole frame, and judges what is missing before it.
    pub(crate) fn account(&mut self, segment: &'a Segment, frame: &Frame) {
        self.skip(segment, frame.skipped.clone());
        let stretches = std::mem::take(&mut self.stretches);
        let missing = self.seen.max(self.floor) + 1..frame.sequence;
        self.seen = frame.sequence;
        match self.first_unexplained(&missing) {
            None => {}
            Some(sequence) if sequence > self.synced_through => {
                self.report.torn_frames += missing.end - missing.start;
                self.first_torn.get_or_insert(sequence);
            }
            Some(_) => {
                self.report.damaged_frames += missing.end - missing.start;
                self.list_damage(missing, stretches);
            }
        }
    }

    /// The first of these numbers that no earlier recovery found torn.
    fn first_unexplained(&self, missing: &Range<u64>) -> Option<u64> {
        let mut sequence = missing.start;
        while sequence < missing.end {
            match self.known_torn.iter().find(|torn| torn.contains(&sequence)) {
                Some(torn) => sequence = torn.end,
                None => return Some(sequence),
            }
        }
        None
    }

    fn list_damage(&mut self, missing: Range<u64>, stretches: Vec<(&Segment, Range<u64>)>) {
        if self.report.damage.len() < MAX_DAMAGE_LISTED {
            let set_aside = |(segment, stretch)| set_aside(self.files, segment, stretch);
            let stretches = stretches.into_iter().map(set_aside).collect();
            self.report.damage.push(Damage { missing, stretches });
        }
    }

    fn skip(&mut self, segment: &'a Segment, stretch: Range<u64>) {
        if !stretch.is_empty() {
            self.stretches.push((segment, stretch));
        }
    }

    /// Takes note of how a segment ends.
    pub(crate) fn end_segment(&mut self, segment: &'a Segment, reader: &SegmentReader<'_>) {
        self.skip(segment, reader.rest());
        self.highest = self.highest.max(reader.highest_sequence());
        self.tails.push(Tail { bytes: segment.bytes, last_sequence: self.seen, end: reader.end() });
    }

    /// How the segments end, which numbers the next recovery is not to miss, and what was found.
    pub(crate) fn finish(mut self) -> (Vec<Tail>, Range<u64>, Report) {
        // Behind the last whole frame nothing is known to have been synced. Cut off, it takes no room until the release,
        // and a frame cut in half is not looked at again.
        for tail in self.tails.iter_mut().filter(|tail| tail.last_sequence == self.seen) {
            tail.bytes = tail.end;
        }
        let last = self.seen.max(self.floor);
        let next_sequence = last.max(self.highest) + 1;
        if let Some(sequence) = self.first_unexplained(&(last + 1..next_sequence)) {
            self.report.torn_frames += next_sequence - sequence;
        }
        let torn = self.first_torn.unwrap_or(last + 1)..next_sequence;
        (self.tails, torn, self.report)
    }
}
