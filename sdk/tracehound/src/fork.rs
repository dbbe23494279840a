//! Tells a process from its forked children.
//!
//! After `fork` a child has its parent's memory but of its threads only the one that forked: locks another thread held
//! stay locked for ever, and the sender's thread is gone. So everything that has a thread or a lock shared with one
//! remembers the generation it was made in, and leaves the old one alone when the generation has changed.
//!
//! `posix_spawn`, `vfork` and Rust's `Command` go on to another program and need none of this.

use std::sync::atomic::{AtomicU32, Ordering};

/// How often this process and its ancestors forked since [`watch`].
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Which process this is: 0 in the first one, one more in each forked child.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Starts counting forks; a second call does nothing.
#[cfg(unix)]
pub(crate) fn watch() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(at_fork::register);
}

/// There is no fork here.
#[cfg(not(unix))]
pub(crate) fn watch() {}

/// The one call that the standard library does not have.
#[cfg(unix)]
#[expect(unsafe_code, reason = "pthread_atfork is a C function that takes a function pointer")]
mod at_fork {
    use super::{GENERATION, Ordering};

    /// Runs in the child, before `fork` returns there.
    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn register() {
        // SAFETY: the handler is a plain function that lives as long as the program. Between fork and exec only
        // async-signal-safe functions may run: it does one atomic addition and nothing else. A failure (no memory) is
        // no danger: forks go uncounted.
        let _ = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    }
}
