//! libFuzzer's entry to [`checks::requests`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::requests(data));
