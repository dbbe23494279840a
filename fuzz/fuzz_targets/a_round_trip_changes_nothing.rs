#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| tracehound_fuzz::targets::a_round_trip_changes_nothing(body));
