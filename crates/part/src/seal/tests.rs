//! What was sealed comes back; what was not written is told.

use std::io::Write;

use tracehound_platform::sim::SimFiles;
use tracehound_platform::{Files, Random};

use super::*;

const MAGIC: &[u8; 4] = b"TEST";

/// A file of this content and an ending whose number is `tail`, written in pieces of `piece` bytes, and what sealing said.
fn sealed(content: &[u8], tail: u32, piece: usize) -> (Arc<dyn File>, u64, u32) {
    let file = SimFiles::new().create("file").unwrap();
    let mut writer = SealWriter::new(&*file);
    for bytes in [content, &tail.to_le_bytes(), MAGIC].concat().chunks(piece) {
        writer.write_all(bytes).unwrap();
    }
    let (bytes, crc) = writer.finish().unwrap();
    (file, bytes, crc)
}

#[test]
fn content_of_any_length_comes_back_in_any_piece() {
    let mut random = Random::from_seed(1);
    for len in [0, 1, 4_095, 4_096, 4_097, BUFFER_BYTES - 8, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 9, 600_000]
    {
        let mut content = vec![0; len];
        random.fill(&mut content);
        for piece in [7, 4_096, 1 << 20] {
            let (file, bytes, crc) = sealed(&content, 0, piece);
            let opened = SealedFile::open(file, "file", MAGIC).unwrap();
            assert_eq!((opened.file_bytes(), opened.crc(), opened.content_bytes()), (bytes, crc, len as u64));
            assert_eq!(opened.read(0..len as u64).unwrap(), content);
            let start = random.below(len as u64 + 1);
            let end = start + random.below(len as u64 - start + 1);
            assert_eq!(opened.read(start..end).unwrap(), content[start as usize..end as usize]);
            opened.verify().unwrap();
        }
    }
}

#[test]
fn the_tail_is_what_the_ending_said_before_it_was_sealed() {
    let (file, ..) = sealed(&[0; 5_000], 300, 100);
    assert_eq!(SealedFile::open(file, "file", MAGIC).unwrap().tail().unwrap(), 4_700..5_000);
    let (file, ..) = sealed(&[0; 5_000], 5_001, 100);
    assert!(SealedFile::open(file, "file", MAGIC).unwrap().tail().is_err());
}

#[test]
fn bytes_behind_the_content_are_not_there() {
    let (file, ..) = sealed(&[0; 5_000], 0, 100);
    let opened = SealedFile::open(file, "file", MAGIC).unwrap();
    for range in [0..5_001, 4_999..u64::MAX, u64::MAX - 1..u64::MAX] {
        assert!(opened.read(range.clone()).is_err(), "{range:?}");
    }
}

#[test]
fn another_magic_is_another_kind_of_file() {
    let (file, ..) = sealed(b"content", 0, 100);
    assert!(SealedFile::open(file, "file", b"PAR1").is_err());
}
