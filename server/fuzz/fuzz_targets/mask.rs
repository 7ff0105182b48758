#![no_main]

use std::str::from_utf8;
use vigia::mask;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = from_utf8(data) {
        let _ = (mask::line(text), mask::secrets(text), mask::is_secret_key(text));
    }
});
