//! A write that does not finish leaves nothing, or a whole part.

use std::sync::Arc;

use tracehound_part::{Columns, DIRECTORY, ErrorKind, Part, list, remove, sweep, write};
use tracehound_platform::sim::SimFiles;
use tracehound_platform::{Files, Random};

use crate::awkward;
use crate::spans::{NAME, Span, batch, folded_and_sorted, spans};

fn empty_directory() -> SimFiles {
    let files = SimFiles::new();
    files.create_dir(DIRECTORY).unwrap();
    files
}

fn all_rows(files: SimFiles) -> Vec<Span> {
    let part = Part::open(Arc::new(files), &NAME).unwrap();
    spans(&part.read(&[0..part.meta().rows], Columns::All).unwrap())
}

#[test]
fn after_a_power_cut_at_any_operation_there_is_a_whole_part_or_none() {
    let mut came = awkward::spans(&mut Random::from_seed(1), 60);
    let written = [batch(1, &mut came)];
    let expected = folded_and_sorted(&came);
    let files = empty_directory();
    let before = files.operations();
    write(&files, &NAME, &written, &[]).unwrap();
    let operations = files.operations() - before;
    assert!(operations > 8, "both files are created, written, synced and renamed");

    let mut seen = [0, 0];
    for (crash_after, seed) in (0..=operations).flat_map(|after| (0..8).map(move |seed| (after, seed))) {
        let files = empty_directory();
        files.crash_after(crash_after);
        let finished = write(&files, &NAME, &written, &[]).is_ok();
        let files = files.crash(&mut Random::from_seed(seed));
        sweep(&files).unwrap();
        let parts = list(&files).unwrap();
        seen[parts.len()] += 1;
        if finished || !parts.is_empty() {
            assert_eq!(parts, [NAME], "after {crash_after} operations, seed {seed}");
            assert!(all_rows(files) == expected, "after {crash_after} operations, seed {seed}");
        } else {
            assert_eq!(files.list(DIRECTORY).unwrap(), [""; 0], "after {crash_after} operations, seed {seed}");
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "both ends are met: {seen:?}");
}

#[test]
fn on_a_full_disk_nothing_is_left_and_it_heals() {
    let mut spans = awkward::spans(&mut Random::from_seed(2), 60);
    let written = [batch(1, &mut spans)];
    let files = empty_directory();
    files.set_capacity(10_000);
    let error = write(&files, &NAME, &written, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Environment, "{error}");
    assert_eq!(files.list(DIRECTORY).unwrap(), [""; 0]);
    files.set_capacity(u64::MAX);
    write(&files, &NAME, &written, &[]).unwrap();
    assert!(all_rows(files) == folded_and_sorted(&spans));
}

#[test]
fn without_a_sync_there_is_no_part() {
    let written = [batch(1, &mut [Span::plain((0, 1), 1, 1)])];
    for syncs in 0..2 {
        let files = empty_directory();
        files.fail_sync_after(syncs);
        assert_eq!(write(&files, &NAME, &written, &[]).unwrap_err().kind(), ErrorKind::Environment);
        assert_eq!(list(&files).unwrap(), []);
    }
}

#[test]
fn a_part_of_no_rows_is_not_written() {
    let files = empty_directory();
    assert_eq!(write(&files, &NAME, &[], &[]).unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(files.list(DIRECTORY).unwrap(), [""; 0]);
}

#[test]
fn a_removed_part_is_gone_and_a_sweep_takes_only_leftovers() {
    let files = empty_directory();
    write(&files, &NAME, &[batch(1, &mut [Span::plain((0, 1), 1, 1)])], &[]).unwrap();
    for leftover in ["spans/x.parquet.tmp", "spans/0000000000000005-0000000000000006-0000.idx"] {
        files.create(leftover).unwrap();
    }
    files.create("spans/notes.txt").unwrap();
    sweep(&files).unwrap();
    let text = NAME.to_string();
    assert_eq!(files.list(DIRECTORY).unwrap(), [format!("{text}.idx"), format!("{text}.parquet"), "notes.txt".into()]);
    remove(&files, &NAME).unwrap();
    remove(&files, &NAME).unwrap();
    assert_eq!(files.list(DIRECTORY).unwrap(), ["notes.txt"]);
}
