//! How much memory a body may take once decoded.
//!
//! A few bytes on the wire can stand for many in memory: an empty span event is one byte there and sixty here, a string
//! of a v0.5 dictionary is named by one. So what a body grows into is counted while it grows, and refused with 413 at a
//! fixed multiple of its size. Ordinary spans stay far below: about four bytes in memory for one on the wire.

use tracehound_model::limits::MAX_DECODED_BYTES;

/// Growth that is allowed to the smallest bodies, in bytes.
const SMALL_BODY_BYTES: usize = 1024 * 1024;

/// Bytes in memory for a byte on the wire.
const GROWTH: usize = 16;

/// The most memory that a body of `body_bytes` may take once decoded: its table of strings, the chunk that is being read
/// and what the sink holds, in bytes.
pub fn max_decoded_bytes(body_bytes: usize) -> usize {
    body_bytes.saturating_mul(GROWTH).saturating_add(SMALL_BODY_BYTES).min(MAX_DECODED_BYTES)
}

/// More memory was asked for than a body of this size may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge {
    pub(crate) limit_bytes: usize,
}

/// Memory that may still be taken, counted by those who take it.
#[derive(Debug)]
pub(crate) struct Room {
    limit_bytes: usize,
    before: usize,
    used: usize,
}

impl Room {
    /// Room up to `limit_bytes`, of which `used` are taken.
    pub(crate) fn new(limit_bytes: usize, used: usize) -> Room {
        Room { limit_bytes, before: used, used }
    }

    /// Takes `bytes`, before they are allocated.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), TooLarge> {
        if self.used + bytes > self.limit_bytes {
            return Err(TooLarge { limit_bytes: self.limit_bytes });
        }
        self.used += bytes;
        Ok(())
    }

    /// A copy of `text` outside the body.
    pub(crate) fn copy(&mut self, text: &str) -> Result<Box<str>, TooLarge> {
        self.take(text.len())?;
        Ok(text.into())
    }

    /// The limit that [`TooLarge`] speaks of, in bytes.
    pub(crate) fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    /// What was taken in all, in bytes.
    pub(crate) fn taken(&self) -> usize {
        self.used - self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_may_grow_sixteenfold_plus_a_mebibyte_up_to_75_mebibytes() {
        for (body, limit) in [
            (0, 1_048_576),
            (10, 1_048_736),
            (4_849_664, 78_643_200),
            (26_214_399, 78_643_200),
            (usize::MAX, 78_643_200),
        ] {
            assert_eq!(max_decoded_bytes(body), limit, "{body}");
        }
    }

    #[test]
    fn room_runs_out() {
        let mut room = Room::new(100, 90);
        assert_eq!(room.take(7), Ok(()));
        assert_eq!(room.take(4), Err(TooLarge { limit_bytes: 100 }));
        assert_eq!(room.copy("abc").as_deref(), Ok("abc"));
        assert_eq!(room.taken(), 10);
    }
}
