//! Damage is told, and never turns into other rows.

use std::sync::Arc;

use tracehound_part::{Columns, Error, ErrorKind, Part, PartName, Position};
use tracehound_platform::{Files, Random};

use crate::awkward;
use crate::spans::{NAME, Span, files, part_in, read_file, spans, write_file};

/// Everything that can be asked of a part: all rows, and the traces in both orders.
fn everything(files: &Arc<dyn Files>) -> Result<Vec<Span>, Error> {
    let part = Part::open(Arc::clone(files), &NAME)?;
    let newest = part.newest(Position::MAX)?.collect::<Result<Vec<_>, _>>()?;
    for entry in &newest {
        assert!(part.traces(entry.id.low)?.contains(entry));
        assert!(part.meta().rows >= entry.rows.end);
    }
    Ok(spans(&part.read(&[0..part.meta().rows], Columns::All)?))
}

/// A part of some hundred rows.
fn small_part() -> (Arc<dyn Files>, Vec<Span>) {
    let files = files();
    let mut random = Random::from_seed(5);
    let expected = part_in(&files, &mut [awkward::spans(&mut random, 200), awkward::spans(&mut random, 100)]);
    (files, expected)
}

#[test]
fn a_flipped_bit_of_the_rows_is_told_and_never_read() {
    let (files, expected) = small_part();
    assert!(everything(&files).unwrap() == expected);
    let path = NAME.parquet_path();
    let original = read_file(&*files, &path);
    let last = original.len() - 1;
    // Every place near the end, where each byte has a meaning of its own, and a sample of the rest.
    for at in (0..last).step_by(211).chain(last - 200..=last) {
        let mut bytes = original.clone();
        bytes[at] ^= 1 << (at % 8);
        write_file(&*files, &path, &bytes);
        let error = everything(&files).map(|spans| spans.len()).expect_err(&format!("byte {at} of {last}"));
        assert_eq!(error.kind(), ErrorKind::Damaged, "byte {at}: {error}");
        let verified = Part::open(Arc::clone(&files), &NAME).and_then(|part| part.verify());
        assert_eq!(verified.expect_err("verification reads every byte").kind(), ErrorKind::Damaged, "byte {at}");
    }
}

#[test]
fn a_trace_is_read_from_its_own_pages_so_that_damage_elsewhere_does_not_matter() {
    let files = files();
    let mut random = Random::from_seed(9);
    let came = (0..40_000).map(|n| Span::plain((0, n / 10 + 1), random.next_u64(), n as i64));
    let expected = part_in(&files, &mut [came.collect()]);
    let part = Part::open(Arc::clone(&files), &NAME).unwrap();
    let trace = 20_000..20_010;
    let path = NAME.parquet_path();
    let original = read_file(&*files, &path);
    let mut noticed = 0;
    // One flip in each block that has a checksum.
    let blocks = (100..original.len()).step_by(4_096);
    for at in blocks.clone() {
        let mut bytes = original.clone();
        bytes[at] ^= 1;
        write_file(&*files, &path, &bytes);
        match part.read(std::slice::from_ref(&trace), Columns::All) {
            Ok(rows) => assert!(spans(&rows) == expected[20_000..20_010], "byte {at}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Damaged, "byte {at}: {error}");
                noticed += 1;
            }
        }
    }
    // The trace is on one of five pages of each column; dictionaries, page index and footer are always read.
    assert!(noticed > 0 && noticed * 2 < blocks.count(), "{noticed} blocks are read for one trace");
}

#[test]
fn cut_or_lengthened_rows_are_told() {
    let (files, _) = small_part();
    let path = NAME.parquet_path();
    let original = read_file(&*files, &path);
    let lengths = (0..original.len()).step_by(509).chain(original.len() - 64..original.len());
    let cut = lengths.map(|len| original[..len].to_vec());
    let lengthened = [[original.clone(), vec![0]].concat(), [original.clone(), original.clone()].concat()];
    for bytes in cut.chain(lengthened.into_iter().take(1)) {
        write_file(&*files, &path, &bytes);
        let error = everything(&files).map(|spans| spans.len()).expect_err(&format!("{} bytes", bytes.len()));
        assert_eq!(error.kind(), ErrorKind::Damaged, "{} bytes: {error}", bytes.len());
    }
}

#[test]
fn a_trace_index_that_is_missing_or_damaged_is_written_again() {
    let (files, expected) = small_part();
    let path = NAME.sidecar_path();
    let original = read_file(&*files, &path);
    let mut damaged = vec![vec![], vec![0; original.len()], original[..original.len() / 2].to_vec()];
    for at in (0..original.len()).step_by(7) {
        damaged.push(original.clone());
        damaged.last_mut().unwrap()[at] ^= 1 << (at % 8);
    }
    for bytes in damaged {
        write_file(&*files, &path, &bytes);
        assert!(everything(&files).unwrap() == expected);
        assert_eq!(read_file(&*files, &path), original);
    }
    files.remove(&path).unwrap();
    assert!(everything(&files).unwrap() == expected);
    assert_eq!(read_file(&*files, &path), original);
}

#[test]
fn a_trace_index_that_is_damaged_while_it_is_open_is_told() {
    let (files, _) = small_part();
    let part = Part::open(Arc::clone(&files), &NAME).unwrap();
    let entry = part.newest(Position::MAX).unwrap().next().unwrap().unwrap();
    let mut bytes = read_file(&*files, &NAME.sidecar_path());
    bytes[20] ^= 1;
    write_file(&*files, &NAME.sidecar_path(), &bytes);
    let errors = [
        part.traces(entry.id.low).map(|_| ()).unwrap_err(),
        part.newest(Position::MAX).map(|_| ()).unwrap_err(),
        part.verify().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Damaged, "{error}");
    }
}

#[test]
fn the_trace_index_of_another_part_is_not_used() {
    let (files, expected) = small_part();
    let other = self::files();
    part_in(&other, &mut [awkward::spans(&mut Random::from_seed(6), 300)]);
    write_file(&*files, &NAME.sidecar_path(), &read_file(&*other, &NAME.sidecar_path()));
    assert!(everything(&files).unwrap() == expected);
}

#[test]
fn a_part_under_another_name_is_not_opened() {
    let (files, _) = small_part();
    let other = PartName::new(1, 8);
    files.rename(&NAME.parquet_path(), &other.parquet_path()).unwrap();
    let error = Part::open(files, &other).map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged, "{error}");
}

#[test]
fn a_part_that_is_not_there_is_the_environments_fault() {
    let error = Part::open(files(), &NAME).map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Environment, "{error}");
}

/// Sets the format in the trailer of a sealed file, with the checksum that belongs to it.
fn with_format(mut bytes: Vec<u8>, format: u32) -> Vec<u8> {
    let trailer = bytes.len() - 28;
    bytes[trailer + 8..trailer + 12].copy_from_slice(&format.to_le_bytes());
    let covered = [&bytes[trailer..trailer + 16], &bytes[trailer + 20..]].concat();
    let crc = crc_fast::crc32_iscsi(&covered);
    bytes[trailer + 16..trailer + 20].copy_from_slice(&crc.to_le_bytes());
    bytes
}

#[test]
fn a_later_format_is_refused_and_left_untouched() {
    for path in [NAME.parquet_path(), NAME.sidecar_path()] {
        let (files, expected) = small_part();
        let original = read_file(&*files, &path);
        write_file(&*files, &path, &with_format(original.clone(), 0));
        assert!(everything(&files).unwrap() == expected, "{path}: the same format opens");

        let later = with_format(original, 1);
        write_file(&*files, &path, &later);
        let error = everything(&files).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.to_string(), format!("{path} has format 1, this program knows 0"));
        assert_eq!(read_file(&*files, &path), later);
    }
}
