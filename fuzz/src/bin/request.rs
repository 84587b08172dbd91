//! Drives [`fuzz::request`] by libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::request::holds(bytes));
