#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| tracehound_fuzz::targets::v04_agrees_with_an_independent_reader(body));
