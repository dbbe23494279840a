//! What a part promises, through its public face.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]
#![allow(clippy::single_range_in_vec_init, reason = "one range of rows is what is meant")]

mod awkward;
mod crash;
mod damage;
mod find;
mod format;
mod round_trip;
mod spans;
