//! `raftaar completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Code, Ended, print};

/// Prints completions.
pub fn run(shell: Shell) -> Ended {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "raftaar", &mut text);
    print::text(&String::from_utf8_lossy(&text))?;
    Ok(Code::Done)
}
