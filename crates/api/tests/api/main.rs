//! What the API answers, over a store in memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

mod every_answer;
mod what_cannot_be_answered;
mod what_is_answered;
