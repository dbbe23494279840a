//! The log from outside, on simulated files: each module is one promise.
#![allow(clippy::unwrap_used, reason = "a test that cannot do what it needs fails")]

mod damaged_bytes_give_equal_frames_or_none;
mod groups_are_published_in_order_and_then_acknowledged;
mod segments_are_rotated_released_and_used_again;
mod simulated_crashes_lose_nothing_acknowledged;
mod support;
mod troubles_of_the_disk_heal_or_poison;
