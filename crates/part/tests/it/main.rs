//! What a part promises, through its public face.

mod awkward;
mod round_trip;
mod spans;
