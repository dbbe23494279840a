//! What the traits promise, asked of the real files and of the simulated ones.
#![allow(clippy::unwrap_used, reason = "a test that cannot do what it needs fails")]

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tracehound_platform::sim::SimFiles;
use tracehound_platform::{Files, RealFiles, write_durably};

/// A directory of this test that is removed at its end.
struct TestDirectory(PathBuf);

impl TestDirectory {
    fn new(name: &str) -> TestDirectory {
        let path = std::env::temp_dir().join(format!("tracehound-platform-{name}-{}", std::process::id()));
        TestDirectory(path)
    }
}

impl Drop for TestDirectory {
    fn drop(&mut self) {
        // Best effort: a test's verdict does not depend on it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs `check` on real files and on simulated ones.
fn on_both(name: &str, check: impl Fn(&dyn Files)) {
    let directory = TestDirectory::new(name);
    check(&RealFiles::open(&directory.0).unwrap());
    check(&SimFiles::new());
}

fn read(files: &dyn Files, path: &str) -> Vec<u8> {
    let file = files.open(path).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(&mut bytes, 0).unwrap();
    bytes
}

#[test]
fn bytes_come_back_from_where_they_were_written() {
    on_both("bytes", |files| {
        let file = files.create("file").unwrap();
        assert!(file.is_empty().unwrap());
        file.write_at(b"world", 6).unwrap();
        file.write_at(b"hello", 0).unwrap();
        file.sync().unwrap();
        assert_eq!(read(files, "file"), b"hello\0world");
        assert_eq!(file.read_at(&mut [0; 6], 6).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        files.create("file").unwrap();
        assert_eq!(file.len().unwrap(), 0, "creating empties the file that is there");
    });
}

#[test]
fn allocating_only_lengthens_and_setting_the_length_also_cuts() {
    on_both("lengths", |files| {
        let file = files.create("file").unwrap();
        file.write_at(b"abcd", 0).unwrap();
        file.allocate(6).unwrap();
        file.allocate(2).unwrap();
        assert_eq!(read(files, "file"), b"abcd\0\0");
        file.set_len(2).unwrap();
        file.set_len(3).unwrap();
        assert_eq!(read(files, "file"), b"ab\0");
    });
}

#[test]
fn names_are_made_changed_listed_and_removed() {
    on_both("names", |files| {
        files.create_dir("a/b").unwrap();
        files.create_dir("a/b").unwrap();
        for path in ["z", "a/y", "a/x", "a/b/w"] {
            files.create(path).unwrap();
        }
        assert_eq!(files.list("").unwrap(), ["z"], "directories are no files");
        assert_eq!(files.list("a").unwrap(), ["x", "y"]);
        files.rename("a/x", "a/b/w").unwrap();
        files.remove("a/y").unwrap();
        for directory in ["", "a", "a/b"] {
            files.sync_dir(directory).unwrap();
        }
        assert_eq!((files.list("a").unwrap(), files.list("a/b").unwrap()), (vec![], vec!["w".to_owned()]));
        assert!(files.exists("a/b/w").unwrap() && !files.exists("a/x").unwrap());
    });
}

#[test]
fn what_is_not_there_is_not_found() {
    on_both("missing", |files| {
        let errors = [
            files.open("file").err(),
            files.create("none/file").err(),
            files.remove("file").err(),
            files.rename("file", "other").err(),
            files.list("none").err(),
            files.sync_dir("none").err(),
        ];
        for (number, error) in errors.into_iter().enumerate() {
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::NotFound), "case {number}");
        }
    });
}

#[test]
fn a_lock_has_one_holder_until_it_is_dropped() {
    on_both("lock", |files| {
        let held = files.lock("lock").unwrap();
        assert_eq!(files.lock("lock").err().unwrap().kind(), ErrorKind::WouldBlock);
        drop(held);
        files.lock("lock").unwrap();
    });
}

#[test]
fn a_durable_write_replaces_the_file_and_leaves_no_other() {
    on_both("durable", |files| {
        files.create_dir("deep").unwrap();
        write_durably(files, "deep/file", b"a longer content").unwrap();
        write_durably(files, "deep/file", b"new").unwrap();
        assert_eq!(files.list("deep").unwrap(), ["file"]);
        assert_eq!(read(files, "deep/file"), b"new");
    });
}

#[test]
fn real_files_and_directories_are_for_their_owner_alone() {
    let directory = TestDirectory::new("modes");
    let files = RealFiles::open(directory.0.join("data")).unwrap();
    files.create_dir("deep").unwrap();
    files.create("deep/file").unwrap();
    let _lock = files.lock("lock").unwrap();
    let mode = |path| std::fs::metadata(files.root().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(""), mode("deep"), mode("deep/file"), mode("lock")], [0o700, 0o700, 0o600, 0o600]);
}

#[test]
fn nothing_outside_of_the_root_can_be_named() {
    let directory = TestDirectory::new("outside");
    let files = RealFiles::open(&directory.0).unwrap();
    for path in ["../file", "/file", "a/../../file", "./file"] {
        assert_eq!(files.create(path).err().unwrap().kind(), ErrorKind::InvalidInput, "{path}");
    }
}
