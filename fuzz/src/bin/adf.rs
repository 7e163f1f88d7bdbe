//! libFuzzer's entry to [`checks::adf`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::adf(data));
