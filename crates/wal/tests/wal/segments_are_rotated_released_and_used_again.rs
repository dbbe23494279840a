//! Which files the log has, and what becomes of them.

use tracehound_platform::Files;
use tracehound_platform::sim::SimFiles;
use tracehound_wal::{Error, MAX_PAYLOAD_BYTES};

use crate::support::*;

/// Four of these fill a small segment.
const QUARTER: [u8; 200] = [7; 200];

fn live(ids: impl IntoIterator<Item = u64>) -> Vec<String> {
    ids.into_iter().map(|id| format!("{id:016x}.wal")).collect()
}

#[test]
fn a_run_that_appends_nothing_leaves_no_file() {
    let files = SimFiles::new();
    let (writer, report, frames) = open(&files, 0).unwrap();
    assert_eq!((writer.next_sequence(), writer.bytes_on_disk(), report.torn_frames, frames.len()), (1, 0, 0, 0));
    assert_eq!(log_files(&files), live([]));
}

#[test]
fn a_full_segment_is_followed_by_the_next_and_frames_come_back_across_them() {
    let payloads = [QUARTER; 10];
    let files = log_of(payloads);
    assert_eq!(log_files(&files), live(1..=3));
    assert_eq!(open(&files, 0).unwrap().2, numbered(&payloads));
}

#[test]
fn a_group_may_span_segments() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    for _ in 0..10 {
        writer.append(&[&QUARTER]).unwrap();
    }
    writer.sync().unwrap();
    let after = files.crash(&mut tracehound_platform::Random::from_seed(3));
    assert_eq!(open(&after, 0).unwrap().2, numbered(&[QUARTER; 10]));
}

#[test]
fn a_payload_in_parts_is_one_payload() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    writer.append(&[b"one", b"", b" and ", b"two"]).unwrap();
    assert_eq!(open(&files.kill(), 0).unwrap().2, numbered(&["one and two"]));
}

#[test]
fn a_frame_larger_than_a_segment_gets_one_of_its_own_size() {
    let payloads = [vec![1; 10], vec![2; 5_000], vec![3; 10]];
    let files = log_of(&payloads);
    let sizes: Vec<usize> = (1..=3).map(|id| read(&files, &segment_path(id)).len()).collect();
    assert_eq!(sizes, [1024, 40 + 32 + 5_000, 1024]);
    let (writer, _, frames) = open(&files, 0).unwrap();
    assert_eq!(frames, numbered(&payloads));
    writer.release(3).unwrap();
    assert_eq!(log_files(&files), ["0000000000000001.spare"], "odd sizes are not kept, nor what recovery cut");
}

#[test]
fn no_payload_and_one_too_large_are_refused_and_change_nothing() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    let too_large = vec![0; MAX_PAYLOAD_BYTES + 1];
    assert_eq!(writer.append(&[]), Err(Error::PayloadSize { bytes: 0 }));
    assert_eq!(writer.append(&[b"", b""]), Err(Error::PayloadSize { bytes: 0 }));
    assert_eq!(writer.append(&[&too_large]), Err(Error::PayloadSize { bytes: MAX_PAYLOAD_BYTES + 1 }));
    assert_eq!(commit(&mut writer, b"one"), Ok(1));
    assert_eq!(log_files(&files), live([1]));
}

#[test]
fn released_segments_become_spares_and_then_segments_again() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    for _ in 0..14 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    assert_eq!((log_files(&files), writer.bytes_on_disk()), (live(1..=4), 4 * 1024));

    writer.release(3).unwrap();
    assert_eq!(log_files(&files), live(1..=4), "frame 4 is still wanted");
    writer.release(12).unwrap();
    let spares = ["0000000000000001.spare", "0000000000000002.spare", "0000000000000004.wal"];
    assert_eq!((log_files(&files), writer.bytes_on_disk()), (spares.map(str::to_owned).to_vec(), 1024));

    for _ in 0..7 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    assert_eq!(log_files(&files), live(4..=6));
    let (_, report, frames) = open(&files, 12).unwrap();
    assert_eq!(frames, numbered(&[QUARTER; 21])[12..]);
    assert_eq!((report.torn_frames, report.damaged_frames), (0, 0));
}

#[test]
fn the_segment_that_is_written_is_never_released() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    commit(&mut writer, b"one").unwrap();
    writer.release(1).unwrap();
    commit(&mut writer, b"two").unwrap();
    assert_eq!(open(&files, 0).unwrap().2, numbered(&["one", "two"]));
}

#[test]
fn what_a_used_segment_held_before_does_not_come_back_even_if_its_header_is_gone() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    for _ in 0..8 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    writer.release(4).unwrap();
    commit(&mut writer, &QUARTER).unwrap();
    assert_eq!(log_files(&files), live(2..=3), "segment 3 is the file that was segment 1");
    files.open(&segment_path(3)).unwrap().write_at(&[0; 72], 0).unwrap();
    let (_, _, frames) = open(&files, 0).unwrap();
    assert_eq!(frames, numbered(&[QUARTER; 8])[4..]);
}

#[test]
fn numbers_go_on_above_what_was_seen_and_above_the_floor() {
    let files = log_of(["one", "two"]);
    for (floor, next) in [(0, 3), (1, 3), (2, 3), (9, 10)] {
        let files = files.kill();
        assert_eq!(open(&files, floor).unwrap().0.next_sequence(), next, "floor {floor}");
    }
}

#[test]
fn ids_of_segments_go_on_above_those_of_spares_so_that_old_frames_stay_dead() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    for _ in 0..5 {
        commit(&mut writer, &QUARTER).unwrap();
    }
    writer.release(5).unwrap();
    files.remove(&segment_path(2)).unwrap();
    assert_eq!(log_files(&files), ["0000000000000001.spare"]);
    let (mut writer, ..) = open(&files, 5).unwrap();
    commit(&mut writer, b"six").unwrap();
    assert_eq!(log_files(&files), live([2]));
    assert_eq!(open(&files, 0).unwrap().2, [(6, b"six".to_vec())]);
}

#[test]
fn a_recovery_cuts_the_empty_rest_so_that_many_short_runs_need_little_room() {
    let files = SimFiles::new();
    for run in 1..=20 {
        let (mut writer, ..) = open(&files, 0).unwrap();
        commit(&mut writer, b"12345678").unwrap();
        assert_eq!(writer.bytes_on_disk(), 1024 + (run - 1) * (40 + 32 + 8), "run {run}");
    }
    assert_eq!(open(&files, 0).unwrap().2.len(), 20);
}

#[test]
fn a_recovery_releases_what_the_floor_covers() {
    let files = log_of([QUARTER; 10]);
    let (writer, ..) = open(&files, 8).unwrap();
    assert_eq!(log_files(&files), ["0000000000000001.spare", "0000000000000002.spare", "0000000000000003.wal"]);
    assert_eq!(writer.next_sequence(), 11);
}
