//! Rows that try to harm whoever shows or stores them.

use super::Facts;

/// Turns an order into one with escape sequences, bidirectional and control characters, and names
/// far too long.
pub(super) fn deface(facts: &mut Facts, index: usize) {
    facts.hostile = true;
    if index.is_multiple_of(2) {
        facts.customer = "Ra\u{1b}[2J\u{1b}[1;31mvi\u{7} \u{202e}kumaR\u{202c}\r\nOK".into();
        facts.address = "\u{1b}]0;owned\u{7}../../etc/passwd\u{0}, 4th Main".into();
        if let Some(line) = facts.lines.first_mut() {
            line.name = "Kettle \u{1b}]52;c;ZWNobw==\u{7}1.5 L".into();
        }
    } else {
        facts.customer = format!(
            "Zalgo\u{300}\u{301}\u{302} {} \u{200b}\u{2066}x\u{2069}",
            "é".repeat(300)
        );
        facts.email = "a\tb@example.in\n".into();
        if let Some(line) = facts.lines.first_mut() {
            line.sku = format!("BIG-{}", "W".repeat(10 * 1024));
            line.name = "\u{9b}31mC1 control 'quoted' \"; DROP TABLE".into();
        }
    }
}
