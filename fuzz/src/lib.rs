//! The properties that the fuzzer looks for exceptions to, as the tests of `wire` have them.

#[path = "../../crates/wire/tests/wire/rmpv_reader.rs"]
mod rmpv_reader;
#[allow(dead_code, reason = "the tests make bodies with it")]
#[path = "../../crates/wire/tests/wire/support.rs"]
mod support;
#[path = "../../crates/wire/tests/wire/targets.rs"]
pub mod targets;
