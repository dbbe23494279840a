//! What a full disk, a failing write and a failing sync do to the log.

use tracehound_platform::sim::SimFiles;
use tracehound_platform::{Files, Random};
use tracehound_wal::{Error, ErrorKind};

use crate::support::*;

/// Four of these fill a small segment.
const QUARTER: [u8; 200] = [7; 200];

#[test]
fn a_full_disk_refuses_until_there_is_room() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    files.set_capacity(1_500);
    for _ in 0..4 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    let before = log_files(&files);
    for _ in 0..3 {
        let error = commit(&mut writer, &QUARTER).unwrap_err();
        assert_eq!((&error, error.kind()), (&Error::DiskFull, ErrorKind::DiskFull));
        assert_eq!(log_files(&files), before, "nothing is left of a segment that could not be made");
    }
    assert_eq!(commit(&mut writer, b"small"), Ok(5), "there is room left in the segment");
    files.set_capacity(2_048);
    assert_eq!(commit(&mut writer, &QUARTER), Ok(6));
    let (_, report, frames) = open(&files, 0).unwrap();
    let sizes: Vec<_> = frames.iter().map(|(sequence, payload)| (*sequence, payload.len())).collect();
    assert_eq!(sizes, [(1, 200), (2, 200), (3, 200), (4, 200), (5, 5), (6, 200)]);
    assert_eq!((report.torn_frames, report.damaged_frames), (0, 0));
}

#[test]
fn a_release_makes_room_on_a_full_disk() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    files.set_capacity(2_048);
    for _ in 0..8 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    assert_eq!(commit(&mut writer, &QUARTER), Err(Error::DiskFull));
    writer.release(4).unwrap();
    assert_eq!(commit(&mut writer, &QUARTER), Ok(9));
}

#[test]
fn a_failed_write_leaves_its_place_and_its_number_to_the_next_frame() {
    for every in 1..6 {
        let files = SimFiles::new();
        let (mut writer, ..) = open(&files, 0).unwrap();
        let mut committed = Vec::new();
        for number in 0..40 {
            if number % 5 == 0 {
                files.fail_every_write(every);
            }
            let payload = vec![number; 60 + usize::from(number) * 7];
            match commit(&mut writer, &payload) {
                Ok(_) => committed.push(payload),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Environment);
                    files.heal_writes();
                }
            }
        }
        assert!((20..40).contains(&committed.len()), "every {every}: {}", committed.len());
        let (_, report, frames) = open(&files.crash(&mut Random::from_seed(every)), 0).unwrap();
        assert_eq!(frames, numbered(&committed), "every {every}");
        assert_eq!((report.torn_frames, report.damaged_frames), (0, 0), "every {every}");
    }
}

#[test]
fn a_failed_sync_poisons_for_good() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    commit(&mut writer, b"safe").unwrap();
    files.fail_sync_after(0);
    let error = commit(&mut writer, b"in doubt").unwrap_err();
    assert_eq!(error.to_string(), "cannot sync wal/0000000000000001.wal: simulated failure of the disk");
    assert_eq!(error.kind(), ErrorKind::Closed);
    for _ in 0..3 {
        assert_eq!(writer.append(&[b"more"]), Err(Error::Poisoned));
        assert_eq!(writer.sync(), Err(Error::Poisoned));
    }
    assert!(writer.poisoned());
    let (_, report, frames) = open(&files.crash(&mut Random::from_seed(1)), 0).unwrap();
    assert_eq!(frames[0], (1, b"safe".to_vec()));
    assert_eq!(report.damaged_frames, 0);
}

#[test]
fn a_sync_that_fails_while_a_segment_is_made_poisons_too() {
    // The new segment, the directory, and the segment before.
    for sync in 0..3 {
        let files = SimFiles::new();
        let (mut writer, ..) = open(&files, 0).unwrap();
        for _ in 0..3 {
            commit(&mut writer, &QUARTER).unwrap();
        }
        writer.append(&[&QUARTER]).unwrap();
        files.fail_sync_after(sync);
        assert_eq!(writer.append(&[&QUARTER]).unwrap_err().kind(), ErrorKind::Closed, "sync {sync}");
        assert!(writer.poisoned(), "sync {sync}");
        let (_, report, frames) = open(&files.crash(&mut Random::from_seed(sync)), 0).unwrap();
        assert_eq!(frames[..3], numbered(&[QUARTER; 3]), "sync {sync}");
        assert_eq!(report.damaged_frames, 0, "sync {sync}");
    }
}

#[test]
fn a_directory_that_cannot_be_synced_gives_no_spare() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    for _ in 0..5 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    files.fail_sync_after(0);
    assert!(matches!(writer.release(4), Err(Error::SyncFailed { .. })));
    for _ in 0..4 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    assert!(files.exists("wal/0000000000000001.spare").unwrap(), "it is not used before its new name is safe");
}

#[test]
fn a_recovery_that_may_not_read_fails_and_the_next_one_finds_everything() {
    let files = log_of(["one", "two"]);
    let total = {
        let files = files.kill();
        let before = files.operations();
        open(&files, 0).unwrap();
        files.operations() - before
    };
    assert!(total >= 4, "{total}");
    for step in 0..total {
        let files = files.kill();
        files.crash_after(step);
        assert!(open(&files, 0).is_err(), "step {step}");
        assert_eq!(open(&files.crash(&mut Random::from_seed(step)), 0).unwrap().2, numbered(&["one", "two"]));
    }
}
