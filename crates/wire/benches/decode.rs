//! Decoding a body of 50 traces.
fn main() {}
