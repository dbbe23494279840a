//! Times are plain 64-bit integers, as on the wire; the alias says the unit.

/// A moment: nanoseconds since 1970-01-01T00:00:00Z. Reaches from the year 1677 to 2262.
pub type UnixNanos = i64;

/// A length of time in nanoseconds.
pub type Nanos = i64;
