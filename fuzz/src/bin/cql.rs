//! libFuzzer's entry to [`checks::cql`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::cql(data));
