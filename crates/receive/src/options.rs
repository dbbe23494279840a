//! What the receiver can be told.

use std::time::Duration;

use tracehound_model::limits::MAX_BODY_BYTES;

/// Sizes and times of the receiver, and what `/info` tells of it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port that tracers send to, as `/info` says it.
    pub receiver_port: u16,
    /// A body of this many bytes is refused.
    pub max_body_bytes: usize,
    /// Memory for bodies, then for the batches made of them until they are published, in bytes.
    pub budget_bytes: usize,
    /// How many bodies are decoded at the same time.
    pub decode_slots: usize,
    /// Longest wait for room: for bytes of the budget while a body arrives, then for a decode slot.
    pub room_wait: Duration,
    /// Longest time for a body to arrive.
    pub body_timeout: Duration,
    /// Longest time from a whole body to its answer.
    pub answer_within: Duration,
}

impl Options {
    /// The defaults on a machine with so many cores.
    pub fn new(receiver_port: u16, cores: usize) -> Options {
        Options {
            receiver_port,
            max_body_bytes: MAX_BODY_BYTES,
            // Five of the largest bodies. Origin: reliability 8.6.
            budget_bytes: 128 * 1024 * 1024,
            // Agent-protocol 1.1: half of the cores decode, the others do the rest of the work.
            decode_slots: (cores / 2).max(1),
            // Agent-protocol 1.1: decoder_timeout.
            room_wait: Duration::from_secs(1),
            // Agent-protocol 1.1: receiver_timeout.
            body_timeout: Duration::from_secs(5),
            // Tracers give up at 2 s and send the same body again.
            answer_within: Duration::from_millis(1_500),
        }
    }
}
