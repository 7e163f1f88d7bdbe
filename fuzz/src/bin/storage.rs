//! libFuzzer's entry to [`checks::storage`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::storage(data));
