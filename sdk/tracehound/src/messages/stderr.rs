//! Writing to stderr without waiting, neither for whoever reads it nor for other threads.
//!
//! The stderr of a container is a pipe. When its reader hangs the pipe is full before long, and the next to write waits: that must not be
//! a program that happened to start or end a span. So a pipe is opened once more, in a mode that gives up instead; the program's own
//! stderr stays as it is. The standard library's lock is left alone: the application may hold it for as long as it likes, and a thread of
//! the process that this one was forked from for ever.

#[cfg(unix)]
use std::fs::File;
use std::io::{self, Write};

/// Writes a line. What a full pipe does not take is lost.
pub(super) fn write(line: &str) {
    let _ = open().and_then(|mut stderr| stderr.write_all(line.as_bytes()));
}

#[cfg(unix)]
fn open() -> io::Result<File> {
    use std::os::fd::AsFd;

    match open_pipe() {
        Some(pipe) => Ok(pipe),
        None => io::stderr().as_fd().try_clone_to_owned().map(File::from),
    }
}

#[cfg(not(unix))]
fn open() -> io::Result<io::Stderr> {
    Ok(io::stderr())
}

/// Stderr opened anew, if it is a pipe and may be.
#[cfg(target_os = "linux")]
fn open_pipe() -> Option<File> {
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

    const STDERR: &str = "/proc/self/fd/2";
    let is_pipe = std::fs::metadata(STDERR).is_ok_and(|stderr| stderr.file_type().is_fifo());
    let open = || std::fs::OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(STDERR).ok();
    is_pipe.then(open).flatten()
}

/// Other systems have no name for it.
#[cfg(all(unix, not(target_os = "linux")))]
fn open_pipe() -> Option<File> {
    None
}
