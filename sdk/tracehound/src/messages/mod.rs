//! What the tracer itself has to say: to stderr and a file, or to the user's own function.
//!
//! Never through the application's `tracing` or `log`: those may be what is being traced, and their subscribers may be stopped, slow or
//! ours. A message is one line, `2026-11-21T12:00:00Z DATADOG TRACER WARN …`. Saying something never fails and never panics; where a
//! lock is held for long (in a forked child it may be held for ever), the message is given up instead.

mod date;
mod file;
mod seldom;
mod stderr;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

pub(crate) use date::now;
use file::LogFile;
pub(crate) use seldom::Seldom;

/// How important a message is.
///
/// ```
/// # use tracehound::Level;
/// assert!(Level::Error > Level::Debug);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// What the tracer does, in detail.
    Debug,
    /// What is good to know.
    Info,
    /// Something does not work as it was meant to.
    Warn,
    /// Something does not work at all.
    Error,
}

impl Level {
    /// Reads a level in the words of Datadog's and OpenTelemetry's variables.
    pub(crate) fn parse(text: &str) -> Option<Level> {
        match text.to_ascii_lowercase().as_str() {
            "trace" | "debug" => Some(Level::Debug),
            "info" => Some(Level::Info),
            "warn" | "warning" => Some(Level::Warn),
            "error" | "critical" | "fatal" | "off" | "none" => Some(Level::Error),
            _ => None,
        }
    }

    /// `debug`, `info`, `warn` or `error`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// The user's function for messages.
pub(crate) type Callback = Arc<dyn Fn(Level, &str) + Send + Sync>;

/// Longest message, in characters; what agents answer is repeated in some.
const MAX_MESSAGE_CHARS: usize = 4_096;
/// Turns given to whoever holds a lock before a message is given up.
const LOCK_TRIES: usize = 100;

/// The least important level that is said; before the configuration is known, the default of `DD_LOG_LEVEL`.
static LEAST: AtomicU8 = AtomicU8::new(Level::Info as u8);
static OUTPUT: Mutex<Output> = Mutex::new(Output { callback: None, file: None });

/// Where messages go besides stderr.
struct Output {
    /// In place of stderr and file.
    callback: Option<Callback>,
    file: Option<LogFile>,
}

/// Sets what is said and where. The file is made in `directory`, which must exist. What is not given stays
/// as it was: a second tracer does not silence the first.
pub(crate) fn configure(least: Level, directory: Option<&Path>, callback: Option<Callback>) {
    LEAST.store(least as u8, Ordering::Relaxed);
    let opened = directory.map(|directory| (directory, LogFile::create(directory)));
    let (file, failure) = match opened {
        Some((directory, Err(error))) => (None, Some((directory, error))),
        Some((_, Ok(file))) => (Some(file), None),
        None => (None, None),
    };
    if let Some(mut output) = patiently(&OUTPUT) {
        let before = std::mem::replace(&mut *output, Output { callback: None, file: None });
        *output = Output { callback: callback.or(before.callback), file: file.or(before.file) };
    }
    if let Some((directory, error)) = failure {
        warn(format_args!("DD_TRACE_LOG_DIRECTORY: no file can be made in {}: {error}", directory.display()));
    }
}

pub(crate) fn debug(message: fmt::Arguments<'_>) {
    say(Level::Debug, message);
}

pub(crate) fn warn(message: fmt::Arguments<'_>) {
    say(Level::Warn, message);
}

pub(crate) fn error(message: fmt::Arguments<'_>) {
    say(Level::Error, message);
}

/// Says the line that tells the configuration, which has its own form and is wanted at every level.
pub(crate) fn startup(line: &str) {
    deliver(Level::Info, line, &format!("{} {line}\n", now()));
}

fn say(level: Level, message: fmt::Arguments<'_>) {
    if (level as u8) < LEAST.load(Ordering::Relaxed) {
        return;
    }
    let text = one_line(&message.to_string());
    let line = format!("{} DATADOG TRACER {} {text}\n", now(), level.name().to_ascii_uppercase());
    deliver(level, &text, &line);
}

thread_local! {
    /// Whether this thread is delivering a message: one that comes about meanwhile would come about for ever.
    static DELIVERING: Cell<bool> = const { Cell::new(false) };
}

fn deliver(level: Level, text: &str, line: &str) {
    // A thread whose locals are gone is ending: it has nothing to say any more.
    if DELIVERING.try_with(|delivering| delivering.replace(true)).unwrap_or(true) {
        return;
    }
    let callback = patiently(&OUTPUT).and_then(|output| output.callback.clone());
    if let Some(callback) = callback {
        // A panic in the user's function is not for the thread that happens to be here.
        let _ = catch_unwind(AssertUnwindSafe(|| callback(level, text)));
    } else {
        stderr::write(line);
        if let Some(file) = patiently(&OUTPUT).as_deref_mut().and_then(|output| output.file.as_mut()) {
            file.append(line);
        }
    }
    let _ = DELIVERING.try_with(|delivering| delivering.set(false));
}

/// The lock, unless it stays taken.
fn patiently<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    for _ in 0..LOCK_TRIES {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
    None
}

/// Control characters become spaces, so that no message can pass itself off as two; what is too long is cut.
fn one_line(text: &str) -> String {
    text.chars().take(MAX_MESSAGE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
