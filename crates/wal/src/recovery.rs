//! What a start does with the log: gives back every whole frame, and tells a cut from damage.
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
use std::sync::Arc;

use tracehound_platform::Files;

use crate::pool::{Pool, Sealed};
use crate::quarantine::{Stretch, set_aside};
use crate::reader::{Frame, SegmentReader};
use crate::segment::{self, DIRECTORY, Segment};
use crate::{Error, Options, Writer};

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

/// Reads the log and gives each whole frame above `floor` to `each`, in order, with its sequence number and payload.
///
/// - `floor`: everything through this number is safe elsewhere. Frames up to it are not given, and their absence is no
///   damage.
/// - `each`: an error of it ends the recovery, and nothing was changed.
///
/// Returns a writer that goes on above every number seen, in a new segment. What was given is synced by then. Segments at
/// or below `floor` are released.
///
/// Damage never fails a recovery. Errors: a segment of a later format ([`Error::Format`]; nothing is touched), and what
/// the system refuses. A segment that cannot be *read* is such a refusal and no damage: another try may read it.
pub fn recover<E: From<Error>>(
    files: Arc<dyn Files>,
    options: Options,
    floor: u64,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), E>,
) -> Result<(Writer, Report), E> {
    files.create_dir(DIRECTORY).map_err(Error::io("create", DIRECTORY))?;
    let (ids, spares) = segment::list(&*files)?;
    let next_segment = ids.last().max(spares.last()).map_or(1, |last| last + 1);
    let segments = open_all(&*files, ids)?;

    let mut payload = Vec::new();
    let synced_through = synced_through(&segments, &mut payload)?;
    let mut replay = Replay::new(&*files, &segments, synced_through, floor);
    for segment in &segments {
        let mut reader = SegmentReader::new(segment);
        while let Some(frame) = reader.next(replay.seen, &mut payload)? {
            replay.account(segment, &frame);
            if frame.sequence > floor {
                each(frame.sequence, &payload)?;
                replay.report.frames += 1;
            }
        }
        replay.end_segment(segment, &reader);
    }
    let (tails, torn, report) = replay.finish();

    settle(&*files, &segments, &tails)?;
    let sealed = segments.iter().zip(&tails).map(|(segment, tail)| Sealed {
        id: segment.id,
        bytes: tail.bytes,
        last_sequence: tail.last_sequence,
    });
    let spares = keep_spares(&*files, options, spares)?;
    let pool = Arc::new(Pool::new(files, options, sealed.collect(), spares));
    pool.release(floor)?;
    Ok((Writer::new(pool, next_segment, torn), report))
}

fn open_all(files: &dyn Files, ids: Vec<u64>) -> Result<Vec<Segment>, Error> {
    ids.into_iter().map(|id| Segment::open(files, id)).collect()
}

/// Through which number the log is known to have been synced. What frames say of that never falls, so the last one that
/// is whole says the most.
fn synced_through(segments: &[Segment], payload: &mut Vec<u8>) -> Result<u64, Error> {
    for segment in segments.iter().rev() {
        let mut reader = SegmentReader::new(segment);
        let mut last = None;
        while let Some(frame) = reader.next(last.as_ref().map_or(0, |frame: &Frame| frame.sequence), payload)? {
            last = Some(frame);
        }
        if let Some(frame) = last {
            return Ok(frame.synced_through);
        }
    }
    Ok(0)
}

/// A reading of the whole log.
struct Replay<'a> {
    files: &'a dyn Files,
    floor: u64,
    synced_through: u64,
    /// Numbers that an earlier recovery found torn.
    known_torn: Vec<Range<u64>>,
    /// The last number of a whole frame.
    seen: u64,
    /// The highest number that was ever given, as far as the log shows.
    highest: u64,
    first_torn: Option<u64>,
    /// What is no frame since the last whole one. At most two per segment.
    stretches: Vec<(&'a Segment, Range<u64>)>,
    tails: Vec<Tail>,
    report: Report,
}

/// How a segment ends.
struct Tail {
    /// Size that the file is to have.
    bytes: u64,
    /// The last number of a whole frame, in this segment or before.
    last_sequence: u64,
    /// Where the last whole frame ends.
    end: u64,
}

impl<'a> Replay<'a> {
    fn new(files: &'a dyn Files, segments: &[Segment], synced_through: u64, floor: u64) -> Replay<'a> {
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
    fn account(&mut self, segment: &'a Segment, frame: &Frame) {
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

    fn end_segment(&mut self, segment: &'a Segment, reader: &SegmentReader<'_>) {
        self.skip(segment, reader.rest());
        self.highest = self.highest.max(reader.highest_sequence());
        self.tails.push(Tail { bytes: segment.bytes, last_sequence: self.seen, end: reader.end() });
    }

    /// How the segments end, which numbers the next recovery is not to miss, and what was found.
    fn finish(mut self) -> (Vec<Tail>, Range<u64>, Report) {
        // Behind the last whole frame nothing is known to have been synced. Cut off, it takes no room until the release,
        // and a frame cut in half is not looked at again.
        for tail in self.tails.iter_mut().filter(|tail| tail.last_sequence == self.seen) {
            tail.bytes = tail.end;
        }
        let last = self.seen.max(self.floor);
        let next_sequence = last.max(self.highest) + 1;
        let torn = self.first_torn.unwrap_or(last + 1)..next_sequence;
        self.report.torn_frames += next_sequence - (last + 1);
        (self.tails, torn, self.report)
    }
}

/// Makes safe what was read, so that the frames to come can say so. A killed process leaves frames that no sync reached.
fn settle(files: &dyn Files, segments: &[Segment], tails: &[Tail]) -> Result<(), Error> {
    for (segment, tail) in segments.iter().zip(tails) {
        let path = segment::path(segment.id);
        if tail.bytes < segment.bytes {
            segment.file.set_len(tail.bytes).map_err(Error::io("cut", &path))?;
        }
        segment.file.sync().map_err(Error::sync(&path))?;
    }
    files.sync_dir(DIRECTORY).map_err(Error::sync(DIRECTORY))
}

/// The spares that can be used again; the others are removed.
fn keep_spares(files: &dyn Files, options: Options, spares: Vec<u64>) -> Result<Vec<u64>, Error> {
    let mut kept = Vec::new();
    for id in spares {
        let path = segment::spare_path(id);
        let file = files.open(&path).map_err(Error::io("open", &path))?;
        let bytes = file.len().map_err(Error::io("read the length of", &path))?;
        if bytes == options.segment_bytes && kept.len() < options.spare_segments {
            kept.push(id);
        } else {
            files.remove(&path).map_err(Error::io("remove", &path))?;
        }
    }
    Ok(kept)
}
