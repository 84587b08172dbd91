//! Drives [`fuzz::native`] by libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::native::holds(bytes));
