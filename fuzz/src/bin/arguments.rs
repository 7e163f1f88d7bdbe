//! libFuzzer's entry to [`checks::arguments`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::arguments(data));
