//! The one of the thirteen traps of `terminal.md` section 0 that the shipped binary cannot be led into,
//! since none of its tasks panics when asked. The others are tried on it in `tests/terminal` and, where
//! engines are killed, in `tests/crash`.

use super::*;

#[test]
fn finding_12_a_panic_in_a_task_leaves_the_screen_up() {
    let mut tty = Tty::open("task-panics", &[]).ready();
    tty.wait_text("a task failed on purpose");
    assert!(
        tty.parser
            .lock()
            .expect("parser")
            .screen()
            .alternate_screen()
    );
    tty.send("j");
    tty.wait_text("Steps of 100201");
    tty.send("q");
    assert_eq!(tty.exit(), 0);
    // Printed where it is read, after the screen.
    tty.wait_for("the panic on the main screen", |t| {
        let parser = t.parser.lock().expect("parser");
        !parser.screen().alternate_screen() && parser.screen().contents().contains("on purpose")
    });
}
