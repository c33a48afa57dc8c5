//! The edge: arguments in, exit code out.

use std::{process::ExitCode, time::Duration};

use color_eyre::eyre::{Result, WrapErr};

/// The system's allocator keeps what it was ever given: after a simulated month it held three times what
/// was in use. A console stays open for months.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A task that hangs at the end must not keep the shell.
const END_PATIENCE: Duration = Duration::from_secs(1);

fn main() -> Result<ExitCode> {
    raftaar::setup::panic::install()?;
    raftaar::setup::process::harden();
    let cli = raftaar::cli::parse();
    // Two: one can wait for the store while the other serves the screen.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .wrap_err("no threads can be started")?;
    let code = runtime.block_on(raftaar::cli::run(cli));
    runtime.shutdown_timeout(END_PATIENCE);
    Ok(ExitCode::from(code))
}
