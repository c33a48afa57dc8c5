//! Kinds of terminal.

use crate::{
    house::console::{Console, Terminal},
    scene::{calm, ready},
};

/// Also where an engine runs that it could look at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dumb_terminal_is_refused_in_words() {
    let (house, engine) = calm(1).await;
    for term in ["dumb", ""] {
        let terminal = Terminal {
            env: &[("TERM", term)],
            ..Terminal::default()
        };
        let mut console = Console::open_in(&house, terminal);
        assert_eq!(console.ended(), 2, "{term:?}");
        console.until_shown("raftaar watch --once").await;
        assert!(!console.since(0).contains(&0x1b), "words only");
    }
    engine.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ascii_where_the_terminal_or_the_locale_has_no_more() {
    let (house, engine) = calm(2).await;
    for env in [("TERM", "linux"), ("LC_ALL", "C")] {
        let terminal = Terminal {
            env: &[env],
            size: (80, 24),
            ..Terminal::default()
        };
        let mut console = ready(&house, terminal).await;
        console.press("?");
        console.until_shown("type to search").await;
        console.press("\x1b");
        console.until_shown("q Quit").await;
        console.press("q");
        assert_eq!(console.ended(), 0);
        assert!(console.since(0).is_ascii(), "{env:?}");
    }
    engine.stop();
}
