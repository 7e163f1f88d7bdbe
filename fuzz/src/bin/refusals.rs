//! libFuzzer's entry to [`checks::refusals`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::refusals(data));
