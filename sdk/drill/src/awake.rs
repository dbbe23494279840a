//! Keeps the processors awake while rounds are measured.
//!
//! A round takes a millisecond, and between two rounds of a contender its process sleeps. On a machine that has nothing else to do the
//! processor sleeps too, above all a virtual one: then a round may cost half as much again or not, whoever runs it, and the median of
//! such rounds says which happened more often. So one process for each processor spins, at the lowest priority: it gives way to everything
//! else, and its time is counted nowhere.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::thread;

/// The lowest priority that a process can give itself.
const NICENESS: libc::c_int = 19;

/// The processes that spin; they end when this is dropped, or its process dies.
pub struct Awake(Vec<Child>);

impl Awake {
    pub fn keep() -> io::Result<Awake> {
        let processors = thread::available_parallelism()?.get();
        let spin = || Command::new(std::env::current_exe()?).arg("spin").stdin(Stdio::piped()).spawn();
        Ok(Awake((0..processors).map(|_| spin()).collect::<Result<_, _>>()?))
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.0 {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

/// Spins until standard input ends.
pub fn spin() -> io::Result<()> {
    // SAFETY: the function takes a number and touches no memory of ours. If it fails, this process only gives way less.
    unsafe { libc::nice(NICENESS) };
    let parent = thread::spawn(|| io::stdin().read(&mut [0]));
    while !parent.is_finished() {
        std::hint::spin_loop();
    }
    Ok(())
}
