//! libFuzzer's entry to [`checks::calls`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::calls(data));
