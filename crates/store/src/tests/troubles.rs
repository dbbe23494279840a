//! Full disks, failing syncs, damaged and foreign files.

use std::sync::Arc;

use tracehound_part::PartName;
use tracehound_platform::sim::{SimClock, SimFiles};
use tracehound_platform::{Files, write_durably};
use tracehound_telemetry::Metrics;

use super::support::{Driven, append_and_wait, has_unaltered, numbered, small};
use crate::{Error, Store, manifest};

/// A store that has `parts` parts of one batch each, and one more batch in its log.
fn with_parts(files: &SimFiles, parts: u64) {
    let mut store = Driven::open(files).unwrap();
    for n in 1..=parts {
        assert!(store.append(vec![numbered(n)]).iter().all(Result::is_ok));
        store.flush(true).unwrap();
    }
    assert!(store.append(vec![numbered(parts + 1)]).iter().all(Result::is_ok));
}

fn present(files: &SimFiles, batches: std::ops::RangeInclusive<u64>) -> Vec<u64> {
    let store = Driven::open(files).unwrap();
    batches.filter(|&n| has_unaltered(&store.snapshot(), n)).collect()
}

fn names(files: &SimFiles, directory: &str, ending: &str) -> Vec<String> {
    let names = files.list(directory).unwrap();
    names.into_iter().filter(|name| name.ends_with(ending)).map(|name| format!("{directory}/{name}")).collect()
}

fn flip_a_byte(files: &SimFiles, path: &str) {
    let file = files.open(path).unwrap();
    let middle = file.len().unwrap() / 2;
    let mut byte = [0];
    file.read_at(&mut byte, middle).unwrap();
    file.write_at(&[byte[0] ^ 0x10], middle).unwrap();
}

/// Flips a bit where `text` stands first.
fn flip_a_byte_of(files: &SimFiles, path: &str, text: &[u8]) {
    let file = files.open(path).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(&mut bytes, 0).unwrap();
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
    file.write_at(&[text[0] ^ 1], at as u64).unwrap();
}

#[test]
fn a_full_disk_refuses_and_heals_by_itself() {
    let files = SimFiles::new();
    let mut store = Driven::open(&files).unwrap();
    assert!(store.append(vec![numbered(1)])[0].is_ok());
    files.set_capacity(0);
    let mut taken = vec![1];
    for n in 2..200 {
        match &store.append(vec![numbered(n)])[0] {
            Ok(()) => taken.push(n),
            Err(error) => {
                assert!(matches!(error, Error::DiskFull | Error::Full), "{error}");
                let _no_space_either = store.flush(true);
            }
        }
    }
    assert!(taken.len() < 100, "there was no space for {} batches", taken.len());
    files.set_capacity(u64::MAX);
    store.flush(true).unwrap();
    assert!(store.append(vec![numbered(500)])[0].is_ok());
    drop(store);
    taken.push(500);
    let store = Driven::open(&files.kill()).unwrap();
    assert!(taken.iter().all(|&n| has_unaltered(&store.snapshot(), n)));
}

#[test]
fn a_failed_sync_of_the_log_poisons_it_and_reads_go_on() {
    let files = SimFiles::new();
    let mut store = Driven::open(&files).unwrap();
    assert!(store.append(vec![numbered(1)])[0].is_ok());
    files.fail_sync_after(0);
    for n in 2..5 {
        assert!(matches!(store.append(vec![numbered(n)])[0], Err(Error::Poisoned)), "batch {n}");
    }
    assert!(has_unaltered(&store.snapshot(), 1));
    assert!(!has_unaltered(&store.snapshot(), 2), "what was not synced is not shown");
    drop(store);
    assert_eq!(present(&files.kill(), 1..=1), [1]);
}

#[test]
fn a_failed_flush_loses_nothing_and_is_tried_again() {
    for failing in 0..6 {
        let files = SimFiles::new();
        let mut store = Driven::open(&files).unwrap();
        assert!(store.append(vec![numbered(1)])[0].is_ok());
        files.fail_sync_after(failing);
        let first = store.flush(true);
        assert!(has_unaltered(&store.snapshot(), 1), "sync {failing}: {first:?}");
        store.flush(true).unwrap();
        drop(store);
        assert_eq!(present(&files.crash(&mut tracehound_platform::Random::from_seed(failing)), 1..=1), [1]);
    }
}

#[test]
fn a_damaged_part_is_set_aside_and_the_rest_is_served() {
    let files = SimFiles::new();
    with_parts(&files, 3);
    flip_a_byte(&files, &names(&files, "spans", ".parquet")[1]);
    assert_eq!(present(&files, 1..=4), [1, 3, 4]);
    assert_eq!(names(&files, "quarantine", ".parquet").len(), 1);
    assert_eq!(present(&files, 1..=4), [1, 3, 4], "and so it stays");
}

#[test]
fn a_part_damaged_while_it_is_served_is_set_aside() {
    let files = SimFiles::new();
    with_parts(&files, 3);
    let store = Driven::open(&files).unwrap();
    for path in names(&files, "spans", ".parquet") {
        flip_a_byte(&files, &path);
    }
    let found: Vec<u64> = (1..=4).filter(|&n| has_unaltered(&store.snapshot(), n)).collect();
    assert_eq!(found, [4], "what is in the memtable");
    assert_eq!(names(&files, "quarantine", ".parquet").len(), 3);
}

#[test]
fn a_missing_part_is_reported_and_the_rest_is_served() {
    let files = SimFiles::new();
    with_parts(&files, 2);
    files.remove(&names(&files, "spans", ".parquet")[0]).unwrap();
    assert_eq!(present(&files, 1..=3), [2, 3]);
}

#[test]
fn parts_that_no_manifest_names_are_adopted_unless_the_log_has_all_of_them() {
    let files = SimFiles::new();
    with_parts(&files, 3);
    let lose = |paths: Vec<String>| paths.iter().for_each(|path| files.remove(path).unwrap());
    lose(names(&files, manifest::DIRECTORY, ".json"));
    assert_eq!(present(&files, 1..=4), [1, 2, 3, 4]);
    assert_eq!(names(&files, "spans", ".parquet").len(), 0, "the log had all of it");

    let mut store = Driven::open(&files).unwrap();
    store.flush(true).unwrap();
    lose(names(&files, manifest::DIRECTORY, ".json"));
    lose(names(&files, "wal", ".wal"));
    assert_eq!(present(&files, 1..=4), [1, 2, 3, 4], "from the part alone");
    let mut store = Driven::open(&files).unwrap();
    assert!(store.append(vec![numbered(9)])[0].is_ok());
    store.flush(true).unwrap();
    assert_eq!(names(&files, "spans", ".parquet").len(), 2, "no number was used again");
}

#[test]
fn a_part_that_was_adopted_is_not_written_over() {
    let files = SimFiles::new();
    let mut store = Driven::open(&files).unwrap();
    for n in 1..=3 {
        assert!(store.append(vec![numbered(n)])[0].is_ok());
    }
    store.core.tables.write().memtables.freeze();
    store.core.flush_frozen(&[]).unwrap();
    drop(store);
    // The manifest loses the part, and the log one of its batches: the others alone would make a part of equal name.
    names(&files, manifest::DIRECTORY, ".json").iter().for_each(|path| files.remove(path).unwrap());
    flip_a_byte_of(&files, &names(&files, "wal", ".wal")[0], b"batch 2 ");
    let mut store = Driven::open(&files).unwrap();
    assert_eq!(store.core.tables.read().parts.len(), 1, "adopted");
    store.flush(true).unwrap();
    assert_eq!(store.core.tables.read().parts.len(), 2);
    assert!((1..=3).all(|n| has_unaltered(&store.snapshot(), n)));
    drop(store);
    assert_eq!(present(&files, 1..=3), [1, 2, 3]);
}

#[test]
fn a_part_stays_whose_batch_is_in_the_log_but_cannot_be_read_there() {
    let files = SimFiles::new();
    let mut store = Driven::open(&files).unwrap();
    store.writer.append(&[b"no batch"]).unwrap();
    store.writer.sync().unwrap();
    drop(store);
    tracehound_part::write(&files, &PartName::new(1, 1), &[(1, Arc::new(numbered(1)))], &[]).unwrap();
    for _start in 0..2 {
        assert_eq!(present(&files, 1..=1), [1]);
        assert_eq!(files.list("quarantine").unwrap(), ["frame-0000000000000001"]);
    }
}

#[test]
fn any_damaged_manifest_file_is_set_aside_and_nothing_is_lost() {
    let files = SimFiles::new();
    with_parts(&files, 3);
    for path in names(&files, manifest::DIRECTORY, ".json") {
        let copy = files.kill();
        flip_a_byte(&copy, &path);
        assert_eq!(present(&copy, 1..=4), [1, 2, 3, 4], "{path}");
        assert_eq!(names(&copy, "quarantine", ".json").len(), 1);
    }
}

#[test]
fn the_manifest_stays_short() {
    let files = SimFiles::new();
    with_parts(&files, 130);
    assert!(names(&files, manifest::DIRECTORY, ".json").len() <= 64);
    assert_eq!(present(&files, 1..=131).len(), 131);
}

#[test]
fn a_directory_that_is_not_ours_or_of_a_later_format_is_left_untouched() {
    let cases: [(&str, &[u8]); 4] =
        [("FORMAT", b"1\n"), ("FORMAT", b"parquet\n"), ("FORMAT", b""), ("letter.txt", b"Dear")];
    for (name, bytes) in cases {
        let files = SimFiles::new();
        write_durably(&files, name, bytes).unwrap();
        let before = files.operations();
        assert!(matches!(Driven::open(&files).err(), Some(Error::Format(_))), "{name} {bytes:?}");
        assert_eq!(files.operations(), before, "nothing was written");
    }
}

#[test]
fn a_directory_has_one_holder() {
    let files: Arc<dyn Files> = Arc::new(SimFiles::new());
    let open = || Store::open(small(), files.clone(), Arc::new(SimClock::new(0)), Arc::new(Metrics::default()));
    let first = open().unwrap();
    assert!(matches!(open().err(), Some(Error::Locked)));
    first.close().unwrap();
    drop(first);
    open().unwrap();
}

#[test]
fn closing_flushes_everything_and_takes_no_more() {
    let files = SimFiles::new();
    let open = || {
        Store::open(small(), Arc::new(files.clone()), Arc::new(SimClock::new(0)), Arc::new(Metrics::default())).unwrap()
    };
    let store = open();
    for n in 1..=40 {
        while append_and_wait(&store, numbered(n)).is_err() {
            std::thread::yield_now();
        }
    }
    store.close().unwrap();
    assert!(matches!(append_and_wait(&store, numbered(41)), Err(Error::Closed)));
    assert!(matches!(store.health(), Err(Error::Closed)));
    drop(store);
    assert!(names(&files, "wal", ".wal").len() <= 1, "only the segment that was being written is left");
    let store = open();
    assert!((1..=40).all(|n| has_unaltered(&store.snapshot(), n)));
}
