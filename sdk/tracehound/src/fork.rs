//! Tells a process from its forked children.
//!
//! After `fork` a child has its parent's memory but of its threads only the one that forked: locks another thread held
//! stay locked for ever, and the sender's thread is gone. So everything that has a thread or a lock shared with one
//! remembers the generation it was made in, and leaves the old one alone when the generation has changed.
//!
//! What this cannot mend is the standard library's own lock, held while a thread begins or ends: in a child that was forked at such a
//! moment no thread begins. There nothing is sent, flushes end at their timeout, and what finds no room is dropped and counted.
//!
//! `posix_spawn`, `vfork` and Rust's `Command` go on to another program and need none of this.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often this process and its ancestors forked since [`watch`].
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Which process this is: 0 in the first one, one more in each forked child.
#[inline]
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// How many generations of one family find a place: a daemon forks twice, its workers once more.
const MAX_GENERATIONS: usize = 16;

/// A value that each process makes for itself when it first needs it.
///
/// Each generation has a place of its own, which no ancestor ever looked at. A shared one may have been left half-made: whoever wants
/// it waits for a thread that is not there.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    first: u32,
    places: [OnceLock<T>; MAX_GENERATIONS],
}

impl<T> PerProcess<T> {
    pub(crate) fn new() -> Self {
        Self { first: generation(), places: [const { OnceLock::new() }; MAX_GENERATIONS] }
    }

    /// The value of this process, or nothing if it has too many ancestors.
    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> Option<&T> {
        let place = self.places.get(generation().wrapping_sub(self.first) as usize)?;
        Some(place.get_or_init(make))
    }
}

/// Starts counting forks; a second call does nothing.
#[cfg(all(unix, not(miri)))]
pub(crate) fn watch() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(at_fork::register);
}

/// There is no fork here; Miri does not know the function that tells of one.
#[cfg(any(not(unix), miri))]
pub(crate) fn watch() {}

/// The one call that the standard library does not have.
#[cfg(all(unix, not(miri)))]
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// As a value looks to a process that is so many generations younger.
    fn older_by<T>(generations: u32) -> PerProcess<T> {
        PerProcess { first: generation().wrapping_sub(generations), ..PerProcess::new() }
    }

    #[test]
    fn a_value_is_made_once_in_each_process() {
        for generations in [0, 1, MAX_GENERATIONS as u32 - 1] {
            let value = older_by(generations);
            assert_eq!([value.get_or_init(|| 1), value.get_or_init(|| 2)], [Some(&1), Some(&1)]);
        }
    }

    #[test]
    fn what_an_ancestor_left_half_made_is_not_waited_for() {
        let value = older_by(1);
        let (began, has_begun) = mpsc::channel();
        let (let_go_on, go_on) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let of_the_ancestor = &value.places[0];
            scope.spawn(move || {
                of_the_ancestor.get_or_init(|| {
                    let _ = began.send(());
                    let _ = go_on.recv();
                    1
                });
            });
            has_begun.recv().unwrap();
            assert_eq!(value.get_or_init(|| 2), Some(&2));
            drop(let_go_on);
        });
    }

    #[test]
    fn a_process_with_too_many_ancestors_goes_without() {
        assert_eq!(older_by(MAX_GENERATIONS as u32).get_or_init(|| 1), None);
    }
}
