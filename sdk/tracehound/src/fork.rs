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

use std::cell::Cell;
use std::sync::OnceLock;
#[cfg(all(unix, not(miri)))]
use std::sync::atomic::AtomicBool;
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
        Self { first: generation(), ..Self::of_all() }
    }

    /// With a place for the first process and all its descendants.
    pub(crate) const fn of_all() -> Self {
        Self { first: 0, places: [const { OnceLock::new() }; MAX_GENERATIONS] }
    }

    /// The value of this process, or nothing if it has too many ancestors. Nothing as well while this thread is making such a value: what
    /// it calls for that may be the user's, which may come back here, and would wait for itself.
    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> Option<&T> {
        let place = self.places.get(self.own())?;
        place.get().or_else(|| {
            let _making = Making::begin()?;
            Some(place.get_or_init(make))
        })
    }

    /// The value of this process, else that of its nearest ancestor that had one when it forked.
    #[inline]
    pub(crate) fn inherited(&self) -> Option<&T> {
        match self.places.get(self.own()).and_then(OnceLock::get) {
            Some(own) => Some(own),
            None => self.of_an_ancestor(),
        }
    }

    /// The value of the nearest ancestor that had one. Apart, as only processes that were forked and have made none look for it.
    #[cold]
    #[inline(never)]
    fn of_an_ancestor(&self) -> Option<&T> {
        self.places.iter().take(self.own()).rev().find_map(OnceLock::get)
    }

    /// The number of this process's place.
    #[inline]
    fn own(&self) -> usize {
        generation().wrapping_sub(self.first) as usize
    }
}

thread_local! {
    static IS_MAKING: Cell<bool> = const { Cell::new(false) };
}

/// This thread makes a value, until this is dropped.
struct Making;

impl Making {
    /// Nothing if it does already, or is being torn down.
    fn begin() -> Option<Making> {
        let was_making = IS_MAKING.try_with(|making| making.replace(true)).unwrap_or(true);
        (!was_making).then(|| Making)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        let _ = IS_MAKING.try_with(|making| making.set(false));
    }
}

/// Starts counting forks; a second call does nothing.
#[cfg(all(unix, not(miri)))]
pub(crate) fn watch() {
    // Nobody waits here for anybody, who may be in another process by now. Two threads may both register; then a fork counts twice,
    // which tells the processes apart just as well.
    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
    if !IS_WATCHED.load(Ordering::Acquire) {
        at_fork::register();
        IS_WATCHED.store(true, Ordering::Release);
    }
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
    fn whoever_comes_back_while_making_a_value_finds_none_and_does_not_wait_for_himself() {
        let (value, other) = (PerProcess::new(), PerProcess::new());
        let made = value.get_or_init(|| {
            assert_eq!((value.get_or_init(|| 1), other.get_or_init(|| 2), value.inherited()), (None, None, None));
            3
        });
        assert_eq!((made, other.get_or_init(|| 4)), (Some(&3), Some(&4)));
    }

    #[test]
    fn a_value_that_could_not_be_made_is_made_later() {
        let value = PerProcess::new();
        let failing = || value.get_or_init(|| panic!("no value"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(failing)).is_err());
        assert_eq!(value.get_or_init(|| 1), Some(&1));
    }

    #[test]
    fn a_value_is_inherited_from_the_nearest_ancestor_that_had_one() {
        for (generations, made_by, expected) in [
            (0, &[][..], None),
            (0, &[0], Some(0)),
            (2, &[0], Some(0)),
            (2, &[0, 1], Some(1)),
            (2, &[0, 2], Some(2)),
            (2, &[3], None),
            (99, &[0, 15], Some(15)),
        ] {
            let value = older_by(generations);
            made_by.iter().for_each(|&generation| assert!(value.places[generation].set(generation).is_ok()));
            assert_eq!(value.inherited().copied(), expected, "{generations} {made_by:?}");
        }
    }

    #[test]
    fn a_process_with_too_many_ancestors_goes_without() {
        assert_eq!(older_by(MAX_GENERATIONS as u32).get_or_init(|| 1), None);
    }
}
