//! The outside world as values: the clock, the files of the data directory, and random numbers for tests.
//!
//! Whatever needs one of them takes it as an argument, so that tests of crashes, full disks and odd times need no luck:
//! they pass what [`sim`] has. The binary passes [`SystemClock`] and [`RealFiles`].

mod clock;
mod files;
mod random;
mod real;
pub mod sim;

pub use clock::{Clock, SystemClock, UnixNanos};
pub use files::{File, Files, Lock, write_durably};
pub use random::Random;
pub use real::RealFiles;
