//! The locks and atomics of the concurrent parts, so that their models can put others in their place.
//!
//! A model runs threads one step at a time in many orders and finds the order that hangs or loses something. There these are shuttle's,
//! whose scheduler decides at each of them who goes on; a wait never times out, so that a lost wake-up is a deadlock. It is shuttle and
//! not loom because engines hand out `Weak` references, which loom does not have. Counts of references stay the standard library's:
//! [`step`] lets others go on where they matter. So do thread locals, which the threads of a model share.

#[cfg(tracehound_model)]
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicI8, AtomicU32};
#[cfg(tracehound_model)]
pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard, RwLock};
#[cfg(not(tracehound_model))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicI8, AtomicU32};
#[cfg(not(tracehound_model))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, RwLock};

/// In a model others may go on here.
#[inline]
pub(crate) fn step() {
    #[cfg(tracehound_model)]
    shuttle::thread::yield_now();
}
