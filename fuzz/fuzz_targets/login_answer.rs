#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raftaar::feed::login_answer(bytes));
