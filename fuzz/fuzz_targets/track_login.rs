#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raftaar::feed::track_login(bytes));
