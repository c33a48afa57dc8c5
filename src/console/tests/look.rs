//! Prints screens, to look at: `cargo test --lib console::tests::look -- --nocapture --ignored` is not
//! needed, set `RAFTAAR_LOOK=columns x rows` and keys in `RAFTAAR_KEYS`.

use crate::console::fixture::{Bench, Engine};

#[test]
fn screen_by_hand() {
    let Some(size) = std::env::var("RAFTAAR_LOOK").ok() else {
        return;
    };
    let (w, h) = size.split_once('x').expect("80x24");
    let size = (w.parse().expect("columns"), h.parse().expect("rows"));
    let engine = match std::env::var("RAFTAAR_ENGINE").as_deref() {
        Ok("empty") => Engine::empty(),
        Ok("hostile") => Engine::hostile(),
        Ok("wide") => Engine::wide(),
        _ => Engine::normal(),
    };
    let mut bench = Bench::new(engine, size);
    for part in std::env::var("RAFTAAR_KEYS").unwrap_or_default().split(';') {
        match part.strip_prefix('"') {
            Some(text) => bench.type_text(text),
            None => bench.press(part),
        }
    }
    println!("{}", bench.screen());
}
