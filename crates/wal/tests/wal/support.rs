//! What the tests of the log share.

use std::sync::Arc;

use tracehound_platform::Files;
use tracehound_platform::sim::SimFiles;
use tracehound_wal::{Error, Options, Report, Writer, recover};

/// Segments so small that a handful of frames fills one.
pub(crate) const SMALL: Options = Options { segment_bytes: 1024, spare_segments: 2 };

pub(crate) const SEGMENT_HEADER_BYTES: usize = 40;
pub(crate) const FRAME_HEADER_BYTES: usize = 32;

/// Frames with their sequence numbers.
pub(crate) type Frames = Vec<(u64, Vec<u8>)>;

/// Recovers a log of small segments: the writer, what was found, and the frames.
pub(crate) fn open(files: &SimFiles, floor: u64) -> Result<(Writer, Report, Frames), Error> {
    open_with(files, SMALL, floor)
}

pub(crate) fn open_with(files: &SimFiles, options: Options, floor: u64) -> Result<(Writer, Report, Frames), Error> {
    let mut frames = Frames::new();
    let (writer, report) = recover::<Error>(Arc::new(files.clone()), options, floor, |sequence, payload| {
        frames.push((sequence, payload.to_vec()));
        Ok(())
    })?;
    Ok((writer, report, frames))
}

/// Appends and syncs one frame.
pub(crate) fn commit(writer: &mut Writer, payload: &[u8]) -> Result<u64, Error> {
    let sequence = writer.append(&[payload])?;
    writer.sync()?;
    Ok(sequence)
}

/// A new log in which each of these is a commit of its own.
pub(crate) fn log_of<P: AsRef<[u8]>>(payloads: impl IntoIterator<Item = P>) -> SimFiles {
    log_with(SMALL, payloads)
}

pub(crate) fn log_with<P: AsRef<[u8]>>(options: Options, payloads: impl IntoIterator<Item = P>) -> SimFiles {
    let files = SimFiles::new();
    let (mut writer, _, _) = open_with(&files, options, 0).unwrap();
    for payload in payloads {
        commit(&mut writer, payload.as_ref()).unwrap();
    }
    files
}

/// A disk with only this segment.
pub(crate) fn disk_with(path: &str, bytes: &[u8]) -> SimFiles {
    let files = SimFiles::new();
    files.create_dir("wal").unwrap();
    write(&files, path, bytes);
    files
}

pub(crate) fn write(files: &SimFiles, path: &str, bytes: &[u8]) {
    files.create(path).unwrap().write_at(bytes, 0).unwrap();
}

pub(crate) fn read(files: &SimFiles, path: &str) -> Vec<u8> {
    let file = files.open(path).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(&mut bytes, 0).unwrap();
    bytes
}

pub(crate) fn segment_path(id: u64) -> String {
    format!("wal/{id:016x}.wal")
}

/// The paths of the files in the log's directory, without it, sorted.
pub(crate) fn log_files(files: &SimFiles) -> Vec<String> {
    files.list("wal").unwrap()
}

/// `payloads` as frames numbered from 1.
pub(crate) fn numbered<P: AsRef<[u8]>>(payloads: &[P]) -> Frames {
    (1..).zip(payloads.iter().map(|payload| payload.as_ref().to_vec())).collect()
}

/// A segment's header as docs/formats/wal.md has it.
pub(crate) fn segment_header(format: u32, id: u64, torn: std::ops::Range<u64>) -> Vec<u8> {
    let start = [b"thwal\r\n\0".as_slice(), &format.to_le_bytes()].concat();
    let rest = [id, torn.start, torn.end].map(u64::to_le_bytes).concat();
    let checksum = crc_fast::crc32_iscsi(&[&*start, &rest].concat());
    [start, checksum.to_le_bytes().to_vec(), rest].concat()
}

/// A frame as docs/formats/wal.md has it.
pub(crate) fn frame(segment: u64, sequence: u64, synced_through: u64, payload: &[u8]) -> Vec<u8> {
    let mut header = [sequence, synced_through, crc_fast::crc64_nvme(payload)].map(u64::to_le_bytes).concat();
    header.extend((payload.len() as u32).to_le_bytes());
    let checksum = crc_fast::crc32_iscsi(&[&segment.to_le_bytes(), &*header].concat());
    let mut frame = [&*header, &checksum.to_le_bytes(), payload].concat();
    frame.resize(frame.len().next_multiple_of(8), 0);
    frame
}
