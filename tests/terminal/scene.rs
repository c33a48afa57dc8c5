//! What the tests begin with, and what they look for.

use std::time::Duration;

use raftaar::sandbox::{Mix, SandboxOptions};

use crate::house::{
    House,
    console::{Console, Terminal},
    engine::Engine,
    quick,
};

/// A warehouse in which nothing moves by itself, and its engine: no step is taken and nothing is read
/// again unless somebody asks.
pub async fn still(options: SandboxOptions) -> (House, Engine) {
    let house = House::build(options).await;
    house.amend("poll_s = 2", "poll_s = 3600\nmode = \"by_hand\"");
    let engine = house.serve().await;
    // What came is known before a console opens: else it would be told of it.
    let came = house.sandbox.report().orders;
    house
        .until("the orders are read", |overview| {
            overview.stages.values().sum::<u64>() >= came
        })
        .await;
    (house, engine)
}

/// The same with so many ordinary orders.
pub async fn calm(orders: usize) -> (House, Engine) {
    still(SandboxOptions {
        mix: Mix::calm(),
        ..quick(orders)
    })
    .await
}

/// A console that shows its orders.
pub async fn ready(house: &House, terminal: Terminal<'_>) -> Console {
    let console = Console::open_in(house, terminal);
    console.until_shown("Steps of 2").await;
    console
}

/// The invoice under the cursor of the list.
pub fn selected(screen: &str) -> Option<String> {
    let cursor = screen.split_once("> 2")?.1;
    Some(format!("2{}", cursor.split_whitespace().next()?))
}

/// Presses the key down and waits until another row than `row` is selected.
pub async fn moves_down(console: &mut Console, row: Option<String>) {
    console.press("j");
    let moved = |screen: &vt100::Screen| selected(&screen.contents()) != row;
    console.until("the next row", moved).await;
}

/// The invoices of the list from the top down, with the cursor where it stands.
pub fn listed(screen: &str) -> Vec<String> {
    let row = |line: &str| {
        let inside = line.trim_start_matches(['║', '│']);
        let row = inside.split_whitespace().take(2);
        let row: Vec<&str> = row.collect();
        row.iter()
            .any(|word| word.starts_with("2000"))
            .then(|| row.join(" "))
    };
    let below = |line: &&str| !line.contains("3 Tracking") && !line.contains("3 Everything");
    screen
        .lines()
        .take_while(below)
        .filter_map(row)
        .map(|row| row.replace(" Fetched", ""))
        .collect()
}

/// Lets a time pass in which something has to stay away.
pub async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// The escape sequences among the bytes that a terminal was sent, each without its escape character:
/// `[1;31m`, `]0;title`, `P...`. C1 characters count as what they stand for.
pub fn sequences(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).replace('\u{9b}', "\x1b[");
    text.split('\x1b')
        .skip(1)
        .map(|part| {
            let end = match part.chars().next() {
                Some('[') => part.find(|c: char| c != '[' && ('@'..='~').contains(&c)),
                _ => part.find(['\x07', '\\']),
            };
            part.chars()
                .take(end.map_or(usize::MAX, |end| end + 1))
                .collect()
        })
        .collect()
}

/// Those that the screen is drawn with: colours, moves, clearing, and the modes that it sets and takes
/// back. Nothing among them is answered, names the window or makes a link.
pub fn draws(sequence: &str) -> bool {
    let Some(body) = sequence.strip_prefix('[') else {
        return false;
    };
    if let Some(mode) = body.strip_prefix('?') {
        let modes = ["25", "7", "1049", "2004", "2026"];
        return mode
            .strip_suffix(['h', 'l'])
            .is_some_and(|mode| modes.contains(&mode));
    }
    body.strip_suffix(['m', 'H', 'J', 'C'])
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == ';'))
}
