//! The report of a panic. The child is this test program itself, told by its environment to fail.

use std::process::Command;

const CHILD: &str = "RAFTAAR_PANIC_CHILD";

/// A secret of the environment, as a warehouse without files has it.
const SECRET: &str = "canary secret/with+signs";

/// Not a test but the child's whole life, where the environment asks for it.
#[test]
fn child() {
    let Ok(secret) = std::env::var(CHILD) else {
        return;
    };
    raftaar::setup::log::keep_hidden(&[secret.clone().into()]);
    raftaar::setup::panic::install().expect("the hook");
    let failed = std::panic::catch_unwind(|| {
        panic!("GET /x?key={secret} and {secret:?} \u{1b}[2J\u{9b}31m failed");
    });
    assert!(failed.is_err());
}

#[test]
fn a_report_of_a_panic_holds_no_secret_and_steers_no_terminal() {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "panics::child",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(CHILD, SECRET)
        .env("RUST_BACKTRACE", "full")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("GET /x?key=[secret]"),
        "the report came: {said}"
    );
    assert!(
        said.contains("settled by reading at the next start"),
        "{said}"
    );
    assert!(!said.contains("canary"), "{said}");
    let steers = |c: char| c.is_control() && c != '\n';
    assert!(!said.chars().any(steers), "{said:?}");
}
