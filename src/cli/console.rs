//! `raftaar`: the console, on the running engine or on one of its own.

use std::{io::IsTerminal, time::Duration};

use super::{
    Code, Context, Ended, Failure,
    args::ConsoleArgs,
    serve::{self, Served},
};
use crate::{
    config,
    console::{self, ConsoleError, ConsoleOptions, Exit, Palette, Patterns},
    handle::EngineHandle,
    link::LinkError,
};

/// Attaches, or starts an engine first.
pub async fn run(context: &Context, args: &ConsoleArgs) -> Ended {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(no_terminal());
    }
    let socket = context.config().socket();
    match crate::link::connect(&socket, context.global.operator.as_deref()).await {
        Ok(handle) => return show(context, args, handle, false).await,
        Err(LinkError::NoEngine(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let listener = serve::prepare(context)?;
    let served = Served::start(context, listener).await?;
    let handle = served.engine.handle.clone();
    let ended = show(context, args, handle, true).await;
    served.stop().await;
    ended
}

/// Shows the console on an engine.
pub async fn show(
    context: &Context,
    args: &ConsoleArgs,
    handle: EngineHandle,
    owns_engine: bool,
) -> Ended {
    let options = options(context, args, owns_engine);
    leave(console::run(handle, options).await)
}

/// What the console's end means for the process.
fn leave(ended: Result<Exit, ConsoleError>) -> Ended {
    match ended {
        Ok(Exit::Quit) => Ok(Code::Done),
        Ok(Exit::HungUp) => Ok(Code::HungUp),
        Ok(Exit::Signal(signal)) => Ok(Code::Signal(u8::try_from(signal).unwrap_or_default())),
        Err(error @ ConsoleError::NoTerminal(_)) => {
            Err(Failure::new(Code::Usage, error.to_string()))
        }
        Err(error) => Err(Failure::new(Code::Failed, error.to_string())),
    }
}

fn options(context: &Context, args: &ConsoleArgs, owns_engine: bool) -> ConsoleOptions {
    let settings = &context.config().console;
    ConsoleOptions {
        ascii: settings.ascii.then_some(true),
        palette: match settings.palette {
            config::Palette::Auto => None,
            config::Palette::None => Some(Palette::None),
            config::Palette::Ansi16 => Some(Palette::Ansi16),
            config::Palette::Ansi256 => Some(Palette::Ansi256),
            config::Palette::True => Some(Palette::True),
        },
        colour_blind: settings.colour_blind,
        keymap: context.loaded.keymap_file(),
        esc_hold: settings.esc_hold_ms.map(Duration::from_millis),
        read_only: args.read_only,
        owns_engine,
        bell: settings.bell,
        rings: Patterns {
            ok: settings.bell_ok,
            wrong: settings.bell_wrong,
            twice: settings.bell_twice,
            needs_you: settings.bell_needs_you,
        },
        scan_prefix: settings.scan_prefix.chars().next(),
        sync_output: settings.sync_output,
        loud_after_min: settings.loud_after_min,
        ..ConsoleOptions::default()
    }
}

fn no_terminal() -> Failure {
    Failure::new(
        Code::Usage,
        "the console needs a terminal; `raftaar watch` prints the same as lines, `raftaar serve` runs the engine without a screen",
    )
}
