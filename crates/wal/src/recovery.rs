//! What a start does with the log: reads it, makes safe what it read, and goes on behind it.

use std::sync::Arc;

use tracehound_platform::Files;

use crate::pool::{Pool, Sealed};
use crate::reader::{Frame, SegmentReader};
use crate::replay::{Replay, Report, Tail};
use crate::segment::{self, DIRECTORY, Segment};
use crate::{Error, Options, Writer};

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
