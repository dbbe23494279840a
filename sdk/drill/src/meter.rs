//! What work costs: CPU time of a thread or of the process, allocations, and memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::Sub;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// CPU time of the calling thread, in nanoseconds.
pub fn thread_cpu_ns() -> u64 {
    cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// CPU time of the whole process, in nanoseconds.
pub fn process_cpu_ns() -> u64 {
    cpu_ns(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn cpu_ns(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a `timespec` that lives for the call. A failure leaves zeros, which no figure survives.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// CPU time of the child processes that have ended, and of theirs, in seconds.
pub fn children_cpu_seconds() -> f64 {
    // SAFETY: zeros are a valid `rusage`, and the pointer is to one that lives for the call.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Memory of this process that is resident, in KiB.
pub fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0)
}

/// The system's allocator, which counts while it is asked to.
pub struct Counting;

/// Allocations, and the bytes they asked for.
#[derive(Clone, Copy, Default)]
pub struct Allocations {
    pub calls: u64,
    pub bytes: u64,
}

impl Sub for Allocations {
    type Output = Allocations;

    fn sub(self, before: Allocations) -> Allocations {
        Allocations { calls: self.calls - before.calls, bytes: self.bytes - before.bytes }
    }
}

static COUNTS: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static OF_THREAD: Cell<Allocations> = const { Cell::new(Allocations { calls: 0, bytes: 0 }) };
}

/// What `work` allocates on this thread, and what `work` and then `finish` allocate in the whole process.
pub fn allocations(work: impl FnOnce(), finish: impl FnOnce()) -> (Allocations, Allocations) {
    let before = (OF_THREAD.get(), of_process());
    COUNTS.store(true, Ordering::SeqCst);
    work();
    let of_thread = OF_THREAD.get() - before.0;
    finish();
    COUNTS.store(false, Ordering::SeqCst);
    (of_thread, of_process() - before.1)
}

fn of_process() -> Allocations {
    Allocations { calls: CALLS.load(Ordering::Relaxed), bytes: BYTES.load(Ordering::Relaxed) }
}

fn count(bytes: usize) {
    // Off while time is measured: counting costs some nanoseconds itself.
    if COUNTS.load(Ordering::Relaxed) {
        let bytes = bytes as u64;
        CALLS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(bytes, Ordering::Relaxed);
        let _ = OF_THREAD.try_with(|cell| {
            let Allocations { calls, bytes: sum } = cell.get();
            cell.set(Allocations { calls: calls + 1, bytes: sum + bytes });
        });
    }
}

// SAFETY: every call goes to the system's allocator unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}
