//! `raftaar`: the console, on the running engine or on one of its own.

use std::{io::IsTerminal, path::PathBuf, sync::Arc, time::Duration};

use etcetera::BaseStrategy;
use futures_util::FutureExt;

use super::{
    Code, Context, Ended, Failure,
    args::ConsoleArgs,
    serve::{self, Served},
};
use crate::{
    config,
    console::{self, ConsoleError, ConsoleOptions, Exit, Palette, Patterns, Reconnect, Theme},
    domain::Operator,
    handle::EngineHandle,
    link::{self, LinkError},
};

/// Attaches, or starts an engine first.
pub async fn run(context: &Context, args: &ConsoleArgs) -> Ended {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(no_terminal());
    }
    let socket = context.config().socket();
    match link::connect(&socket, context.global.operator.as_deref()).await {
        Ok(handle) => {
            let operator = context.global.operator.clone();
            let session = session(context, handle.operator());
            return show(
                context,
                args,
                handle,
                session,
                Some(again(socket, operator)),
            )
            .await;
        }
        Err(LinkError::NoEngine(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let listener = serve::prepare(context)?;
    let served = Served::start(context, listener).await?;
    let handle = served.engine.handle.clone();
    let session = session(context, handle.operator());
    let ended = show(context, args, handle, session, None).await;
    served.stop().await;
    ended
}

/// Shows the console on an engine: on one of another process, which can be restarted, or on one of this
/// process.
pub async fn show(
    context: &Context,
    args: &ConsoleArgs,
    handle: EngineHandle,
    session: Option<PathBuf>,
    reconnect: Option<Reconnect>,
) -> Ended {
    let options = ConsoleOptions {
        session,
        ..options(context, args, reconnect.is_none())
    };
    leave(console::run(handle, options, reconnect).await)
}

/// Attaches once more to whatever engine listens there then.
fn again(socket: PathBuf, operator: Option<String>) -> Reconnect {
    Arc::new(move || {
        let (socket, operator) = (socket.clone(), operator.clone());
        async move { link::connect(&socket, operator.as_deref()).await.ok() }.boxed()
    })
}

/// Where the operator's list, filter, marks and cursor of this warehouse are kept from one time to the
/// next.
fn session(context: &Context, operator: &Operator) -> Option<PathBuf> {
    let site = &context.config().site;
    let state = etcetera::choose_base_strategy().ok()?.state_dir()?;
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name = format!("{}-{operator}", site.location_key);
    let name: String = name.chars().map(plain).collect();
    Some(
        state
            .join("raftaar/sessions")
            .join(name)
            .with_extension("json"),
    )
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
        theme: match settings.theme {
            config::Theme::Dark => Theme::Dark,
            config::Theme::Light => Theme::Light,
            config::Theme::HighContrast => Theme::HighContrast,
            config::Theme::ColourBlind => Theme::ColourBlind,
        },
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
