#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| tracehound_fuzz::targets::decoding_is_bounded(body));
