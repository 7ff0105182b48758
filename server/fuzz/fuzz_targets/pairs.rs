#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vigia_fuzz::read("wallix", data));
