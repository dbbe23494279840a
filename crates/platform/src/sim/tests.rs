//! What the simulated disk keeps, loses and refuses.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;

use super::SimFiles;
use crate::{File, Files, Random, write_durably};

/// Enough that every outcome with a chance of a few per cent comes.
const SEEDS: u64 = 400;

fn read(files: &SimFiles, path: &str) -> Vec<u8> {
    let file = files.open(path).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(&mut bytes, 0).unwrap();
    bytes
}

/// A disk with one file whose name and first content are safe.
fn disk_with(content: &[u8]) -> (SimFiles, Arc<dyn File>) {
    let files = SimFiles::new();
    let file = files.create("file").unwrap();
    file.write_at(content, 0).unwrap();
    file.sync().unwrap();
    files.sync_dir("").unwrap();
    (files, file)
}

/// All contents of `file` after a power cut, over many seeds.
fn outcomes(make: impl Fn() -> SimFiles) -> BTreeSet<Vec<u8>> {
    (0..SEEDS).map(|seed| read(&make().crash(&mut Random::from_seed(seed)), "file")).collect()
}

/// All listings of the root after a power cut, over many seeds.
fn listings(make: impl Fn() -> SimFiles) -> BTreeSet<Vec<String>> {
    (0..SEEDS).map(|seed| make().crash(&mut Random::from_seed(seed)).list("").unwrap()).collect()
}

fn names<const N: usize>(names: [&[&str]; N]) -> BTreeSet<Vec<String>> {
    names.iter().map(|list| list.iter().map(|name| name.to_string()).collect()).collect()
}

#[test]
fn what_was_synced_survives_a_power_cut() {
    let all = outcomes(|| disk_with(b"safe").0);
    assert_eq!(all, BTreeSet::from([b"safe".to_vec()]));
}

#[test]
fn an_unsynced_write_is_kept_lost_or_torn() {
    let all = outcomes(|| {
        let (files, file) = disk_with(b"....");
        file.write_at(b"new!", 0).unwrap();
        files
    });
    for expected in [b"....", b"n...", b"ne..", b"new.", b"new!"] {
        assert!(all.contains(expected.as_slice()), "{expected:?} never came");
    }
    assert!(all.iter().all(|content| content.len() == 4));
}

#[test]
fn each_sector_of_a_write_has_its_own_fate_and_bytes_beside_it_stay() {
    const LENGTH: usize = 1400;
    let kept = |content: &[u8]| [100..512, 512..1024, 1024..1300].map(|part| content[part].iter().all(|&b| b == 1));
    let all = outcomes(|| {
        let (files, file) = disk_with(&[0; LENGTH]);
        file.write_at(&[1; 1200], 100).unwrap();
        files
    });
    let patterns: BTreeSet<[bool; 3]> = all.iter().map(|content| kept(content)).collect();
    assert_eq!(patterns.len(), 8, "all subsets of three sectors");
    assert!(all.iter().all(|content| content[..100] == [0; 100] && content[1300..] == [0; 100]));
    assert!(all.iter().flatten().any(|&byte| byte > 1), "a lost sector can hold anything");
}

#[test]
fn unsynced_writes_have_independent_fates() {
    let all = outcomes(|| {
        let (files, file) = disk_with(b"..");
        file.write_at(b"a", 0).unwrap();
        file.write_at(b"b", 1).unwrap();
        files
    });
    for expected in [b"..", b"a.", b".b", b"ab"] {
        assert!(all.contains(expected.as_slice()), "{expected:?} never came");
    }
}

#[test]
fn an_unsynced_length_is_kept_or_lost() {
    let all = outcomes(|| {
        let (files, file) = disk_with(b"12345678");
        file.set_len(2).unwrap();
        file.allocate(4).unwrap();
        files
    });
    let expected: [&[u8]; 3] = [b"12345678", b"12", b"12\0\0"];
    assert_eq!(all, expected.into_iter().map(<[u8]>::to_vec).collect());
}

#[test]
fn names_survive_as_a_prefix_of_what_happened_in_their_directory() {
    let all = listings(|| {
        let (files, _) = disk_with(b"");
        files.create("new").unwrap();
        files.rename("new", "newer").unwrap();
        files.remove("file").unwrap();
        files
    });
    assert_eq!(all, names([&["file"], &["file", "new"], &["file", "newer"], &["newer"]]));
}

#[test]
fn a_synced_file_without_a_synced_name_can_be_gone() {
    let all = listings(|| {
        let files = SimFiles::new();
        files.create("file").unwrap().sync().unwrap();
        files
    });
    assert_eq!(all, names([&[], &["file"]]));
}

#[test]
fn a_rename_between_directories_happens_in_both_or_in_none() {
    for seed in 0..SEEDS {
        let (files, _) = disk_with(b"");
        files.create_dir("aside/deep").unwrap();
        files.rename("file", "aside/deep/file").unwrap();
        let after = files.crash(&mut Random::from_seed(seed));
        let there = [after.exists("file").unwrap(), after.exists("aside/deep/file").unwrap()];
        assert_eq!(there.iter().filter(|there| **there).count(), 1, "seed {seed}");
    }
}

#[test]
fn syncing_one_directory_makes_a_rename_out_of_another_safe() {
    for seed in 0..SEEDS {
        let files = SimFiles::new();
        files.create_dir("aside").unwrap();
        files.create("other").unwrap();
        files.create("file").unwrap();
        files.rename("file", "aside/file").unwrap();
        files.sync_dir("aside").unwrap();
        let after = files.crash(&mut Random::from_seed(seed));
        assert!(after.exists("aside/file").unwrap() && after.exists("other").unwrap(), "seed {seed}");
    }
}

#[test]
fn a_durable_write_leaves_the_old_file_or_the_new_one_whole() {
    let (files, _) = disk_with(b"old");
    let before = files.operations();
    write_durably(&files, "file", b"the new content").unwrap();
    let steps = files.operations() - before;
    let mut seen = BTreeSet::new();
    for (step, seed) in (0..=steps).flat_map(|step| (0..40).map(move |seed| (step, seed))) {
        let (files, _) = disk_with(b"old");
        files.crash_after(step);
        let written = write_durably(&files, "file", b"the new content");
        let content = read(&files.crash(&mut Random::from_seed(seed)), "file");
        assert!(content == b"old" || content == b"the new content", "step {step}, seed {seed}: {content:?}");
        assert!(written.is_err() || content == b"the new content", "step {step}, seed {seed}: it was promised");
        seen.insert(content);
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_killed_process_leaves_everything_it_wrote_and_no_locks() {
    let (files, file) = disk_with(b"safe");
    let _lock = files.lock("lock").unwrap();
    file.write_at(b"more", 4).unwrap();
    let after = files.kill();
    assert_eq!(read(&after, "file"), b"safemore");
    assert!(after.lock("lock").is_ok());
    let cut: BTreeSet<_> =
        (0..SEEDS).map(|seed| read(&after.kill().crash(&mut Random::from_seed(seed)), "file").len()).collect();
    assert!(cut.contains(&4) && cut.contains(&8), "what was not synced is still in danger");
}

#[test]
fn handles_and_files_of_before_the_crash_fail_after_it() {
    let (files, file) = disk_with(b"safe");
    files.crash(&mut Random::from_seed(0));
    assert!(file.read_at(&mut [0; 4], 0).is_err());
    assert!(file.write_at(b"x", 0).is_err());
    assert!(file.sync().is_err());
    assert!(files.list("").is_err());
    assert!(files.open("file").is_err());
}

#[test]
fn the_machine_goes_off_at_the_operation_it_was_told() {
    let (files, file) = disk_with(b"");
    files.crash_after(2);
    file.write_at(b"a", 0).unwrap();
    file.write_at(b"b", 1).unwrap();
    assert!(file.write_at(b"c", 2).is_err());
    assert!(file.len().is_err());
    assert_eq!(read(&files.kill(), "file"), b"abc", "the write that was under way had reached the system");
}

#[test]
fn what_a_failed_sync_forgot_no_later_sync_saves() {
    let all = outcomes(|| {
        let (files, file) = disk_with(b"..");
        files.fail_sync_after(1);
        file.sync().unwrap();
        file.write_at(b"a", 0).unwrap();
        assert!(file.sync().is_err());
        file.write_at(b"b", 1).unwrap();
        file.sync().unwrap();
        files
    });
    assert!(all.contains(b".b".as_slice()) && all.contains(b"ab".as_slice()), "{all:?}");
    assert!(all.iter().all(|content| content[1] == b'b'), "{all:?}");
}

#[test]
fn every_nth_write_fails_after_a_part_of_it() {
    let (files, file) = disk_with(b"");
    files.fail_every_write(2);
    file.write_at(b"aa", 0).unwrap();
    assert!(file.write_at(b"bb", 2).is_err());
    file.write_at(b"cc", 4).unwrap();
    files.heal_writes();
    file.write_at(b"dd", 6).unwrap();
    assert_eq!(read(&files, "file"), b"aab\0ccdd");
}

#[test]
fn a_full_disk_refuses_growth_alone_and_heals() {
    let (files, file) = disk_with(b"12345678");
    files.set_capacity(10);
    assert_eq!(file.allocate(11).unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(file.write_at(b"abcd", 8).unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(read(&files, "file"), b"12345678ab");
    file.write_at(b"........", 0).unwrap();
    files.create("other").unwrap();
    files.set_capacity(12);
    file.write_at(b"abcd", 8).unwrap();
    assert_eq!(
        files.crash(&mut Random::from_seed(1)).create("x").unwrap().allocate(13).unwrap_err().kind(),
        ErrorKind::StorageFull
    );
    assert_eq!(read(&files.kill(), "file"), b"........abcd");
}

#[test]
fn removing_a_file_gives_its_room_back_and_readers_keep_it() {
    let (files, file) = disk_with(b"12345678");
    files.set_capacity(8);
    files.remove("file").unwrap();
    files.create("other").unwrap().allocate(8).unwrap();
    let mut bytes = [0; 8];
    file.read_at(&mut bytes, 0).unwrap();
    assert_eq!(&bytes, b"12345678");
}

#[test]
fn the_same_seed_gives_the_same_disk() {
    let crashed = |seed| {
        let (files, file) = disk_with(&[0; 5_000]);
        file.write_at(&[9; 4_000], 500).unwrap();
        read(&files.crash(&mut Random::from_seed(seed)), "file")
    };
    assert!((0..20).all(|seed| crashed(seed) == crashed(seed)));
    assert!((0..20).any(|seed| crashed(seed) != crashed(seed + 1)));
}
