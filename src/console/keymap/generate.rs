//! `keymap.toml` and the key table of the README, written from the command table.

use std::fmt::Write;

use super::super::commands::{Context, TABLE};

const HEAD: &str = "\
# Every key of raftaar's console: the defaults and their documentation.
# Written by the program from its command table; a test holds the two together.
#
# Your own keys go into a file of the same form, ~/.config/raftaar/keymap.toml. It names only what
# differs:
#
#     next-step = [\"N\", \"f6\"]     # these keys instead of n
#     fetch = []                     # no key at all; still in the palette (:)
#
# Keys: one character, or ctrl-x, alt-x, enter, esc, tab, shift-tab, space, backspace, delete, insert,
# up, down, left, right, home, end, pageup, pagedown, f1 to f24. The [tables] are headings only. What
# cannot be used (an unknown name, a bad key, one key for two commands) is reported with its line
# when the console starts; that line's command keeps its default keys.
";

/// The text of `keymap.toml`.
pub fn keymap_toml() -> String {
    let mut out = String::from(HEAD);
    let mut group = "";
    for row in TABLE {
        if row.group == group {
            out.push('\n');
        } else {
            group = row.group;
            let _ = write!(out, "\n[{}]\n", group.to_lowercase());
        }
        let keys: Vec<String> = row.keys.iter().map(|k| format!("{k:?}")).collect();
        let _ = writeln!(out, "# {} ({})", row.help, places(row.contexts));
        let _ = writeln!(out, "{} = [{}]", row.id, keys.join(", "));
    }
    out
}

/// The key table of the README.
pub fn key_table_markdown() -> String {
    let mut out = String::from("| keys | command | what it does |\n| --- | --- | --- |\n");
    for row in TABLE {
        let keys: Vec<String> = row.keys.iter().map(|k| format!("`{k}`")).collect();
        let _ = writeln!(out, "| {} | {} | {} |", keys.join(" "), row.id, row.help);
    }
    out
}

fn places(contexts: &[Context]) -> String {
    let words: Vec<&str> = contexts
        .iter()
        .map(|c| match c {
            Context::Board => "all panes",
            Context::Orders => "orders",
            Context::Steps => "steps",
            Context::Feed => "tracking",
            Context::Stock => "inventory",
            Context::Detail => "open order",
            Context::Menu => "choices",
            Context::Pager => "texts",
            Context::Confirm => "questions",
            Context::Text => "fields",
            Context::Sku => "open SKU",
            Context::Dock => "dock",
            Context::Scan => "scan",
        })
        .collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_at_the_top_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/keymap.toml");
        let generated = super::keymap_toml();
        if std::env::var_os("RAFTAAR_WRITE_KEYMAP").is_some() {
            std::fs::write(path, &generated).expect("keymap.toml can be written");
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            kept, generated,
            "run the tests once with RAFTAAR_WRITE_KEYMAP=1"
        );
    }
}
