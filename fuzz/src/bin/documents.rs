//! libFuzzer's entry to [`checks::documents`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::documents(data));
