//! The command line: the console, the engine without a screen, and every screen's scriptable twin.
//! Whatever concerns the store goes through the engine's handle; only `store verify` and its like look
//! at the files, and only while no engine runs.

mod act;
mod args;
mod completions;
mod console;
mod context;
mod demo;
mod dock;
mod doctor;
mod exit;
mod keymap;
mod launch;
mod notify;
mod picture;
mod print;
mod read;
mod sandbox;
mod serve;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod watch;

use clap::Parser;

pub use args::{Cli, Command};
pub use context::Context;
pub use exit::{Code, Failure};
pub use table::{Align, Table};

/// What a subcommand ends in.
pub type Ended = Result<Code, Failure>;

/// Reads the process's arguments; prints help, version or what is wrong with them, and leaves.
pub fn parse() -> Cli {
    Cli::parse()
}

/// Carries a command out; messages go to stderr, and the code is what the process ends with.
pub async fn run(cli: Cli) -> u8 {
    match carry_out(cli).await {
        Ok(code) => code.number(),
        Err(failure) => {
            failure.print();
            failure.code.number()
        }
    }
}

async fn carry_out(cli: Cli) -> Ended {
    let command = cli
        .command
        .unwrap_or(Command::Console(args::ConsoleArgs::default()));
    let context = || Context::load(&cli.global);
    match command {
        // These need no configuration: they work on a machine that has none.
        Command::Completions { shell } => completions::run(shell),
        Command::Sandbox(args) => sandbox::run(args, cli.global.json).await,
        Command::Demo(args) => demo::run(args, &cli.global).await,
        Command::Doctor { offline } => doctor::run(&cli.global, offline).await,
        Command::Console(args) => console::run(&context()?, &args).await,
        Command::Serve => serve::run(&context()?).await,
        Command::Orders(args) => read::orders::run(&context()?, args).await,
        Command::Order { order, people } => read::order::run(&context()?, &order, people).await,
        Command::Tracking(args) => read::tracking::run(&context()?, args).await,
        Command::Inventory(args) => read::inventory::run(&context()?, args).await,
        Command::Journal(args) => read::journal::run(&context()?, args).await,
        Command::WhyNot { call, order } => read::why_not::run(&context()?, call, &order).await,
        Command::Store { action } => store::run(&context()?, action).await,
        Command::Watch(args) => watch::run(&context()?, args).await,
        Command::Picture(args) => picture::run(&context()?, &args).await,
        Command::Keymap { action } => keymap::run(&context()?, action),
        Command::Act(act) => act::run(&context()?, act).await,
        Command::Dock { action } => dock::run(&context()?, action).await,
    }
}
