//! libFuzzer's entry to [`checks::links`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::links(data));
