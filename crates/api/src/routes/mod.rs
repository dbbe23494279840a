//! One file per subject.

pub(crate) mod process;
pub(crate) mod traces;
