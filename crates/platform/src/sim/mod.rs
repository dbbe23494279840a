//! A simulated world: a clock that stands until it is moved, and a disk in memory that can lose power.

mod clock;
mod crash;
mod disk;
mod files;
mod machine;
#[cfg(test)]
mod tests;

pub use clock::SimClock;
pub use files::SimFiles;
