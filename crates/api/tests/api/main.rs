//! What the API answers, over a store in memory.

mod support;

mod every_answer;
mod what_cannot_be_answered;
mod what_is_answered;
