//! Forked children: the C functions that make one and wait for it.
#![expect(unsafe_code, reason = "fork and its like are C functions")]

/// Runs `act` in a forked child; true if it came to its end there and said yes.
pub(super) fn says_yes(act: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child uses nothing that other threads may have locked: that is what is tested; nor anything on their stacks, which
    // the C library gives to the child's new threads. It keeps its allocator usable after a fork. The alarm ends a child that hangs,
    // `_exit` runs nothing of the parent's.
    unsafe {
        match libc::fork() {
            -1 => panic!("no child"),
            0 => {
                libc::alarm(30);
                let yes = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act)).unwrap_or(false);
                libc::_exit(i32::from(!yes))
            }
            child => {
                let mut status = -1;
                while libc::waitpid(child, &mut status, 0) < 0 {}
                status == 0
            }
        }
    }
}
