//! Bytes that changed, moved or vanished: every frame that comes back is as it was written, whatever was synced and is
//! gone is named, and what a crash can do is not called damage.

use tracehound_platform::{Files, Random};
use tracehound_wal::{Error, ErrorKind, MAX_DAMAGE_LISTED, Options};

use crate::support::*;

/// One segment holds all of these.
const ONE_SEGMENT: Options = Options { segment_bytes: 8 << 10, spare_segments: 0 };

/// Where a frame of a log in one segment starts and ends, without the bytes that fill it up.
struct Place {
    start: usize,
    end: usize,
}

/// A log in one segment, each frame committed on its own: its bytes, its payloads and where they are.
fn one_segment() -> (Vec<u8>, Vec<Vec<u8>>, Vec<Place>) {
    let mut random = Random::from_seed(5);
    let payloads: Vec<Vec<u8>> = (0..20)
        .map(|_| {
            let mut payload = vec![0; random.below(200) as usize + 1];
            random.fill(&mut payload);
            payload
        })
        .collect();
    let mut places = Vec::new();
    let mut start = SEGMENT_HEADER_BYTES;
    for payload in &payloads {
        let end = start + FRAME_HEADER_BYTES + payload.len();
        places.push(Place { start, end });
        start = end.next_multiple_of(8);
    }
    let files = log_with(ONE_SEGMENT, &payloads);
    let mut bytes = read(&files, &segment_path(1));
    // Some of the empty rest belongs to the cases.
    bytes.truncate(start + 64);
    (bytes, payloads, places)
}

#[test]
fn a_log_has_the_bytes_that_are_documented() {
    let files = log_of(["first", "second, longer"]);
    // Made from docs/formats/wal.md by a program that shares no code with this one.
    let expected = "746877616c0d0a00000000005ef8e7aa010000000000000001000000000000000100000000000000\
        010000000000000000000000000000003110c4cb985d4dc005000000603752c56669727374000000\
        02000000000000000100000000000000dfd0653029a4caf50e00000001af2d6b7365636f6e642c206c6f6e6765720000";
    let bytes = read(&files, &segment_path(1));
    let hex: String = bytes[..128].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
    assert_eq!(bytes.len() as u64, SMALL.segment_bytes);
    assert!(bytes[128..].iter().all(|&byte| byte == 0));
}

#[test]
fn a_log_cut_at_any_byte_gives_the_frames_before_the_cut_and_no_damage() {
    let (bytes, payloads, places) = one_segment();
    for cut in 0..bytes.len() {
        let (mut writer, report, frames) = open(&disk_with(&segment_path(1), &bytes[..cut]), 0).unwrap();
        let whole = places.iter().filter(|place| place.end <= cut).count();
        assert_eq!(frames, numbered(&payloads[..whole]), "cut at {cut}");
        assert!(report.damage.is_empty(), "cut at {cut}");
        assert!(commit(&mut writer, b"more").unwrap() > whole as u64, "cut at {cut}");
    }
}

#[test]
fn a_flipped_byte_costs_at_most_its_own_frame_and_is_named_if_it_was_known_to_be_synced() {
    let (bytes, payloads, places) = one_segment();
    for (at, flip) in (0..bytes.len()).flat_map(|at| [(at, 0x01), (at, 0x80), (at, 0xff)]) {
        let mut bytes = bytes.clone();
        bytes[at] ^= flip;
        let hit = places.iter().position(|place| (place.start..place.end).contains(&at));
        let mut expected = numbered(&payloads);
        hit.map(|frame| expected.remove(frame));

        let (_, report, frames) = open(&disk_with(&segment_path(1), &bytes), 0).unwrap();
        assert_eq!(frames, expected, "byte {at} ^ {flip:#x}");
        // The last frame's commit is known to nobody but the one who was told.
        let damaged = hit.filter(|frame| frame + 1 < places.len()).map(|frame| {
            let sequence = frame as u64 + 1;
            let bytes = (places[frame + 1].start - places[frame].start) as u64;
            (sequence..sequence + 1, places[frame].start as u64, bytes)
        });
        let reported = report.damage.iter().map(|damage| {
            let stretch = &damage.stretches[0];
            assert_eq!(damage.stretches.len(), 1);
            (damage.missing.clone(), stretch.offset, stretch.bytes)
        });
        assert_eq!(reported.collect::<Vec<_>>(), Vec::from_iter(damaged.clone()), "byte {at} ^ {flip:#x}");
        assert_eq!(report.damaged_frames, u64::from(damaged.is_some()));
    }
}

#[test]
fn every_bit_of_a_segments_header_may_flip_and_no_frame_is_lost() {
    let (bytes, payloads, _) = one_segment();
    for bit in 0..SEGMENT_HEADER_BYTES * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (_, report, frames) = open(&disk_with(&segment_path(1), &bytes), 0).unwrap();
        assert_eq!((frames, report.damaged_frames), (numbered(&payloads), 0), "bit {bit}");
    }
}

#[test]
fn what_is_damaged_is_copied_aside_once_and_named_at_each_start() {
    let files = log_of(["one", "two", "three"]);
    let start = SEGMENT_HEADER_BYTES as u64 + 40;
    files.open(&segment_path(1)).unwrap().write_at(b"!", start + 32).unwrap();
    let aside = format!("quarantine/0000000000000001-{start:016x}.wal");
    for round in 0..3 {
        let (_, report, frames) = open(&files, 0).unwrap();
        assert_eq!(frames, [(1, b"one".to_vec()), (3, b"three".to_vec())], "round {round}");
        assert_eq!(report.damage[0].missing, 2..3);
        assert_eq!(report.damage[0].stretches[0].path, segment_path(1));
        assert_eq!(report.damage[0].stretches[0].copy.as_deref(), Some(&*aside));
        assert_eq!(files.list("quarantine").unwrap().len(), 1);
        let copy = read(&files, &aside);
        assert_eq!((copy.len(), &copy[33..35]), (40, b"wo".as_slice()));
        assert_eq!(copy[32], if round == 0 { b'!' } else { b'?' }, "the first copy stays");
        write(&files, &aside, &[&copy[..32], b"?", &copy[33..]].concat());
    }
}

#[test]
fn what_was_set_aside_survives_a_power_cut() {
    for seed in 0..50 {
        let files = log_of(["one", "two", "three"]);
        files.open(&segment_path(1)).unwrap().write_at(b"!", SEGMENT_HEADER_BYTES as u64 + 72).unwrap();
        let (_, report, _) = open(&files, 0).unwrap();
        let stretch = &report.damage[0].stretches[0];
        let after = files.crash(&mut Random::from_seed(seed));
        let copy = read(&after, stretch.copy.as_deref().unwrap());
        assert_eq!((copy.len() as u64, &copy[33..35]), (stretch.bytes, b"wo".as_slice()), "seed {seed}");
    }
}

#[test]
fn a_copy_that_finds_no_room_does_not_keep_the_log_from_starting() {
    let files = log_of(["one", "two", "three"]);
    files.open(&segment_path(1)).unwrap().write_at(b"!", SEGMENT_HEADER_BYTES as u64 + 40).unwrap();
    files.set_capacity(0);
    let (_, report, frames) = open(&files, 0).unwrap();
    assert_eq!(frames.len(), 2);
    assert_eq!(report.damage[0].stretches[0].copy, None);
}

#[test]
fn damage_without_end_is_counted_whole_and_listed_in_part() {
    let frames = 2 * MAX_DAMAGE_LISTED + 9;
    let options = Options { segment_bytes: 1 << 20, spare_segments: 0 };
    let files = log_with(options, (0..frames).map(|_| b"payload"));
    let file = files.open(&segment_path(1)).unwrap();
    for number in (1..frames - 1).step_by(2) {
        file.write_at(b"!", (SEGMENT_HEADER_BYTES + 40 * number) as u64).unwrap();
    }
    let (_, report, _) = open_with(&files, options, 0).unwrap();
    assert_eq!(report.damaged_frames, MAX_DAMAGE_LISTED as u64 + 4);
    assert_eq!(report.damage.len(), MAX_DAMAGE_LISTED);
    assert_eq!(files.list("quarantine").unwrap().len(), MAX_DAMAGE_LISTED);
}

#[test]
fn a_missing_segment_is_damage_once_a_later_frame_says_that_it_was_synced() {
    let payloads: Vec<_> = (0..30).map(|number| vec![number; 200]).collect();
    let files = log_of(&payloads);
    let segments = log_files(&files).len();
    assert!(segments > 4, "{segments}");
    files.remove(&segment_path(3)).unwrap();
    let (_, report, frames) = open(&files, 0).unwrap();
    let per_segment = 4;
    let lost = 2 * per_segment..3 * per_segment;
    let expected: Frames =
        numbered(&payloads).into_iter().filter(|(number, _)| !lost.contains(&(*number as usize - 1))).collect();
    assert_eq!(frames, expected);
    assert_eq!(report.damage[0].missing, 9..13);
    assert_eq!(report.damaged_frames, 4);
}

#[test]
fn what_is_missing_at_or_below_the_floor_is_no_damage() {
    let payloads: Vec<_> = (0..30).map(|number| vec![number; 200]).collect();
    let files = log_of(&payloads);
    files.remove(&segment_path(2)).unwrap();
    files.open(&segment_path(3)).unwrap().write_at(&[9], 100).unwrap();
    let (_, report, frames) = open(&files, 12).unwrap();
    assert_eq!(frames, numbered(&payloads)[12..]);
    assert_eq!(report.damaged_frames, 0);
}

#[test]
fn a_frame_that_stands_there_twice_comes_once() {
    let (mut bytes, payloads, places) = one_segment();
    let end = places.last().unwrap().end.next_multiple_of(8);
    for copied in [&places[3], &places[19]] {
        let frame = bytes[copied.start..copied.end].to_vec();
        bytes.resize(end + frame.len(), 0);
        bytes[end..].copy_from_slice(&frame);
        let (_, report, frames) = open(&disk_with(&segment_path(1), &bytes), 0).unwrap();
        assert_eq!((frames, report.damaged_frames), (numbered(&payloads), 0));
    }
}

#[test]
fn a_frame_of_another_segment_is_none() {
    let payloads: Vec<_> = (0..8).map(|number| vec![number; 200]).collect();
    let files = log_of(&payloads);
    let (mut first, second) = (read(&files, &segment_path(1)), read(&files, &segment_path(2)));
    let frame = SEGMENT_HEADER_BYTES..SEGMENT_HEADER_BYTES + 232;
    // Segment 2 starts with frame 5. At the end of segment 1, its number would be the next.
    let end = frame.start + 4 * 232;
    first.resize(end, 0);
    first.extend(&second[frame]);
    let (_, _, frames) = open(&disk_with(&segment_path(1), &first), 0).unwrap();
    assert_eq!(frames, numbered(&payloads[..4]));
}

#[test]
fn zeros_and_garbage_behind_the_last_frame_mean_nothing() {
    let (mut bytes, payloads, places) = one_segment();
    bytes.truncate(places.last().unwrap().end.next_multiple_of(8));
    let mut garbage = vec![0; 3_000];
    Random::from_seed(8).fill(&mut garbage);
    for rest in [vec![0; 3_000], garbage, vec![0xff; 3_001], vec![1; 7]] {
        let (_, report, frames) = open(&disk_with(&segment_path(1), &[&*bytes, &rest].concat()), 0).unwrap();
        assert_eq!((frames, report.damaged_frames), (numbered(&payloads), 0));
    }
}

#[test]
fn a_header_that_promises_more_than_there_is_costs_nothing_else() {
    let (bytes, payloads, places) = one_segment();
    for length in [0u32, u32::MAX, 128 << 20, 5_000] {
        let mut bytes = bytes.clone();
        let at = places[7].start + 24;
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        let (_, _, frames) = open(&disk_with(&segment_path(1), &bytes), 0).unwrap();
        let mut expected = numbered(&payloads);
        expected.remove(7);
        assert_eq!(frames, expected, "length {length}");
    }
}

#[test]
fn a_frame_inside_a_payload_is_not_taken_for_one_when_the_frame_around_it_is_broken() {
    // Somebody may have sent these bytes.
    let bait = frame(1, 9, 8, b"bait");
    let files = log_of([b"before".to_vec(), [&bait, b".".as_slice()].concat(), b"after".to_vec()]);
    let bait_end = SEGMENT_HEADER_BYTES + 40 + FRAME_HEADER_BYTES + bait.len();
    files.open(&segment_path(1)).unwrap().write_at(b"!", bait_end as u64).unwrap();
    let (_, report, frames) = open(&files, 0).unwrap();
    assert_eq!(frames, [(1, b"before".to_vec()), (3, b"after".to_vec())]);
    assert_eq!(report.damage[0].missing, 2..3);
}

#[test]
fn a_frame_far_ahead_of_all_numbers_is_none_so_that_nobody_can_use_them_up() {
    let near = frame(1, 1 << 40, 0, b"near");
    let far = frame(1, u64::MAX - 1, 1, b"far");
    let bytes = [segment_header(0, 1, 1..1), frame(1, 1, 0, b"one"), far, near].concat();
    let (writer, _, frames) = open(&disk_with(&segment_path(1), &bytes), 0).unwrap();
    assert_eq!(frames, [(1, b"one".to_vec()), (1 << 40, b"near".to_vec())]);
    assert_eq!(writer.next_sequence(), (1 << 40) + 1);
}

#[test]
fn numbers_that_a_segment_calls_torn_are_no_damage_and_are_not_used_again() {
    let log = [segment_header(0, 1, 1..1), frame(1, 1, 0, b"one"), frame(1, 3, 2, b"three")].concat();
    for (name, header, damaged, next) in [
        ("named", segment_header(0, 2, 2..7), 0, 7),
        ("others named", segment_header(0, 2, 3..7), 1, 7),
        ("none named", segment_header(0, 2, 4..4), 1, 4),
        ("header of another segment", segment_header(0, 9, 2..7), 1, 4),
    ] {
        let files = disk_with(&segment_path(1), &log);
        write(&files, &segment_path(2), &header);
        let (writer, report, frames) = open(&files, 0).unwrap();
        assert_eq!(frames, [(1, b"one".to_vec()), (3, b"three".to_vec())], "{name}");
        assert_eq!((report.damaged_frames, writer.next_sequence()), (damaged, next), "{name}");
    }
}

#[test]
fn empty_files_and_files_of_other_names_are_no_obstacle() {
    let files = log_of(["one"]);
    for path in ["wal/0000000000000002.wal", "wal/notes.txt", "wal/3.wal", "wal/0000000000000004.spare"] {
        files.create(path).unwrap();
    }
    let (mut writer, report, frames) = open(&files, 0).unwrap();
    assert_eq!((frames, report.damaged_frames), (vec![(1, b"one".to_vec())], 0));
    assert_eq!(commit(&mut writer, b"two"), Ok(2));
    assert_eq!(open(&files, 0).unwrap().2, numbered(&["one", "two"]));
    assert!(files.exists("wal/notes.txt").unwrap() && files.exists("wal/3.wal").unwrap());
    assert!(!files.exists("wal/0000000000000004.spare").unwrap(), "a spare of another size is of no use");
}

#[test]
fn a_segment_of_a_later_format_stops_the_start_and_nothing_is_touched() {
    let files = log_of(["one", "two"]);
    write(&files, &segment_path(2), &segment_header(1, 2, 0..0));
    let (before, operations) = (log_files(&files), files.operations());
    let error = open(&files, 0).err().unwrap();
    assert_eq!(error, Error::Format { path: segment_path(2), found: 1, supported: 0 });
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.to_string(), "wal/0000000000000002.wal has format 1, this version reads formats up to 0");
    // The one operation is the making of the directory, which was there.
    assert_eq!((log_files(&files), files.operations()), (before, operations + 1));
}

#[test]
fn random_segments_never_make_a_recovery_fail() {
    for seed in 0..300 {
        let mut random = Random::from_seed(seed);
        let (mut bytes, payloads, _) = one_segment();
        for _ in 0..random.below(30) {
            let start = random.below(bytes.len() as u64) as usize;
            let length = (random.below(300) as usize).min(bytes.len() - start);
            match random.below(3) {
                0 => random.fill(&mut bytes[start..start + length]),
                1 => bytes[start..start + length].fill(0),
                _ => {
                    let target = random.below((bytes.len() - length) as u64) as usize;
                    bytes.copy_within(start..start + length, target);
                }
            }
        }
        let (_, _, frames) = open(&disk_with(&segment_path(1), &bytes), 0).unwrap();
        let written = numbered(&payloads);
        assert!(frames.iter().all(|frame| written.contains(frame)), "seed {seed}");
        assert!(frames.is_sorted_by(|a, b| a.0 < b.0), "seed {seed}");
    }
}
