//! What the README shows of the console is what the console is. `RAFTAAR_WRITE_DOCS=1 cargo test docs`
//! writes the key table and the picture anew.

use std::fs;

use crate::console::{
    commands::TABLE,
    fixture::{Bench, Engine},
    keymap::key_table_markdown,
    palette,
    picture::buffer_to_svg,
};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/screen.svg");

/// The README between its two markers.
const BEGIN: &str = "<!-- keys: made by `raftaar keymap table` -->\n";
const END: &str = "<!-- end of keys -->";

fn writes() -> bool {
    std::env::var_os("RAFTAAR_WRITE_DOCS").is_some()
}

#[test]
fn the_key_table_of_the_readme_is_the_generated_one() {
    let text = fs::read_to_string(README).expect("the README");
    let (before, rest) = text.split_once(BEGIN).expect("the first marker");
    let (kept, after) = rest.split_once(END).expect("the second marker");
    let table = key_table_markdown();
    if writes() {
        let fresh = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(README, fresh).expect("written");
        return;
    }
    assert_eq!(kept, table, "RAFTAAR_WRITE_DOCS=1 cargo test docs");
}

#[test]
fn the_picture_of_the_readme_is_what_the_console_draws() {
    let mut bench = Bench::new(Engine::normal(), (140, 40));
    bench.press("j");
    let picture = buffer_to_svg(&bench.buffer());
    if writes() {
        fs::write(PICTURE, &picture).expect("written");
        return;
    }
    let kept = fs::read_to_string(PICTURE).expect("the picture");
    assert!(kept == picture, "RAFTAAR_WRITE_DOCS=1 cargo test docs");
}

#[test]
fn help_and_palette_know_every_command() {
    let bench = Bench::new(Engine::normal(), (80, 24));
    let all = palette::help("", &bench.model.setup.keymap);
    assert_eq!(all.len(), TABLE.len());
    for row in TABLE {
        assert!(!row.help.is_empty() && !row.group.is_empty(), "{}", row.id);
        let found = palette::search(&bench.model, row.id);
        let offered = palette::search(&bench.model, "")
            .iter()
            .any(|r| r.id == row.id);
        assert!(
            !offered || found.iter().any(|r| r.id == row.id),
            "{} is found by its name",
            row.id
        );
    }
}
