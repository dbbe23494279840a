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
    /// Longest wait for room: for bytes of the budget while a body arrives, all of it together, then for a decode slot.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_agent_and_leave_a_client_half_a_second() {
        let options = Options::new(8126, 2);
        assert_eq!(options.max_body_bytes, 26_214_400);
        assert_eq!(options.budget_bytes, 134_217_728);
        let times = [options.room_wait, options.body_timeout, options.answer_within];
        assert_eq!(times.map(|time| time.as_millis()), [1_000, 5_000, 1_500]);
    }

    #[test]
    fn half_of_the_cores_decode_and_at_least_one() {
        for (cores, slots) in [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2), (64, 32)] {
            assert_eq!(Options::new(8126, cores).decode_slots, slots, "{cores}");
        }
    }
}
